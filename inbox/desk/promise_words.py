"""Whether an answer reads like a promise: somebody of us will do something, by a date that can be read.

A suggestion only, in English, Portuguese and Spanish. The cheap test comes first; the library that reads
dates is loaded off the loop when the first answer passes it.
"""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bots.marks import plain
from inbox.desk import promise_dates
from inbox.desk.promise_acts import FURTHEST, LONGEST

_VERBS_PT = (
    r"envi|mand|lig|respond|confirm|trat|resolv|verific|avis|volt|entreg|devolv|escrev|inform|contact|contat|telefon|"
    r"pass|repar|troc|reembols"
)
_VERBS_ES = (
    r"env[ií]|mand|llam|respond|contest|confirm|avis|revis|mir|pas|escrib|entreg|inform|cambi|reembols|"
    r"gestion|prepar"
)
CUES: Mapping[str, re.Pattern[str]] = {
    "en": re.compile(
        r"\b(?:i|we)(?:'ll|’ll|\s+will)(?!\s+(?:not|never|try|need|probably|perhaps|maybe|have to wait)\b)"
        r"(?!\s+be\s+(?!in touch|sending|calling|able|\w+ing\b))"
        r"|\b(?:i am|i'm|i’m|we are|we're|we’re)\s+going\s+to\s+(?!try|be\b)"
        r"|\byou(?:'ll|’ll|\s+will)\s+(?:have|get|receive|hear from us|hear from me)\b"
    ),
    "pt": re.compile(
        rf"\b(?:{_VERBS_PT})(?:o|amos|emos|imos)\b|\b(?:digo|fa[cç]o|dou|vejo|dizemos|fazemos|damos|vemos)\b"
        r"|\b(?:vou|vamos|irei|iremos)\s+(?!estar|ser|tentar|fechar)(?:(?:lhe|te|vos|o|a)\s+)?\w+[aei]r\b"
        r"|\b(?!estar|ser|tentar)\w{2,}(?:arei|erei|irei|aremos|eremos|iremos|farei|faremos)\b"
        r"|\b\w+r-(?:lhe|te|vos|lo|la)-(?:ei|emos)\b"
    ),
    "es": re.compile(
        rf"\b(?:{_VERBS_ES})(?:o|amos|emos|imos)\b"
        r"|\b(?:digo|hago|doy|veo|resuelvo|devuelvo|decimos|hacemos|damos|resolvemos|devolvemos)\b"
        r"|\b(?:voy|vamos)\s+a\s+(?!estar|ser|intentar|cerrar)\w+[aei]r(?:l[eoa]s?|te|os|se)*\b"
        r"|\b(?!estar|ser|mir|retir|tir|gir|intentar)\w{2,}(?:aré|eré|iré|dré|aremos|eremos|iremos|dremos)\b"
        r"|\b(?:har|dir)(?:é|emos)\b"
    ),
}
HEDGES: Mapping[str, re.Pattern[str]] = {
    "en": re.compile(
        r"\b(?:if|unless|maybe|perhaps|probably|might|hopefully|hope|would|could|can't|won't)\b"
    ),
    "pt": re.compile(r"\b(?:n[ãa]o|se|talvez|nunca|quando puder|provavelmente|tento|tentarei)\b"),
    "es": re.compile(r"\b(?:no|si|quiz[áa]s?|tal vez|nunca|intento|intentar[ée]|probablemente|ojal[áa])\b"),
}
_SENTENCE = re.compile(r"[^.!?\n]*(?:\.(?=\S)[^.!?\n]*)*[.!?\n]?")
MOST = 2_000  # characters looked at: nobody promises in the middle of a manual


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What reads like a promise: the sentence, at most 150 characters, and by when."""

    text: str
    due_at: datetime


async def found(text: str, now: datetime, zone: str) -> Found | None:
    """Find the first sentence that promises something by a time to come, read in the agent's *zone*."""
    likely = sentences(plain(text))
    if not likely:
        return None
    return await asyncio.to_thread(read, likely, now, zone)


def sentences(text: str) -> list[tuple[str, tuple[str, ...]]]:
    """List the sentences in which one of us says what we will do, each with the languages it may be in."""
    likely = []
    for match in _SENTENCE.finditer(text[:MOST]):
        said = match.group().strip()
        if not said or said.endswith("?") or not any(sign.isalpha() for sign in said):
            continue
        low = said.lower()
        languages = tuple(
            language for language, cue in CUES.items() if cue.search(low) and not HEDGES[language].search(low)
        )
        if languages and promise_dates.may_hold_one(low):
            likely.append((said, languages))
    return likely


def read(likely: list[tuple[str, tuple[str, ...]]], now: datetime, zone: str) -> Found | None:
    """Read the dates in *likely* sentences; slow the first time, for it loads the library of dates."""
    here = now.astimezone(ZoneInfo(zone))
    for said, languages in likely:
        for language in languages:
            due = promise_dates.due(said.lower(), language, here)
            if due is not None and timedelta(0) < due - now <= FURTHEST:
                words = " ".join(said.split()).rstrip(".!")
                cut = words if len(words) <= LONGEST else words[: LONGEST - 1].rstrip() + "…"
                return Found(text=cut, due_at=due)
    return None
