"""A customer's profile as blocks: what is known of them, how to reach them, what they may expect."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from config.policy import Policy
from inbox.desk import facts, names
from inbox.desk.slack import words
from inbox.desk.slack.rich import Block
from inbox.preferences.masks import masked
from storage.consents import MARKETING
from storage.orders import Order
from storage.profiles import Profile
from storage.promises import Promise
from storage.rows import Address, Conversation, Customer

MOMENT: Final = "{date_short_pretty} {time}"
WAYS: Final = 10
LINES: Final = 5
ALLOWS: Final = {True: "allows marketing", False: "refuses marketing", None: "never asked for marketing"}
LABELS: Final = {name: label for name, label in facts.FACTS.items() if name != "name"}


def of(
    profile: Profile, now: datetime, *, whole: bool, links: Mapping[int, str], policy: Policy
) -> list[Block]:
    """Show a profile; *whole* shows whole addresses, *links* are threads by conversation."""
    customer = profile.customer
    tier = f"  ·  {words.escape(customer.tier)}" if customer.tier else ""
    notes = [
        f"“{words.literal(words.escape(words.shortened(one.text, 200)))}”" for one in profile.pins[:LINES]
    ]
    return [
        mrkdwn(f"*{words.name(customer.name)}*{tier}"),
        {"type": "section", "fields": [_field(*one) for one in told(customer, now, policy)]},
        *_part("Addresses", [way(one, profile, whole=whole) for one in profile.addresses[:WAYS]]),
        *_part("Promises", [_promise(one) for one in profile.promises[:LINES]]),
        *_part("Orders", [order(one) for one in profile.orders]),
        *_part("Last conversations", [_talk(one, links) for one in profile.conversations]),
        *_part("Notes", notes),
    ]


def told(customer: Customer, now: datetime, policy: Policy) -> list[tuple[str, str]]:
    """Name facts and what they are, those that are known."""
    known = shown(customer, policy)
    found = [(label, known[name]) for name, label in LABELS.items() if name != "tier" and known[name]]
    if customer.zone:
        found.append(("Their time", f"{now.astimezone(ZoneInfo(customer.zone)):%a %H:%M}"))
    if customer.ref:
        found.append(("Shop number", customer.ref))
    return found[:10] or [("Known", "nothing yet")]


def shown(customer: Customer, policy: Policy) -> dict[str, str]:
    """Write a customer's facts for people to read; *policy* knows how agents are called."""
    day = names.shown_birthday(customer.birth_month, customer.birth_day, customer.birth_year)
    language = names.shown_language(customer.language) if customer.language else ""
    key = customer.account_manager
    manager = next((one.name for one in policy.agents if one.key == key), key)
    return {
        **facts.told(customer),
        "birthday": day,
        "language": language,
        "account_manager": manager,
    }


def way(address: Address, profile: Profile, *, whole: bool) -> str:
    """Write one address with what is allowed there."""
    shown = names.shown_address(address.address) if whole else masked(address.address) or "a browser"
    allowed = profile.held.get((address.id, MARKETING))
    said = "said STOP" if address.stopped_at else ALLOWS[allowed]
    closed = f", cannot be reached ({words.escape(address.closed_reason)})" if address.closed_at else ""
    return f"{words.escape(shown)}: {said}{closed}"


def order(one: Order) -> str:
    """Write one order."""
    state = (
        "cancelled" if one.cancelled_at else
        "returned" if one.returned_at else
        "delivered" if one.delivered_at else "on its way"
    )  # fmt: skip
    worth = f", {one.total / 100:,.2f} {one.currency}" if one.currency else ""
    return f"{words.escape(one.number)}, {words.clock(one.placed_at, '{date_short_pretty}')}{worth}, {state}"


def mrkdwn(text: str) -> Block:
    """Write a paragraph whose markup is ours alone."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text[:2_900]}}


def _literal(text: str) -> str:
    return words.literal(words.escape(text))


def _field(label: str, said: str) -> Block:
    return {"type": "mrkdwn", "text": f"*{label}*\n{words.escape(words.shortened(said, 300))}"}


def _part(title: str, lines: Sequence[str]) -> Iterable[Block]:
    return [mrkdwn(f"*{title}*\n" + "\n".join(f"• {line}" for line in lines))] if lines else []


def _promise(one: Promise) -> str:
    return f"{_literal(one.text)}, by {words.clock(one.due_at, MOMENT)}"


def _talk(one: Conversation, links: Mapping[int, str]) -> str:
    state = "merged" if one.merged_into else one.state
    label = f"{words.clock(one.last_at, MOMENT)}, {state}"
    last = _literal(words.shortened(one.last_text, 80))
    link = f" <{links[one.id]}|open>" if links.get(one.id) else ""
    return f"{label}: {last or '(no words)'}{link}"
