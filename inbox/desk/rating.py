"""The last words of a matter: thanks, and the question how it was, in the customer's language."""

import re
from collections.abc import Mapping
from typing import Final

from config.filled import MARK, fill_in
from config.saved import DeskKnobs
from inbox.desk.act import Act, Ground
from inbox.desk.answers import Answers
from inbox.desk.errors import DeskError
from inbox.desk.together import within
from storage import customers, ratings
from storage.rows import Conversation

_MARKED: Final = re.compile(rf"(?:\s*,\s*{MARK.pattern}(?=\s*[.!?])|{MARK.pattern}\s*,?\s*)")
NOT_ASKED: Final = "Customers are not asked how it was: whoever runs the house can switch it on."


def parting(knobs: DeskKnobs, language: str, *, thank: bool, ask: bool) -> str:
    """Write what the customer reads when their matter ends; empty where nothing is said."""
    thanks = spoken(knobs.thanks, language) if thank else ""
    question = spoken(knobs.question, language) if ask else ""
    return "\n\n".join(text for text in (thanks, question) if text)


def filled(text: str, **values: str) -> str:
    """Put what is known into last words; what is not known is left out with its comma."""
    known = {name: " ".join(value.split()) for name, value in values.items()}
    return _MARKED.sub("", fill_in(text, known).text).strip()


def spoken(texts: Mapping[str, str], language: str) -> str:
    """Choose a text: in the language, else in its bare form, else in English, else the first there is."""
    for tongue in (language, language.partition("-")[0], "en"):
        if tongue in texts:
            return texts[tongue]
    return next(iter(texts.values()), "")


async def part(
    ground: Ground, act: Act, conversation: Conversation, agent_id: int, *, thank: bool, ask: bool, key: str
) -> None:
    """Send the last words, and remember that a rating is waited for: part of *act*.

    Raises what `reply` raises, or a DeskError where customers are not asked.
    """
    knobs = ground.policies.now.desk
    if ask and not knobs.satisfaction:
        raise DeskError(NOT_ASKED)
    customer = await customers.one(act.connection, conversation.customer_id)
    agent = await act.agent(agent_id)
    language, team = customer.language if customer else "", conversation.team
    text = filled(
        parting(knobs, language, thank=thank, ask=ask),
        name=customer.name if customer else "",
        agent=agent.name,
        team=next((one.name for one in ground.policies.now.teams if one.key == team), ""),
        business=ground.policies.business,
    )
    if not text:
        return
    message_id = await Answers(within(ground, act)).reply(
        conversation.id, agent_id, text=text, now=act.now, key=key, origin="desk"
    )
    if ask:
        await ratings.ask(
            act.connection,
            conversation_id=conversation.id,
            customer_id=conversation.customer_id,
            agent_id=conversation.owner_id or agent_id,
            message_id=message_id,
            now=act.now,
        )


def said(data: Mapping[str, object]) -> str:
    """Say in a clause what a customer answered: "4 of 5: quick"."""
    words = str(data.get("words") or "")
    return f"{data.get('rating')} of 5" + (f": {words}" if words else "")
