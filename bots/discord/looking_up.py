"""Finding a message whose answer was lost among those that we wrote in its channel."""

from collections.abc import Container
from datetime import timedelta
from typing import Any, Final

from bots.channel import MessageOut
from bots.discord.catching_up import Missed
from bots.discord.naming import first_after, snowflake
from bots.json_body import Json, table, tables, text

SKEW: Final = timedelta(seconds=60)
"""How far Discord's clock and ours may be apart."""


async def find(
    missed: Missed,
    channel: str,
    message: MessageOut,
    request: dict[str, Any],
    bot: str,
    answered: Container[str],
) -> str | None:
    """Give the id of the *bot*'s message with the words and files of *request*, since it was owed.

    Discord shows no nonce later, so one whose answer was heard (*answered*) is not taken for another.
    """
    params = {"after": first_after(message.owed_at - SKEW), "limit": "100"}
    answer = await missed.ask("GET", f"/channels/{channel}/messages", params=params)
    for one in sorted(tables(answer.body), key=_age):
        external_id = f"{channel}:{snowflake(one.get('id'))}"
        if _is(one, request, bot) and external_id not in answered:
            return external_id
    return None


def _age(one: Json) -> int:
    return int(snowflake(one.get("id")) or 0)


def _is(one: Json, request: dict[str, Any], bot: str) -> bool:
    return (
        snowflake(table(one.get("author")).get("id")) == bot
        and text(one.get("content")).strip() == str(request.get("content", "")).strip()
        and len(tables(one.get("attachments"))) == len(request.get("attachments", ()))
    )
