"""Saved replies, of the configuration and of the desk: found by words, filled in for one customer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from config.filled import Filled, fill_in
from config.policy import Policy
from config.telling import Money, locale_of, told
from inbox.policies import Policies
from storage import customers, orders, saved_replies
from storage.database import Connection
from storage.likeness import folded
from storage.rows import Agent, Conversation

MOST: Final = 20
THEN: Final = ("tags", "assign", "snooze", "resolve")


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """Words that are said often; *then* is what else is done, *own* says that the desk keeps it.

    *teams* is empty where it is everybody's; *made_by* is an agent's id, 0 for the configuration's.
    """

    key: str
    title: str
    texts: Mapping[str, str]
    then: Mapping[str, Any] = field(default_factory=dict)
    teams: Sequence[str] = ()
    made_by: int = 0

    def text(self, language: str, fallback: str = "en") -> tuple[str, str]:
        """Find (language, text) for a customer: their language, else *fallback*, else the first there is."""
        for tongue in (language, language.partition("-")[0], fallback):
            if tongue in self.texts:
                return tongue, self.texts[tongue]
        return next(iter(self.texts.items()))


async def all_of(connection: Connection, policy: Policy, team: str | None = None) -> list[Saved]:
    """List what a team may say, by title; the configuration's stand before the desk's of the same key."""
    written = [
        Saved(key=one.key, title=one.title, texts=one.texts, then=one.then, teams=one.teams)
        for one in policy.saved_replies
    ]
    known = {one.key for one in written}
    kept = [
        Saved(
            key=one.key,
            title=one.title,
            texts=one.texts,
            then=one.then,
            teams=tuple(one.teams or ()),
            made_by=one.made_by,
        )
        for one in await saved_replies.in_use(connection)
        if one.key not in known
    ]
    seen = (one for one in (*written, *kept) if team is None or not one.teams or team in one.teams)
    return sorted(seen, key=lambda one: (folded(one.title), one.key))


def found(saved: Sequence[Saved], words: str, most: int = MOST) -> list[Saved]:
    """Find by all the words, anywhere in title or text, whatever the accents; those in the title first."""
    wanted = folded(words).split()
    ranked: list[tuple[int, bool, int, Saved]] = []
    for one in saved:
        title, text = folded(one.title), folded(" ".join(one.texts.values()))
        if all(word in title or word in text for word in wanted):
            missed = sum(word not in title for word in wanted)
            begins = not (wanted and title.startswith(wanted[0]))
            ranked.append((missed, begins, len(ranked), one))
    return [one for *_, one in sorted(ranked, key=lambda each: each[:3])[:most]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A saved reply as one customer would read it; *missing* are variables that stand in it as marks."""

    saved: Saved
    language: str
    text: str
    missing: tuple[str, ...]


async def preview(
    connection: Connection, policies: Policies, saved: Saved, conversation: Conversation, agent: Agent
) -> Preview:
    """Fill it in for the customer of a conversation, in their language where it has that."""
    customer = await customers.one(connection, conversation.customer_id)
    language, text = saved.text(customer.language if customer else "")
    bought = await orders.of(connection, conversation.customer_id, 1)
    locale = locale_of(language, customer.country if customer else "")
    zone = (customer.zone if customer else "") or "UTC"
    last = bought[0] if bought else None
    team = next((one.name for one in policies.now.teams if one.key == conversation.team), "")
    values = {
        "name": told("name", customer.name if customer else "", locale, zone),
        "agent": told("agent", agent.name, locale, zone),
        "team": team,
        "business": policies.business,
        "order": told("order", last.number if last else "", locale, zone),
        "goods": told("goods", last.summary if last else "", locale, zone),
        "total": told(
            "total", Money(minor=last.total, currency=last.currency) if last else None, locale, zone
        ),
    }
    filled: Filled = fill_in(text, values)
    return Preview(saved=saved, language=language, text=filled.text, missing=filled.missing)


def then_said(then: Mapping[str, Any], name: str, policy: Policy) -> str:
    """Say in a few words one of the things that sending it does besides."""
    match name:
        case "tags":
            return f"Tag: {', '.join(then['tags'])}"
        case "assign" if then["assign"] == "me":
            return "Give the conversation to me"
        case "assign":
            kind, _, key = str(then["assign"]).partition(":")
            among: Sequence[Any] = policy.teams if kind == "team" else policy.agents
            return f"Give to {next((one.name for one in among if one.key == key), key)}"
        case "snooze":
            return f"Set aside for {_span(timedelta(seconds=int(then['snooze'])))}"
        case _:
            return f"Resolve: {then['resolve']}"


def _span(span: timedelta) -> str:
    minutes = int(span.total_seconds()) // 60
    for size, name in ((1440, "day"), (60, "hour"), (1, "minute")):
        if minutes >= size and minutes % size == 0:
            count = minutes // size
            return f"{count} {name}{'s' if count > 1 else ''}"
    return f"{minutes} minutes"
