"""What was typed and ticked at /join, read with care: one address of a channel that is on, and subjects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import phonenumbers
from phonenumbers import PhoneNumberType

from bots.channel import Channel
from config.touch_policy import Subject
from inbox.desk.beginning import address_of, may_begin
from inbox.desk.errors import DeskError
from inbox.importing.numbers import e164
from inbox.preferences.join_words import words
from inbox.preferences.matrix import said

Fields = Mapping[str, str]
TICK: Final = "allow "
LONGEST: Final = 254  # RFC 5321, 4.5.3.1.3: of a mailbox, without its brackets
MOBILE: Final = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
TEXTS, MAILS = "tel", "mailto"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which *channel* is to reach which *address*, and by subject the wording that was read and ticked."""

    channel: str
    address: str
    wordings: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One box: its subject, and exactly what the visitor reads beside it."""

    key: str
    label: str


def carriers(channels: Mapping[str, Channel]) -> dict[str, str]:
    """Name the channel for texts and the one for mail, by scheme; only what may write to a stranger."""
    found: dict[str, str] = {}
    for name, one in channels.items():
        if one.spec.scheme in (TEXTS, MAILS) and may_begin(one.spec):
            found.setdefault(one.spec.scheme, name)
    return found


def choices(subjects: Sequence[Subject], business: str, language: str) -> list[Choice]:
    """List what can be ticked; what is no marketing needs no tick, and stands nowhere here."""
    sentence = words(language)["allow"]
    return [
        Choice(key=one.key, label=_label(sentence, one, business, language))
        for one in subjects
        if one.marketing
    ]


def wanted(
    fields: Fields,
    shown: Sequence[Choice],
    channels: Mapping[str, Channel],
    countries: Sequence[str],
) -> tuple[Wanted | None, dict[str, str]]:
    """Read the form; what is wrong stands by its field, with the name of the sentence that says why.

    *countries* are those whose numbers may be texted, the first that of a number without +; none are all.
    """
    ways, wrong = carriers(channels), dict[str, str]()
    typed = fields.get("where", "").strip()
    scheme = MAILS if "@" in typed or TEXTS not in ways else TEXTS
    wordings = {one.key: one.label for one in shown if fields.get(TICK + one.key) == "yes"}
    address = ""
    if scheme not in ways:
        wrong["where"] = "bad_number"
    elif scheme == MAILS:
        address = _mailbox(channels[ways[MAILS]], typed)
        if not address:
            wrong["where"] = "bad_mail" if TEXTS not in ways or "@" in typed else "bad_number"
    else:
        address = _number(typed, countries)
        if not address:
            wrong["where"] = "bad_number"
    if not wordings:
        wrong["what"] = "nothing_ticked"
    if wrong:
        return None, wrong
    return Wanted(channel=ways[scheme], address=address, wordings=wordings), {}


def _label(sentence: str, one: Subject, business: str, language: str) -> str:
    told = sentence.format(business=business, subject=said(one.label, language))
    hint = said(one.hint, language)
    return f"{told} ({hint})" if hint else told


def _mailbox(channel: Channel, typed: str) -> str:
    if len(typed) > LONGEST:
        return ""
    try:
        return address_of(channel.spec, typed)
    except DeskError:
        return ""


def _number(typed: str, countries: Sequence[str]) -> str:
    """Write a mobile number as tel:+351912345678; "" for one that is none, or of another country."""
    if len(typed) > 40:
        return ""
    number = e164(typed, countries[0] if countries else "")
    if not number:
        return ""
    parsed = phonenumbers.parse(number)
    if countries and phonenumbers.region_code_for_number(parsed) not in countries:
        return ""
    return f"{TEXTS}:{number}" if phonenumbers.number_type(parsed) in MOBILE else ""
