"""Ports for servers that are killed and started again: out of the range that outgoing connections take."""

import random
import socket
from contextlib import suppress
from functools import cache

RANGE = range(15_000, 32_000)  # Linux gives outgoing connections 32768 and up


def quiet_port() -> int:
    """Give a port that nobody listens at, never the same twice."""
    while True:
        port = random.choice(RANGE)
        if port not in _given() and _is_free(port):
            _given().add(port)
            return port


@cache
def _given() -> set[int]:
    return set()


def _is_free(port: int) -> bool:
    with socket.socket() as probe, suppress(OSError):
        probe.bind(("127.0.0.1", port))
        return True
    return False
