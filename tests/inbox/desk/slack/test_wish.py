"""A thread asks whether words are a wish for no more messages."""

import pytest

from storage import consents
from tests.inbox.desk.slack.bureau import Bureau

ANSWERS = [
    pytest.param("wish_stop", True, "read it as a stop", id="a stop"),
    pytest.param("wish_not_so", False, "read it otherwise", id="not so"),
]


@pytest.mark.parametrize(("button", "closed", "told"), ANSWERS)
async def test_the_thread_asks_and_an_agent_answers(
    desk: Bureau, button: str, closed: bool, told: str
) -> None:
    await desk.opened("please stop texting me")
    [(conversation, address)] = await desk.house.rows("SELECT id, address_id FROM conversations")
    async with desk.house.database.writing() as connection:
        await consents.record(
            connection,
            desk.house.database.ids,
            address_id=address,
            word="no",
            source="message",
            wording="please stop texting me",
            at=desk.now(),
            review=True,
        )
    await desk.house.desk.wished(conversation, wording="please stop texting me", now=desk.now())
    desk.ring()
    await desk.until(lambda: any("may want no more" in post.text for post in desk.thread()))
    post = next(post for post in desk.thread() if "may want no more" in post.text)
    assert "[Stop] [Not so]" in post.text
    await desk.ana.clicks(post, button)
    await desk.until(lambda: any(told in post.text for post in desk.thread()))
    [(stopped,)] = await desk.house.rows("SELECT stopped_at FROM addresses")
    assert (stopped is not None) == closed
