"""The browser asks whether words are a wish for no more messages."""

from sqlalchemy import select

from storage import consents
from storage.tables import addresses
from tests.inbox.desk.web.house import NOW, House


async def wished(house: House) -> int:
    """A customer wrote words that may be one."""
    talk = await house.conversation()
    row = await house.row(talk)
    async with house.app.database.writing() as connection:
        await consents.record(
            connection,
            house.app.database.ids,
            address_id=row.address_id,
            word="no",
            source="message",
            wording="<b>stop</b> texting me",
            at=NOW,
            review=True,
        )
    return talk


async def test_the_strip_asks_and_stop_closes_the_address(house: House) -> None:
    await house.sign_in()
    talk = await wished(house)
    page = await house.page(f"/desk/c/{talk}")
    assert "They may want no more messages." in page
    assert "&lt;b&gt;stop&lt;/b&gt; texting me" in page
    answer = await house.post(f"/desk/c/{talk}/wish", stop="yes")
    assert answer.status == 303
    page = await house.page(f"/desk/c/{talk}")
    assert "They may want no more messages." not in page
    assert "You read it as a stop" in page
    async with house.app.database.reading() as connection:
        which = select(addresses.c.stopped_at).where(addresses.c.id == (await house.row(talk)).address_id)
        assert (await connection.execute(which)).scalar_one() is not None


async def test_not_so_leaves_it_open_and_a_second_answer_is_told(house: House) -> None:
    await house.sign_in()
    talk = await wished(house)
    assert (await house.post(f"/desk/c/{talk}/wish", stop="no")).status == 303
    assert "They may want" not in await house.page(f"/desk/c/{talk}")
    answer = await house.post(f"/desk/c/{talk}/wish", stop="yes")
    assert answer.status == 409
    assert "Somebody has looked at this already." in await answer.text()
    page = await house.page(f"/desk/c/{talk}/consent")
    assert "Meant something else, an agent says" in page
