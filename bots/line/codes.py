"""LINE's refusals in our words.

Sources: https://developers.line.biz/en/reference/messaging-api/#status-codes and #error-messages there.
"""

from typing import Final

from bots.errors import ChannelError, Misconfigured, Refused, Throttled, Uncertain
from bots.json_body import table, tables, text
from bots.provider_calls import Answer, seconds_of

# What LINE says (lower case, the first that fits): our code and the agent's sentence.
SENTENCES: Final[tuple[tuple[str, str, str], ...]] = (
    ("invalid reply token", "400:reply_token", "LINE no longer takes an answer to that message."),
    ("the property, 'to',", "400:to", "LINE knows no such person or group for this account."),
    ("failed to send messages", "400:failed", "LINE could not send it: the person or group may be gone."),
    ("invalid retry key", "400:retry_key", "LINE does not take the key of this message."),
)
MONTHLY: Final = "monthly limit"


def error_of(answer: Answer) -> ChannelError:
    """Say what an answer that is none of 200 and 409 means; a 5xx may have come after it was taken."""
    said = said_by(answer)
    code = str(answer.status)
    match answer.status:
        case 401:
            return Misconfigured(
                "LINE does not accept the access token (LINE_CHANNEL_ACCESS_TOKEN).", code=code
            )
        case 403:
            return Misconfigured(f"LINE does not let this account do that: {said}", code=code)
        case 429 if MONTHLY in said.lower():
            return Refused("This month's messages of the LINE account are used up.", code="429:monthly")
        case 429:
            return Throttled(retry_after=seconds_of(answer.headers), code=code)
        case status if status >= 500 or status < 400:
            return Uncertain("LINE failed while it had our request.", code=code)
        case _:
            return _refusal(said, code)


def said_by(answer: Answer) -> str:
    """Give LINE's own words, with what it says about each field."""
    body = table(answer.body)
    details = [
        " ".join(filter(None, (text(one.get("property")), text(one.get("message")))))
        for one in tables(body.get("details"))
    ]
    return "; ".join(filter(None, (text(body.get("message")), *details))) or f"HTTP {answer.status}"


def _refusal(said: str, code: str) -> Refused:
    for words, ours, sentence in SENTENCES:
        if words in said.lower():
            return Refused(sentence, code=ours)
    return Refused(f"LINE refused: {said}", code=code)
