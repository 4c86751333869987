"""Files both ways: a customer's into the thread, an agent's out of Slack; always streamed, capped."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import aiohttp

from inbox.bucket import Away
from inbox.desk.slack import typed
from inbox.desk.slack.calls import NotHeard, NotReached, Said, SlackError
from inbox.desk.slack.deeds import SlackFile
from inbox.desk.slack.workspace import Workspace
from inbox.media import KeptFile, TooLarge

CHUNK: Final = 64 * 1024
PATIENCE: Final = aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=60)
OF_SLACK: Final = (".slack.com", ".slack-files.com", ".slack-edge.com")


class FileGone(Exception):
    """An agent's file cannot be carried; the text says why, for the agent."""


async def fetch(workspace: Workspace, file: SlackFile) -> KeptFile:
    """Bring an agent's file into the media store; raises FileGone with a sentence."""
    if file.asking:
        file = await _asked(workspace, file)
    if file.mode == "tombstone":
        raise FileGone(f"{file.name} was deleted in Slack.")
    if file.size > workspace.settings.file_bytes:
        raise FileGone(_too_large(workspace, file))
    if not _ours(workspace, file.url):
        raise FileGone(f"{file.name} is not kept by Slack; download it and add it here.")
    try:
        return await workspace.media.keep(
            _stream(workspace, file),
            name=file.name,
            content_type=file.content_type,
            cap=workspace.settings.file_bytes,
        )
    except Away as error:
        raise FileGone(f"{file.name} was not kept: {error}.") from error
    except TooLarge as error:
        raise FileGone(_too_large(workspace, file)) from error
    except (aiohttp.ClientError, TimeoutError) as error:
        raise FileGone(f"{file.name} could not be fetched from Slack: {type(error).__name__}.") from error


def _too_large(workspace: Workspace, file: SlackFile) -> str:
    return f"{file.name} is larger than {workspace.settings.file_bytes / 1_000_000:.0f} MB."


async def _asked(workspace: Workspace, file: SlackFile) -> SlackFile:
    """A file shared over Slack Connect says only that files.info knows more."""
    try:
        told = await workspace.calls.ask("files.info", file=file.id)
    except SlackError as error:
        raise FileGone(f"{file.name} could not be read from Slack: {error}.") from error
    return replace(typed.file(told.get("file") or {}), asking=False)


def _ours(workspace: Workspace, url: str) -> bool:
    """The token goes to Slack's own hosts and nowhere else."""
    parts, own = urlsplit(url), urlsplit(workspace.settings.api_url)
    if parts.netloc == own.netloc and parts.scheme == own.scheme:
        return True
    return parts.scheme == "https" and (parts.hostname or "").endswith(OF_SLACK)


async def _stream(workspace: Workspace, file: SlackFile) -> AsyncIterator[bytes]:
    token = workspace.settings.bot_token.get_secret_value()
    headers = {"Authorization": f"Bearer {token}"}
    async with workspace.calls.session.get(
        file.url, headers=headers, allow_redirects=False, timeout=PATIENCE
    ) as answer:
        if answer.status != 200:
            raise FileGone(f"{file.name} could not be fetched from Slack (HTTP {answer.status}).")
        # A wrong token gets a sign-in page with status 200 (docs: file object).
        if answer.content_type == "text/html" and "html" not in file.content_type:
            raise FileGone(f"Slack gave a sign-in page instead of {file.name}; the token lacks files:read.")
        async for chunk in answer.content.iter_chunked(CHUNK):
            yield chunk


async def upload(workspace: Workspace, path: Path, name: str, size: int, alt: str = "") -> str:
    """Bring bytes to Slack, shared nowhere yet; returns the file's id. Raises a SlackError."""
    with path.open("rb") as opened:
        return await _upload(workspace, opened, name, size, alt)


async def upload_text(workspace: Workspace, text: str, name: str) -> str:
    """Bring words to Slack as a text file, shared nowhere yet; returns the file's id."""
    data = text.encode()
    return await _upload(workspace, data, name, len(data), "")


async def upload_bytes(workspace: Workspace, data: bytes, name: str, alt: str) -> str:
    """Bring a picture of our own to Slack, shared nowhere yet; returns the file's id."""
    return await _upload(workspace, data, name, len(data), alt)


async def _upload(workspace: Workspace, data: object, name: str, size: int, alt: str) -> str:
    told = await workspace.calls.ask(
        "files.getUploadURLExternal", filename=name, length=size, alt_txt=alt or None
    )
    try:
        async with workspace.calls.session.post(
            str(told["upload_url"]), data=data, timeout=PATIENCE
        ) as answer:
            if answer.status >= 400:
                raise Said(f"upload HTTP {answer.status}")
    except aiohttp.ClientConnectorError as error:
        raise NotReached(str(error)) from error
    except (aiohttp.ClientError, TimeoutError) as error:
        raise NotReached(str(error)) from error  # nothing stands in the thread: begin again
    return str(told["file_id"])


async def complete(
    workspace: Workspace,
    file_id: str,
    name: str,
    *,
    slack_channel: str = "",
    thread_ts: str = "",
    words: str = "",
) -> None:
    """End an upload; with a thread the file stands there. Raises a SlackError."""
    await workspace.calls.ask(
        "files.completeUploadExternal",
        files=[{"id": file_id, "title": name}],
        channel_id=slack_channel or None,
        thread_ts=thread_ts or None,
        initial_comment=words or None,
    )


async def shared_at(workspace: Workspace, file_id: str, slack_channel: str) -> str | None:
    """Say where a file stands in a Slack channel: its ts, or None if nowhere. Raises a SlackError."""
    try:
        told = await workspace.calls.ask("files.info", file=file_id)
    except Said as error:
        if error.code in ("file_not_found", "file_deleted"):
            return None
        raise NotHeard(error.code) from error
    shares = (told.get("file") or {}).get("shares") or {}
    for family in ("private", "public"):
        for share in (shares.get(family) or {}).get(slack_channel) or ():
            return str(share.get("ts", ""))
    return None
