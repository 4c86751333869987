"""What strangers post, read within limits: 400 unreadable, 408 too slow, 413 too much."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Final

from aiohttp import BodyPartReader, web

CHUNK: Final = 64 * 1024
MOST_PARTS: Final = 40
PATIENCE: Final = 30.0


@contextmanager
def readable() -> Iterator[None]:
    """Answer 400 where a body is not what it says: its encoding, its bounds, its depth, its end."""
    try:
        yield
    except (LookupError, RecursionError, ValueError, ConnectionResetError, web.RequestPayloadError) as error:
        raise web.HTTPBadRequest(text="What was sent cannot be read.") from error


@asynccontextmanager
async def soon() -> AsyncIterator[None]:
    """Answer 408 where what is awaited does not come within `PATIENCE` seconds."""
    try:
        async with asyncio.timeout(PATIENCE):
            yield
    except TimeoutError as error:
        raise web.HTTPRequestTimeout(text="What was sent did not come in time.") from error


async def fields_of(request: web.Request, largest: int) -> dict[str, str]:
    """Read a whole form of at most *largest* bytes; files in it are left out."""
    with readable():
        async with soon():
            posted: Mapping[str, Any] = await request.clone(client_max_size=largest).post()
    return {name: value for name, value in posted.items() if isinstance(value, str)}


async def json_of(request: web.Request, largest: int) -> Any:
    """Read JSON of at most *largest* bytes."""
    with readable():
        async with soon():
            return await request.clone(client_max_size=largest).json()


async def parts_of(request: web.Request) -> AsyncIterator[BodyPartReader]:
    """Give a form's parts as they come, few and flat: no browser nests them."""
    with readable():
        reader = await request.multipart()
    for _ in range(MOST_PARTS):
        with readable():
            async with soon():
                part = await reader.next()
        if part is None:
            return
        if not isinstance(part, BodyPartReader):
            raise web.HTTPBadRequest(text="A form's part is not a form.")
        yield part
    raise web.HTTPRequestEntityTooLarge(MOST_PARTS, text=f"A form has at most {MOST_PARTS} parts.")


async def text_of(part: BodyPartReader, largest: int) -> str:
    """Read one field of at most *largest* bytes."""
    whole = bytearray()
    async for chunk in chunks_of(part):
        whole += chunk
        if len(whole) > largest:
            raise web.HTTPRequestEntityTooLarge(largest, len(whole))
    return whole.decode("utf-8", "replace")


async def chunks_of(part: BodyPartReader) -> AsyncIterator[bytes]:
    """Give a part's bytes as they come."""
    while True:
        with readable():
            async with soon():
                chunk = await part.read_chunk(CHUNK)
        if not chunk:
            return
        yield chunk


async def bytes_of(request: web.Request) -> AsyncIterator[bytes]:
    """Give a body's bytes as they come."""
    while True:
        with readable():
            async with soon():
                chunk = await request.content.readany()
        if not chunk:
            return
        yield chunk
