"""A real Bolt app behind aiohttp, as the product has it."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from slack_bolt.async_app import AsyncApp

Json = dict[str, Any]


@dataclass
class Door:
    """A Bolt app behind aiohttp; `answers` are statuses to give before Bolt is asked."""

    app: AsyncApp
    url: str = ""
    heard: list[Json] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    answers: list[web.Response] = field(default_factory=list)
    asleep: asyncio.Event | None = None
