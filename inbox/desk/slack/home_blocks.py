"""App Home as blocks: what needs the agent first, then what waits, then their numbers and settings."""

from collections.abc import Sequence
from typing import Any, Final

from inbox.desk.slack import absence, listing, phrases, words
from inbox.desk.slack.absence import Absence
from inbox.desk.slack.home_facts import FAILED, PROMISES, Facts
from inbox.desk.slack.home_words import WORDS
from inbox.desk.slack.phrases import LANGUAGES, OWN_NAMES
from inbox.desk.slack.posts import button
from inbox.desk.slack.rich import Block
from inbox.desk.slack.sheets import away, sheet
from storage.promises import Named
from storage.slack_home import Standing
from storage.unread import Unread

CALLBACK: Final = "tidings_home"
REFRESH: Final = "home_refresh"
NEXT: Final = "home_next"
BACK: Final = "home_back"
OPEN: Final = "home_open"
LANGUAGE: Final = "home_language"
DIGEST: Final = "home_digest"
SAFE: Final = "home_safe"
AS_SLACK: Final = "slack"
ON, OFF = "on", "off"
MOST: Final = 100
View = dict[str, Any]


def made(facts: Facts) -> View:
    """Write the whole tab; at most a hundred blocks, 72 with every list full."""
    blocks = [
        *_availability(facts),
        *_failed(facts),
        *_promises(facts),
        *_list(facts, "yours", facts.yours, facts.open, "no_yours", owner=False),
        *_list(facts, "waiting", facts.waiting, facts.nobodys, "no_waiting", owner=False),
        *_numbers(facts),
        *_settings(facts),
        *_foot(facts),
    ]
    return view(blocks)


def view(blocks: Sequence[Block]) -> View:
    """Write a Home tab."""
    return {"type": "home", "callback_id": CALLBACK, "blocks": list(blocks)[:MOST]}


def refusal(sentence: str) -> View:
    """Say to somebody who is no agent why there is nothing here."""
    return view([dict(sheet.said(sentence))])


def say(facts: Facts, key: str, **values: object) -> str:
    """Write a sentence in the agent's language."""
    return phrases.said(WORDS, facts.language, key, **values)


def _availability(facts: Facts) -> list[Block]:
    agent = facts.agent
    counts = say(facts, "counts", open=facts.open, waiting=facts.waits, nobodys=facts.nobodys)
    if agent.available:
        state = say(facts, "here")
        carried = absence.value(Absence(), facts.language)
        beside = button(away.OPENS, say(facts, "go"), carried, "", say(facts, "go_spoken"))
    else:
        at = words.clock(agent.away_until, listing.FORM) if agent.away_until else ""
        state = say(facts, "away_until", at=at) if at else say(facts, "away")
        why = f" ({words.literal(words.escape(words.shortened(agent.away_why, 100)))})"
        state += why if agent.away_why else ""
        beside = button(BACK, say(facts, "back"), ON, "primary", say(facts, "back_spoken"))
    return [{**_section(f"*{state}*\n{counts}"), "accessory": beside}]


def _failed(facts: Facts) -> list[Block]:
    if not facts.failed:
        return []
    rows = [_failure(facts, one) for one in facts.failed[:FAILED]]
    return [_head(_counted(facts, "failed", len(facts.failed), FAILED)), *rows]


def _failure(facts: Facts, one: Unread) -> Block:
    state = say(facts, "perhaps_one" if one.state == "perhaps" else "failed_one")
    why = f" ({words.literal(words.escape(words.shortened(one.reason, 100)))})" if one.reason else ""
    where = words.escape(facts.labels.get(one.channel, one.channel))
    line = f"*{words.name(one.customer)}* · {where} · {state}{why}{listing.quoted(one.text)}"
    return _row(facts, line, one.conversation_id, one.customer)


def _promises(facts: Facts) -> list[Block]:
    if not facts.promises:
        return []
    rows = [_promise(facts, one) for one in facts.promises[:PROMISES]]
    return [_head(_counted(facts, "promises", len(facts.promises), PROMISES)), *rows]


