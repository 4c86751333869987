"""`tidings hooks read`: what a captured hook says, without keeping it."""

import base64
import binascii
import dataclasses
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, BinaryIO

import click
import orjson

from bots.channel import (
    Called,
    CallMissed,
    ConsentChanged,
    Deleted,
    Echoed,
    Edited,
    Event,
    Hook,
    MessageIn,
    Reacted,
    Receipt,
    Typing,
)
from bots.errors import ChannelError
from config.errors import Mistake
from inbox.channels import account_called, open_channel
from inbox.commands.reading import WRONG, configured, keyed, tell

KINDS: Mapping[type, str] = {
    MessageIn: "message",
    Edited: "edited",
    Deleted: "deleted",
    Reacted: "reacted",
    Receipt: "receipt",
    ConsentChanged: "consent",
    CallMissed: "call_missed",
    Called: "called",
    Echoed: "echoed",
    Typing: "typing",
}


@click.group()
def hooks() -> None:
    """Look into captured hooks."""


@hooks.command()
@click.argument("channel")
@click.argument("file", type=click.File("rb"))
@click.option("--raw", is_flag=True, help="Also print what the provider said, untranslated.")
@click.pass_context
def read(context: click.Context, channel: str, file: BinaryIO, raw: bool) -> None:
    """Print each event of the hook in FILE as JSON on a line.

    CHANNEL is a section's name or a kind. FILE holds {"method", "url", "headers", "body"}, a body
    that is not text as "body_base64". A refused hook exits 1.
    """
    settings = keyed(configured(context))
    try:
        opened = open_channel(account_called(channel, settings), settings)
    except Mistake as mistake:
        tell(mistake)
        context.exit(WRONG)
    try:
        hook = hook_of(file.read(), datetime.now(UTC))
    except ValueError as error:
        raise click.UsageError(f"{file.name}: {error}") from error
    try:
        reading = opened.read(hook)
    except ChannelError as error:
        click.echo(f"{type(error).__name__}: {error.reason}", err=True)
        context.exit(1)
    for line in lines(reading.events, raw=raw):
        click.echo(line)
    for kind in reading.skipped:
        click.echo(f"skipped: {kind}", err=True)


def hook_of(text: bytes, now: datetime) -> Hook:
    """Read a captured hook; ValueError says what is wrong with it."""
    try:
        captured = json.loads(text)  # not orjson: it refuses lone surrogates, which a hook may hold
    except (ValueError, RecursionError) as error:
        raise ValueError(f"not JSON: {error}") from error
    if not isinstance(captured, dict) or not isinstance(captured.get("url", ""), str):
        raise ValueError('a captured hook is {"method", "url", "headers", "body"}')
    headers = captured.get("headers", {})
    if not isinstance(headers, dict):
        raise ValueError("headers are names and values")
    return Hook(
        method=str(captured.get("method", "POST")).upper(),
        url=captured.get("url", ""),
        headers={str(name).lower(): str(value) for name, value in headers.items()},
        body=_body(captured),
        received_at=now,
    )


def _body(captured: Mapping[str, Any]) -> bytes:
    body, encoded = captured.get("body"), captured.get("body_base64")
    if isinstance(encoded, str):
        try:
            return base64.b64decode(encoded, validate=True)
        except binascii.Error as error:
            raise ValueError(f"body_base64 is not base64: {error}") from error
    if body is None:
        return b""
    if not isinstance(body, str):
        raise ValueError("body is a text; a body that is not text goes into body_base64")
    return body.encode("utf-8", "surrogatepass")


def lines(events: tuple[Event, ...], *, raw: bool = False) -> Iterator[str]:
    """Write each event as one JSON object: its kind, then its fields; times are ISO 8601 with offset."""
    for event in events:
        said = {"kind": KINDS[type(event)], **_plain(event, raw=raw)}
        # Python's own strings may hold lone surrogates, which UTF-8 cannot say.
        yield orjson.dumps(_speakable(said), default=str).decode()


def _plain(event: Event, *, raw: bool) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for field in dataclasses.fields(event):
        value = getattr(event, field.name)
        if field.name == "raw" and not raw:
            continue
        if field.name == "attachments":
            value = [dataclasses.asdict(attachment) for attachment in value]
        said[field.name] = value.total_seconds() if isinstance(value, timedelta) else value
    return said


def _speakable(value: Any) -> Any:
    match value:
        case str():
            return value.encode("utf-8", "replace").decode("utf-8")
        case dict():
            return {_speakable(key): _speakable(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_speakable(inner) for inner in value]
        case _:
            return value
