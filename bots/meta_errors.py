"""What an error of Meta's Graph API means: its body and HTTP status as one of our errors.

Source: https://developers.facebook.com/docs/graph-api/guides/error-handling
"""

from collections.abc import Mapping
from typing import Any, Final

from bots.errors import ChannelError, Misconfigured, Refused, Throttled, Unreachable

Codes = Mapping[str, tuple[type[ChannelError], str]]
"""By `code` or `code/subcode`: what it means to us and the sentence for an agent."""

OPERATOR: Final = "Ask whoever runs this inbox to look at the Meta app."

COMMON: Final[Codes] = {
    "0": (Misconfigured, f"Meta does not accept our access token. {OPERATOR}"),
    "2": (Unreachable, "Meta is not available at the moment."),
    "3": (Misconfigured, f"Our Meta app lacks a permission for this. {OPERATOR}"),
    "4": (Throttled, "Meta asks our app to slow down."),
    "10": (Misconfigured, f"Our Meta app lacks a permission for this. {OPERATOR}"),
    "17": (Throttled, "Meta asks our account to slow down."),
    "32": (Throttled, "Meta asks our page to slow down."),
    "100/33": (Misconfigured, f"Meta does not show our app this account. {OPERATOR}"),
    "102": (Misconfigured, f"Meta does not accept our access token. {OPERATOR}"),
    "190": (Misconfigured, f"Our access token of Meta has expired or was revoked. {OPERATOR}"),
    "368": (Misconfigured, f"Meta has blocked our account for breaking its policies. {OPERATOR}"),
    "613": (Throttled, "Meta asks us to make fewer calls."),
    "80006": (Throttled, "Meta asks our page to send more slowly."),
    "80007": (Throttled, "Meta asks our business account to slow down."),
}
"""What all of Meta's channels have in common; a folder's own table comes first."""


def error_of(status: int, value: Any, codes: Codes, unheard: type[ChannelError]) -> ChannelError:
    """Make an error of an answer: by its code where a table has it, else by its HTTP *status*.

    *unheard* is what an answer means that says neither yes nor no. The error's code is `code/subcode`
    where the folder's table has that.
    """
    said = value.get("error") if isinstance(value, Mapping) else None
    told: Mapping[str, Any] = said if isinstance(said, Mapping) else {}
    code, subcode = code_of(told.get("code")), code_of(told.get("error_subcode"))
    known = meaning(code, subcode, codes)
    shown = f"{code}/{subcode}" if f"{code}/{subcode}" in codes else code or str(status)
    if known is not None:
        return known[0](known[1], code=shown)
    if status == 429:
        return Throttled("Meta asks us to slow down.", code=shown)
    if status == 401:
        return Misconfigured(COMMON["190"][1], code=shown)
    if (status == 403 and not code) or (code.isdecimal() and 200 <= int(code) <= 299):
        return Misconfigured(COMMON["10"][1], code=shown)
    if status >= 500 or status < 400:
        return unheard(f"Meta answered {status}: it may have done it or not.", code=shown)
    return Refused(sentence(code, words_of(told), codes), code=shown)


def meaning(code: str, subcode: str, codes: Codes) -> tuple[type[ChannelError], str] | None:
    """Find *code* in the folder's table and then in the common one, with its *subcode* first."""
    for table in (codes, COMMON):
        for name in (f"{code}/{subcode}", code):
            if name in table:
                return table[name]
    return None


def sentence(code: str, words: str, codes: Codes) -> str:
    """Say in a sentence what went wrong; *words* are Meta's own, used for codes that no table has."""
    known = meaning(code, "", codes)
    if known is not None:
        return known[1]
    if words:
        return f"Meta says: {words.rstrip('.')}."
    return f"Meta gave the code {code} and no reason." if code else "Meta gave no reason."


def words_of(told: Mapping[str, Any]) -> str:
    """Choose the most telling words of an error: its details, its text for people, its message, its title."""
    data = told.get("error_data")
    details = data.get("details") if isinstance(data, Mapping) else None
    for words in (details, told.get("error_user_msg"), told.get("message"), told.get("title")):
        if isinstance(words, str) and words.strip():
            return words.strip()
    return ""


def code_of(value: Any) -> str:
    """Write a code as text, which Meta gives as a number; empty where it is none."""
    return str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
