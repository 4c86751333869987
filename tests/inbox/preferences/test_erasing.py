"""Who asks to be erased has a day to think better of it; then files, journal and words are gone."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from inbox.preferences.erasing import Erasing, spelled
from inbox.preferences.marks import mark, mark_of_ref
from storage import hooks, suppressed
from storage.tables import conversations
from storage.tables import hooks as journal
from tests.inbox.desk.web.house import NOW, House
from tests.inbox.preferences.house import NUMBER, Guest

SECRET = "0" * 64


def loop(house: House) -> Erasing:
    app = house.app
    return Erasing(eraser=app.eraser, nudges=app.nudges, clock=app.clock)


async def ask(marta: Guest, do: str) -> str:
    answer = await marta.house.client.post(marta.path, data={"do": do})
    assert answer.status == 200
    return await answer.text()


async def test_it_is_done_a_day_after_it_was_asked(house: House, marta: Guest) -> None:
    page = await ask(marta, "erase")
    assert "Everything about you will be erased on 25 November 2026 at 14:40." in page
    assert "Ask to erase" not in page
    assert (await marta.allowed())[marta.sms, "marketing"] is False
    house.app.clock = lambda: NOW + timedelta(hours=23, minutes=59)
    assert await loop(house).turn() == 0
    house.app.clock = lambda: NOW + timedelta(hours=24)
    assert await loop(house).turn() == 1
    row = await marta.row()
    assert (row.name, row.erased_at) == ("", NOW + timedelta(hours=24))
    assert (await house.client.get(marta.path)).status == 404


async def test_it_is_not_done_if_they_think_better_of_it(house: House, marta: Guest) -> None:
    await ask(marta, "erase")
    page = await ask(marta, "keep")
    assert "Nothing is erased. Messages stay off until you tick them again." in page
    house.app.clock = lambda: NOW + timedelta(days=3)
    assert await loop(house).turn() == 0
    assert (await marta.row()).name == "Marta Figueiredo"


async def test_files_and_calls_that_name_them_are_gone(house: House, marta: Guest) -> None:
    conversation = await house.conversation("X", channel="sms")
    async with house.app.database.writing() as connection:
        await connection.execute(
            conversations.update().where(conversations.c.id == conversation).values(customer_id=marta.id)
        )
        for body in (b"From=%2B351912345408&Body=hi", b"From=%2B351910000000&Body=hi"):
            await hooks.keep(
                connection,
                hook_id=house.app.database.ids.next(),
                channel="sms",
                received_at=NOW,
                method="POST",
                url="http://x/hooks/sms",
                headers={},
                body=body,
                state="failed",
            )
    message = await house.said(conversation, "my invoice")
    await house.attach(message, data=b"%PDF-1.4 mine", name="mine.pdf")
    folder = Path(house.app.settings.media_dir)
    assert len([one for one in folder.rglob("*") if one.is_file()]) == 1
    done = await house.app.eraser.erase(marta.id, NOW)
    assert (done.files, done.hooks) == (1, 1)
    assert [one for one in folder.rglob("*") if one.is_file()] == []
    async with house.app.database.reading() as connection:
        [left] = (await connection.execute(select(journal.c.body))).scalars()
    assert left == b"From=%2B351910000000&Body=hi"


async def test_a_list_cannot_bring_them_back_and_nobody_can_read_who_they_were(
    house: House, marta: Guest
) -> None:
    await marta.change(ref="K-1")
    await house.app.eraser.erase(marta.id, NOW)
    marks = [mark(f"whatsapp:{NUMBER.removeprefix('tel:')}", SECRET), mark_of_ref("K-1", SECRET)]
    others = [mark("tel:+351912345409", SECRET), mark(NUMBER, "another secret")]
    async with house.app.database.reading() as connection:
        assert await suppressed.among(connection, [*marks, *others]) == set(marks)


@pytest.mark.parametrize(
    ("address", "needles"),
    [
        ("tel:+351912345408", [b"351912345408", b"351912345408"]),
        ("telegram:42", []),
        ("mailto:m@x.example", [b"m@x.example", b"m%40x.example"]),
    ],
)
def test_an_address_is_looked_for_as_providers_write_it(address: str, needles: list[bytes]) -> None:
    assert spelled(address) == needles
