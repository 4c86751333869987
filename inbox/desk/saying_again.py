"""Saying what is said often, with what else is done in the same gesture; keeping new words for it."""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from config.filled import SAVED, faults, marks
from config.policy import Policy
from config.saved import LONGEST_SNOOZE, TO
from inbox.desk.act import Act, Ground
from inbox.desk.answers import Answers
from inbox.desk.errors import DeskError, NotAllowed, NotThere
from inbox.desk.moves import Moves
from inbox.desk.roles import may_drop
from inbox.desk.saved import THEN, Saved, all_of
from inbox.desk.tagging import Tagging, clean
from inbox.desk.together import within
from inbox.media import KeptFile
from storage import agents, deliveries, saved_replies
from storage.batch import storable
from storage.likeness import folded

TITLE: Final = 75
TONGUE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


class SayingAgain:
    """The part of the desk that keeps words and says them again."""

    def __init__(self, ground: Ground) -> None:
        """Stand on *ground*."""
        self._ground = ground

    async def use_saved(
        self,
        conversation_id: int,
        agent_id: int,
        *,
        key: str,
        text: str,
        files: Sequence[KeptFile] = (),
        then: Collection[str] = THEN,
        now: datetime,
        gesture: str = "",
        origin: str = "web",
    ) -> int:
        """Send a saved reply as it was edited, and do *then* what it says: all of it, or nothing.

        Returns the message's id, the same for the same *gesture*. *then* names what is wanted of tags,
        assign, snooze and resolve. Raises what `reply` and those acts raise, NotThere, or a DeskError
        for a variable that nobody filled in.
        """
        if left := marks(text):
            named = ", ".join(f"[[{one}]]" for one in left)
            raise DeskError(f"Not sent: fill in {named} first, or take it out.")
        async with self._ground.gesture(now, "use_saved", agent_id) as act:
            known = await deliveries.by_key(act.connection, f"reply:{gesture}:0") if gesture else None
            if known is not None and known.message_id is not None:
                return known.message_id
            conversation = await act.conversation(conversation_id)
            saved = await self._found(act, key, conversation.team)
            ground = within(self._ground, act)
            message_id = await Answers(ground).reply(
                conversation_id, agent_id, text=text, files=files, now=now, key=gesture, origin=origin
            )
            wanted = {name: saved.then[name] for name in THEN if name in then and saved.then.get(name)}
            await _then(ground, conversation_id, agent_id, wanted, now)
            return message_id

    async def _found(self, act: Act, key: str, team: str) -> Saved:
        known = await all_of(act.connection, self._ground.policies.now, team)
        saved = next((one for one in known if one.key == key), None)
        if saved is None:
            raise NotThere("This saved reply is not there any more.")
        return saved

    async def save_reply(
        self,
        agent_id: int,
        *,
        title: str,
        texts: Mapping[str, str],
        then: Mapping[str, Any] | None = None,
        teams: Sequence[str] = (),
        now: datetime,
    ) -> str:
        """Keep words that are said often, for these *teams* or for all; returns their key.

        *texts* are by language and may name variables, like {{ name }}; *then* is as in the table.
        Raises a DeskError that says what cannot be meant.
        """
        policy = self._ground.policies.now
        title, spoken = " ".join(storable(title).split()), _spoken(texts)
        if not title or len(title) > TITLE:
            raise DeskError(f"A title has 1 to {TITLE} characters: agents search for it.")
        wanted = meant(then or {}, policy)
        if unknown := [team for team in teams if team not in self._ground.teams]:
            raise DeskError(f"There is no team {unknown[0]}.")
        async with self._ground.gesture(now, "save_reply", agent_id) as act:
            known = {one.key for one in await all_of(act.connection, policy)}
            if any(folded(one.title) == folded(title) for one in await all_of(act.connection, policy)):
                raise DeskError(f"There is a saved reply called “{title}” already. Choose another title.")
            key = await _fresh(act, title, known)
            values = {
                "key": key,
                "title": title,
                "texts": spoken,
                "then": wanted,
                "teams": list(teams) or None,
                "made_by": (await act.agent(agent_id)).id,
                "made_at": now,
            }
            await saved_replies.keep(act.connection, act.ids, values)
            act.tell(key)
            return key

    async def drop_saved(self, key: str, agent_id: int, *, now: datetime) -> None:
        """Give a saved reply up: whoever made it may, and leads; the configuration's stand in its file."""
        async with self._ground.gesture(now, "drop_saved", agent_id) as act:
            found = await saved_replies.by_key(act.connection, key)
            if found is None:
                raise NotThere("This saved reply is not kept here: it stands in the configuration.")
            if not may_drop(await act.agent(agent_id), found.made_by):
                raise NotAllowed("A saved reply is given up by who made it, or by a lead.")
            await saved_replies.end(act.connection, key, now)
            act.tell(key)


