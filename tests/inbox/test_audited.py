"""Not only agents: commands, the shop's calls, customers by link and changed settings are written too."""

from datetime import timedelta
from pathlib import Path

from pydantic import SecretStr

from config.policy import AgentEntry
from inbox.api.doors import PREFIX
from inbox.commands.sign_in import link_for
from inbox.desk.auditing import settled
from inbox.preferences.links import Links
from storage import audit
from storage.audit import Asked, Line
from tests.inbox.desk.web.house import NOW, POLICY, House, house_in

TOKEN = "t" * 32


async def lines(house: House) -> list[Line]:
    async with house.app.database.reading() as connection:
        return list(reversed(await audit.page(connection, Asked())))


async def test_the_shops_calls_are_a_line_each_and_the_same_call_again_is_none(tmp_path: Path) -> None:
    async with house_in(tmp_path, api_token=SecretStr(TOKEN)) as house:
        call = {"customers": [{"ref": "K-1", "name": "Marta Zebra"}]}
        headers = {"Authorization": f"Bearer {TOKEN}", "Idempotency-Key": "one"}
        for _ in range(2):
            answer = await house.client.post(f"{PREFIX}/customers", json=call, headers=headers)
            assert answer.status == 200, await answer.text()
        [line] = await lines(house)
        assert (line.who, line.what, line.operation, line.face) == ("token", "changed", "customers", "api")
        assert (line.detail, line.ip) == ("1 rows", "")


async def test_what_a_customer_does_by_their_link_is_written_and_not_from_where(tmp_path: Path) -> None:
    async with house_in(tmp_path) as house:
        customer = (await house.row(await house.conversation())).customer_id
        path = Links("0" * 64, "").address(customer, NOW)
        for do in ("erase", "keep", "stop"):
            assert (await house.client.post(path, data={"do": do})).status == 200
        for _ in range(2):
            assert (await house.client.get(f"{path}/copy")).status in (200, 404)
        found = await lines(house)
        assert [one.operation for one in found][:3] == ["ask_erasure", "withdraw_erasure", "stop"]
        assert {(one.who, one.customer_id, one.face, one.ip) for one in found} == {
            ("customer", customer, "link", "")
        }


async def test_a_link_made_at_the_command_line_is_written(tmp_path: Path) -> None:
    async with house_in(tmp_path) as house:
        link = await link_for(house.app.database, "helena", "http://x", NOW)
        [line] = await lines(house)
        assert (line.who, line.operation, line.detail) == ("command", "make_sign_in_link", "for helena")
        assert link.rpartition("=")[2] not in str(line)


async def test_other_roles_in_the_settings_are_written_once_whoever_sees_it(tmp_path: Path) -> None:
    async with house_in(tmp_path) as house:
        database = house.app.database
        lead = AgentEntry(key="helena", name="Helena", role="lead", teams=("care",))
        other = POLICY.model_copy(update={"agents": (POLICY.agents[0], lead)})
        for at, policy in enumerate((POLICY, other, other, POLICY)):
            async with database.writing() as connection:
                await settled(connection, database.ids, policy, NOW + timedelta(minutes=at))
        found = [one for one in await lines(house) if one.what == "settings"]
        assert [one.at - NOW for one in found] == [timedelta(minutes=1), timedelta(minutes=3)]
