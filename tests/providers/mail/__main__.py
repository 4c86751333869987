"""Run the look-alike by itself: python -m tests.providers.mail --port 9800."""

import argparse
import asyncio
import contextlib
import json
import signal

from tests.providers.mail.server import MailServer
from tests.providers.mail.state import ADDRESS, PASSWORD, MailState


async def serve(options: argparse.Namespace) -> None:
    state = MailState(keywords=not options.no_keywords, idles=not options.no_idle)
    mail = MailServer(
        state,
        login=options.address,
        port=options.port,
        imap_port=options.imap_port,
        smtp_port=options.smtp_port,
    )
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, ended.set)
    async with mail:
        told = {
            "base_url": f"http://127.0.0.1:{mail.port}",
            "imap_port": mail.imap_port,
            "smtp_port": mail.smtp_port,
            "address": mail.login,
            "password": PASSWORD,
        }
        print(json.dumps(told), flush=True)
        await ended.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="where the control API listens")
    parser.add_argument("--imap-port", type=int, default=0)
    parser.add_argument("--smtp-port", type=int, default=0)
    parser.add_argument("--address", default=ADDRESS)
    parser.add_argument("--no-keywords", action="store_true", help="permit only the flags of the system")
    parser.add_argument("--no-idle", action="store_true")
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(parser.parse_args()))


main()
