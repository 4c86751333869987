"""Discord's refusals in our words.

Source: https://docs.discord.com/developers/topics/opcodes-and-status-codes#json.
"""

from typing import Final

from bots.errors import ChannelError, Misconfigured, Refused, Throttled, Uncertain
from bots.json_body import Json, table, tables, text
from bots.provider_calls import Answer, seconds_of

UNKNOWN_CHANNEL: Final = "10003"
UNKNOWN_MESSAGE: Final = "10008"
UNKNOWN_EMOJI: Final = "10014"
SLOWER: Final = frozenset({"20016", "20028", "20029", "40003", "40062"})
"""Too many messages in a channel, too many new direct messages, too many of anything."""
SENTENCES: Final[dict[str, tuple[type[ChannelError], str]]] = {
    "10003": (Refused, "The Discord channel is gone."),
    "10008": (Refused, "The message is no longer on Discord."),
    "10013": (Refused, "There is no such person on Discord any more."),
    "20009": (Refused, "Discord does not pass this file on: it takes it for explicit."),
    "20026": (Misconfigured, "Discord holds the bot back: it looks like spam. See the Developer Portal."),
    "40001": (Misconfigured, "Discord does not accept the bot's token (DISCORD_BOT_TOKEN)."),
    "40005": (Refused, "The files are larger than the 10 MB that Discord takes."),
    "50001": (Misconfigured, "The bot cannot see this channel: give it access on Discord."),
    "50005": (Refused, "Discord lets nobody change what somebody else wrote."),
    "50006": (Refused, "There is nothing to send."),
    "50007": (
        Refused,
        "The customer takes no direct messages of ours: blocked, switched off, or not in our server.",
    ),
    "50008": (Misconfigured, "The support channel is no text channel."),
    "50013": (Misconfigured, "The bot may not do this here: give it the permission on Discord."),
    "50278": (Refused, "The customer shares no server with the bot any more."),
    "90001": (Refused, "The customer has blocked the bot."),
    "160002": (
        Misconfigured,
        "The bot may not read the channel's history, which an answer to a message needs.",
    ),
}


def code_of(answer: Answer) -> str:
    """Give Discord's own code, or an empty text."""
    code = table(answer.body).get("code")
    return str(code) if isinstance(code, int) and code else ""


def error_of(answer: Answer) -> ChannelError:
    """Say what an answer that is no success means; a 5xx may have come after it was taken."""
    code, said = code_of(answer), table(answer.body)
    if answer.status == 429 or code in SLOWER:
        wait = said.get("retry_after")
        if not isinstance(wait, int | float) or not 0 <= wait <= 86_400:
            wait = seconds_of(answer.headers)
        return Throttled(retry_after=wait, code=code or "429")
    if answer.status == 401:
        return Misconfigured("Discord does not accept the bot's token (DISCORD_BOT_TOKEN).", code="401")
    if answer.status >= 500 or answer.status < 400:
        return Uncertain("Discord failed while it had our request.", code=str(answer.status))
    if code in SENTENCES:
        kind, sentence = SENTENCES[code]
        return kind(sentence, code=code)
    words = "; ".join(filter(None, (text(said.get("message")), *_fields(table(said.get("errors"))))))
    return Refused(f"Discord refused: {words or f'HTTP {answer.status}'}", code=code or str(answer.status))


def _fields(errors: Json, name: str = "", depth: int = 0) -> list[str]:
    """Say for each field what is wrong with it; they nest as the request does."""
    found = [f"{name} {text(one.get('message'))}".strip() for one in tables(errors.get("_errors"))]
    for key, inner in errors.items():
        if isinstance(inner, dict) and depth < 8:
            found += _fields(inner, f"{name}.{key}".strip("."), depth + 1)
    return found
