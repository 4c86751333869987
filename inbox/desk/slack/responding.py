"""Answering a click by its response_url, outside the budgets."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from inbox.desk.slack import posts
from inbox.desk.slack.deeds import Clicked
from inbox.desk.slack.workspace import Workspace


async def respond(workspace: Workspace, url: str, body: Mapping[str, Any]) -> bool:
    """Answer by a response_url of Slack's own; it is good for 30 minutes and 5 answers."""
    parts, own = urlsplit(url), urlsplit(workspace.settings.api_url)
    of_slack = parts.scheme == "https" and (parts.hostname or "").endswith(".slack.com")
    if not of_slack and parts.netloc != own.netloc:
        return False
    try:
        async with workspace.calls.session.post(url, json=body) as answer:
            return answer.status == 200
    except (aiohttp.ClientError, TimeoutError):
        return False


async def answered(workspace: Workspace, deed: Clicked, done: str) -> None:
    """Take the buttons off what was answered, and say how it was."""
    if deed.ephemeral:
        await respond(workspace, deed.response_url, {"delete_original": True})
        return
    said = deed.spoken.partition(" [")[0]
    post = posts.sentence(f"{_plain(said)} {done}")
    body = {"replace_original": True, "text": post.text, "blocks": post.blocks}
    await respond(workspace, deed.response_url, body)


def _plain(text: str) -> str:
    """Take Slack's mention and entities out of a post's own text, to write it anew."""
    head, _, rest = text.partition("> ")
    bare = rest if head.startswith("<@") and rest else text
    return bare.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
