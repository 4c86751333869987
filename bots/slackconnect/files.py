"""Customers' files in Slack: what an event says of them, and their bytes.

Source: https://docs.slack.dev/reference/objects/file-object; a file of another workspace is only named and
must be asked for (files.info).
"""

from collections.abc import AsyncIterator, Sequence
from typing import Final

from bots.channel import Attachment
from bots.errors import Misconfigured
from bots.fetching import fetch
from bots.json_body import Json, size, text
from bots.media_types import kind_of

ASK: Final = "file:"
"""Before the id of a file that must be asked for."""
SPOKEN: Final = "slack_audio"
"""A clip that was spoken into Slack."""
LOGIN: Final = b"<!doctype html"


def attachments(files: Sequence[Json]) -> tuple[Attachment, ...]:
    """List the files of a message; those that are gone are left out."""
    return tuple(read_file(one) for one in files if one.get("mode") != "tombstone" and text(one.get("id")))


def read_file(file: Json) -> Attachment:
    """Read one file."""
    url = text(file.get("url_private_download")) or text(file.get("url_private"))
    content_type = text(file.get("mimetype"))
    return Attachment(
        kind="voice" if file.get("subtype") == SPOKEN else kind_of(content_type),
        ref=url if url.startswith(("https://", "http://")) else f"{ASK}{text(file.get('id'))}",
        name=text(file.get("name")) or text(file.get("title")),
        content_type=content_type,
        size=size(file.get("size")),
    )


async def bytes_of(file: Attachment, origin: str, token: str) -> AsyncIterator[bytes]:
    """Stream a file; the token goes to *origin* only. A page to sign in at means that it may not be read."""
    first = True
    async for chunk in fetch(file.ref, trusted=[origin], authorization=f"Bearer {token}"):
        if first and chunk[:14].lower() == LOGIN and "html" not in file.content_type:
            raise Misconfigured("Slack does not let our app read this file: it needs the scope files:read.")
        first = False
        yield chunk