def meant(then: Mapping[str, Any], policy: Policy) -> dict[str, Any]:
    """Check what else a saved reply does; raises a DeskError."""
    tags = clean(then.get("tags") or ())
    assign, resolve = str(then.get("assign") or ""), str(then.get("resolve") or "")
    snooze = int(then.get("snooze") or 0)
    to = TO.fullmatch(assign) if assign else None
    if assign and to is None:
        raise DeskError("Give it to 'me', 'agent:<key>' or 'team:<key>'.")
    if to is not None and to[1]:
        among = policy.teams if to[1] == "team" else policy.agents
        if to[2] not in {one.key for one in among}:
            raise DeskError(f"There is no {to[1]} {to[2]}.")
    if resolve and resolve not in policy.desk.resolve_reasons:
        raise DeskError(f"There is no reason {resolve!r} to resolve with.")
    if snooze and resolve:
        raise DeskError("It cannot be both set aside and resolved.")
    if snooze and not timedelta(0) < timedelta(seconds=snooze) < LONGEST_SNOOZE:
        raise DeskError("Nothing is set aside for that long: up to 90 days.")
    wanted = {"tags": tags, "assign": assign, "snooze": snooze, "resolve": resolve}
    return {name: value for name, value in wanted.items() if value}


async def _then(
    ground: Ground, conversation_id: int, agent_id: int, then: Mapping[str, Any], now: datetime
) -> None:
    """Do what else a saved reply does, in an order in which each can still be done."""
    moves = Moves(ground)
    if "tags" in then:
        await Tagging(ground).tag(conversation_id, agent_id, tags=then["tags"], now=now)
    if "assign" in then:
        await _assign(ground, conversation_id, agent_id, str(then["assign"]), now)
    if "snooze" in then:
        until = now + timedelta(seconds=int(then["snooze"]))
        await moves.snooze(conversation_id, agent_id, until=until, now=now)
    if "resolve" in then:
        await moves.resolve(conversation_id, agent_id, reason=str(then["resolve"]), now=now)


async def _assign(ground: Ground, conversation_id: int, agent_id: int, to: str, now: datetime) -> None:
    kind, _, key = to.partition(":")
    if kind == "me":
        await Moves(ground).take(conversation_id, agent_id, now=now, over=True)
    elif kind == "team":
        await Moves(ground).hand_over(conversation_id, agent_id, to_team=key, now=now)
    else:
        async with ground.act(now) as act:
            colleague = await agents.by_key(act.connection, key)
        if colleague is None:
            raise NotThere(f"There is no agent {key}.")
        if colleague.id != agent_id:
            await Moves(ground).hand_over(conversation_id, agent_id, to_agent=colleague.id, now=now)
        else:
            await Moves(ground).take(conversation_id, agent_id, now=now, over=True)


def _spoken(texts: Mapping[str, str]) -> dict[str, str]:
    """Check the words in each language; raises a DeskError."""
    spoken = {tongue.strip(): storable(text).strip() for tongue, text in texts.items() if text.strip()}
    if not spoken:
        raise DeskError("Write what the customer reads.")
    for tongue, text in spoken.items():
        if not TONGUE.fullmatch(tongue):
            raise DeskError(f"{tongue!r} is no language: write en, pt or pt-BR.")
        for fault in faults(text, SAVED):
            raise DeskError(f"{tongue}: {fault.what}. {fault.remedy}")
    return spoken


async def _fresh(act: Act, title: str, known: Collection[str]) -> str:
    """Make a key from the title that no saved reply has or had."""
    base = re.sub(r"[^a-z0-9]+", "-", folded(title)).strip("-")[:48] or "reply"
    key, number = base, 1
    while key in known or await saved_replies.by_key(act.connection, key) is not None:
        number += 1
        key = f"{base}-{number}"
    return key
