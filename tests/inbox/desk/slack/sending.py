"""A bureau with a second channel, and what the tests of modals that send have in common."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from inbox.desk.sending_later import Sending
from tests.inbox.desk.channels import address, with_sms
from tests.inbox.desk.slack.bureau import Bureau
from tests.providers.slack import Message
from tests.providers.slack.state import View

NUMBER = "tel:+351912345678"
OWED = "SELECT lane, text FROM deliveries WHERE kind = 'message' AND lane NOT LIKE 'slack%' ORDER BY id"


async def reachable(desk: Bureau, **values: Any) -> tuple[Message, int, int]:
    """A card of Maria's, who has a number too: the card, the conversation, the number's key."""
    with_sms(desk.house)
    card = await desk.opened()
    [(conversation,)] = await desk.house.rows("SELECT id FROM conversations")
    return card, conversation, await address(desk.house, conversation, NUMBER, **values)


async def sees(desk: Bureau, callback: str, words: str = "") -> View:
    """Wait until Ana's modal is there and holds these words."""
    await desk.until(lambda: desk.ana.view is not None and words in str(desk.ana.view.body))
    return await desk.ana.sees_view(callback)


async def more(desk: Bureau, card: Message, deed: str, callback: str, words: str) -> View:
    """Choose a deed in the menu of a card; returns the modal once it is filled."""
    options: Callable[[], Any] = lambda: [  # noqa: E731
        one["value"] for block in card.blocks for one in _options(block) if one["value"].startswith(deed)
    ]
    await desk.until(options)
    await desk.ana.clicks(card, "more", options()[0])
    return await sees(desk, callback, words)


def _options(block: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for each in block.get("elements", ()) for one in each.get("options", ())]


def said(desk: Bureau, words: str) -> list[Message]:
    """The posts of the thread that hold these words."""
    return [post for post in desk.thread() if words in post.text]


def errors(handed: Any) -> dict[str, str]:
    """What stands under the fields of a modal that was refused."""
    assert handed.body["response_action"] == "errors", handed.body
    return dict(handed.body["errors"])


def seconds(at: datetime) -> int:
    return int(at.timestamp())


def loop(desk: Bureau) -> Sending:
    """The loop that sends what is due, as it is after a start."""
    ground = desk.house.ground
    return Sending(ground=ground, nudges=ground.nudges, clock=desk.now)