def _promise(facts: Facts, one: Named) -> Block:
    late = one.promise.due_at <= facts.now
    due = say(facts, "was_by" if late else "by", at=words.clock(one.promise.due_at, listing.FORM))
    text = words.literal(words.escape(words.shortened(one.promise.text, 150)))
    line = f"*{words.name(one.customer)}* · {text} · {due}"
    return _row(facts, line, one.promise.conversation_id, one.customer)


def _list(
    facts: Facts, title: str, rows: Sequence[Standing], total: int, nobody: str, *, owner: bool
) -> list[Block]:
    head = _head(f"{say(facts, title)} ({total})" if total else say(facts, title))
    if not rows:
        return [head, _section(say(facts, nobody))] if not total else []
    return [head, *(_standing(facts, one, owner=owner) for one in rows)]


def _standing(facts: Facts, one: Standing, *, owner: bool) -> Block:
    where = facts.labels.get(one.channel, one.channel)
    line = listing.line(one, facts.language, where, "", facts.now, owner=owner)
    return _row(facts, line, one.id, one.customer)


def _row(facts: Facts, line: str, conversation_id: int, customer: str) -> Block:
    """Write a line with the way to its thread, where it has one."""
    link = facts.links.get(conversation_id)
    if not link:
        return _section(line)
    spoken = say(facts, "open_spoken", who=words.name(customer))
    beside = button(OPEN, say(facts, "open"), str(conversation_id), "", spoken) | {"url": link}
    return {**_section(line), "accessory": beside}


def _numbers(facts: Facts) -> list[Block]:
    did = facts.did
    said = say(facts, "did", answers=did.answers, customers=did.customers, resolved=did.resolved)
    return [_head(say(facts, "numbers")), _section(said)]


def _settings(facts: Facts) -> list[Block]:
    agent = facts.agent
    options = [sheet.option(say(facts, "as_slack"), AS_SLACK)]
    options += [sheet.option(name, tag) for name, tag in zip(OWN_NAMES, LANGUAGES, strict=True)]
    chosen = phrases.nearest(agent.language) if agent.language else AS_SLACK
    initial = next(one for one in options if one["value"] == chosen)
    select = {
        "type": "static_select",
        "action_id": LANGUAGE,
        "options": options,
        "initial_option": initial,
    }
    return [
        _head(say(facts, "settings")),
        {**_section(say(facts, "language")), "accessory": select},
        _switch(facts, DIGEST, "digest", on=agent.digest),
        _switch(facts, SAFE, "safe", on=agent.safe_mode),
    ]


def _switch(facts: Facts, action: str, key: str, *, on: bool) -> Block:
    label = say(facts, "turn_off" if on else "turn_on")
    spoken = f"{say(facts, f'{key}_spoken')}: {label}"
    beside = button(action, label, OFF if on else ON, "", spoken)
    return {**_section(say(facts, f"{key}_on" if on else f"{key}_off")), "accessory": beside}


def _foot(facts: Facts) -> list[Block]:
    said = say(facts, "as_of", at=words.clock(facts.now))
    said += f" · {say(facts, 'page', page=facts.page + 1)}" if facts.page or facts.has_more else ""
    buttons = [button(REFRESH, say(facts, "refresh"), str(facts.page))]
    if facts.has_more:
        buttons.append(button(NEXT, say(facts, "next"), str(facts.page + 1)))
    if facts.page:
        buttons.append(button(f"{NEXT}_first", say(facts, "first"), "0"))
    context = {"type": "context", "elements": [{"type": "mrkdwn", "text": said}]}
    return [context, {"type": "actions", "elements": buttons}]


def _counted(facts: Facts, key: str, total: int, shown: int) -> str:
    more = f", {say(facts, 'more', n=total - shown)}" if total > shown else ""
    return f"{say(facts, key)} ({total}{more})"


def _head(text: str) -> Block:
    return {"type": "header", "text": sheet.plain(words.shortened(text, 150))}


def _section(text: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text[:2_900]}}
