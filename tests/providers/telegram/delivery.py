"""Webhooks: each update is posted until it is taken, in order in a chat, chats side by side."""

import asyncio
import json

import aiohttp

from tests.providers.telegram.methods import call
from tests.providers.telegram.state import Json, Refusal, TelegramState

HEADER = "X-Telegram-Bot-Api-Secret-Token"


async def deliver(state: TelegramState, first_wait: float = 0.02) -> None:
    """Post pending updates to the webhook for ever; a refusal is repeated after a growing wait."""
    wait = first_wait
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as client:
        while True:
            news = state.news
            heads = _heads(state.pending) if state.webhook else []
            if not heads:
                await news.wait()
                continue
            taken = await asyncio.gather(*(_post(state, client, update) for update in heads))
            done = {update["update_id"] for update, ok in zip(heads, taken, strict=True) if ok}
            state.pending = [update for update in state.pending if update["update_id"] not in done]
            state.wake()
            wait = first_wait if all(taken) else min(wait * 2, 2.0)
            if not all(taken):
                await asyncio.sleep(wait)


def _heads(pending: list[Json]) -> list[Json]:
    heads: dict[int, Json] = {}
    for update in pending:
        body = next(value for key, value in update.items() if key != "update_id")
        chat = body.get("chat") or body.get("message", {}).get("chat") or body.get("from", {})
        heads.setdefault(chat.get("id", 0), update)
    return list(heads.values())


async def _post(state: TelegramState, client: aiohttp.ClientSession, update: Json) -> bool:
    headers = {HEADER: state.webhook["secret_token"]} if state.webhook.get("secret_token") else {}
    try:
        async with client.post(state.webhook["url"], json=update, headers=headers) as answer:
            if not 200 <= answer.status < 300:
                return False
            await _run(state, await answer.read())
            return True
    except (aiohttp.ClientError, TimeoutError):
        return False


async def _run(state: TelegramState, body: bytes) -> None:
    """Run the call that a webhook's answer may hold (core.telegram.org/bots/api#making-requests)."""
    try:
        said = json.loads(body)
    except ValueError:
        return
    if isinstance(said, dict) and (method := said.pop("method", None)):
        try:
            await call(state, method, said)
        except Refusal:
            return
