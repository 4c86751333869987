"""Who gets what waits: by the pyramid, by whose customer it is, within what each can have, and why."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from inbox.assigning import giving
from routing.answering import Given, Matter
from routing.assignment import give
from tests.inbox.assigning.houses import ANA, BILLING, EVA, RUI, SUPPORT, a_house

ONE = [{**ANA, "capacity": 1}]


async def test_when_there_is_room_for_one_the_highest_tier_gets_it_and_the_next_when_there_is_again(
    tmp_path: Path,
) -> None:
    async with a_house(tmp_path, agents=ONE) as house:
        talks = {}
        for who, tier in (("lena", "lead"), ("ines", "iron"), ("paul", "platinum"), ("gil", "gold")):
            talks[tier] = await house.says(who)
            await house.customer(who, tier=tier)
        served = []
        for _ in talks:
            await house.settle(seconds=5)
            [tier] = [tier for tier, talk in talks.items() if await house.owner(talk) and tier not in served]
            served.append(tier)
            await house.desk.resolve(talks[tier], house.agents["ana"], now=house.clock())
        assert served == ["platinum", "gold", "iron", "lead"]


async def test_nobody_is_given_more_than_they_can_have(tmp_path: Path) -> None:
    async with a_house(tmp_path, agents=[{**ANA, "capacity": 2}, {**RUI, "capacity": 3}]) as house:
        for number in range(9):
            await house.says(f"c{number}")
        await house.settle()
        loads = await house.house.rows(
            "SELECT a.key, count(*) FROM conversations c JOIN agents a ON a.id = c.owner_id GROUP BY a.key"
        )
        assert sorted(loads) == [("ana", 2), ("rui", 3)]
        reasons = await house.one("reasons FROM routed WHERE assigned_at IS NULL LIMIT 1")
        assert "it waits until one has room" in reasons


async def test_the_account_manager_gets_it_before_all_others(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house:
        for number, key in enumerate(("rui", "ana", "rui")):
            talk = await house.says(f"c{number}")
            await house.customer(f"c{number}", account_manager=key)
            await house.settle()
            assert await house.owner(talk) == key
        [*_, (_, told)] = await house.befell("assigned")
        assert told["reasons"] == ["Rui is the account manager and is here"]


async def test_it_waits_for_a_manager_who_is_back_within_the_patience_and_no_longer(tmp_path: Path) -> None:
    async with a_house(tmp_path, answering={"patience": "10m"}) as house:
        now = house.clock()
        for who, minutes in (("soon", 8), ("late", 30)):
            await house.desk.set_away(house.agents["rui"], until=now.replace(minute=minutes), now=now)
            talk = await house.says(who)
            await house.customer(who, account_manager="rui")
            await house.settle()
            assert await house.owner(talk) == ("" if who == "soon" else "ana")
        assert (
            await house.one("waits_for FROM routed ORDER BY conversation_id LIMIT 1") == house.agents["rui"]
        )


async def test_who_is_waited_for_gets_it_when_they_are_back_by_the_clock(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house:
        until = house.clock().replace(minute=8)
        await house.desk.set_away(house.agents["rui"], until=until, why="lunch", now=house.clock())
        talk = await house.says("maria")
        await house.customer("maria", account_manager="rui")
        await house.settle()
        await house.settle(minutes=7)
        assert await house.owner(talk) == ""
        await house.settle(minutes=1)
        assert await house.owner(talk) == "rui"
        assert await house.house.rows(
            "SELECT available, away_until, away_why FROM agents WHERE key = 'rui'"
        ) == [(1, None, "")]


async def test_who_answered_a_customer_last_gets_their_next_matter(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house:
        first = await house.says("maria")
        await house.desk.reply(first, house.agents["rui"], text="done", now=house.clock())
        await house.desk.resolve(first, house.agents["rui"], now=house.clock())
        for number in range(3):
            await house.says(f"c{number}")
        await house.settle(hours=100)
        again = await house.says("maria", "again", 2)
        assert again != first
        await house.settle()
        assert await house.owner(again) == "rui"


async def test_a_customer_is_answered_by_who_speaks_their_language(tmp_path: Path) -> None:
    agents = [{**ANA, "languages": ["en"]}, {**RUI, "languages": ["pt", "en"]}]
    async with a_house(tmp_path, agents=agents) as house:
        talk = await house.says("maria", "onde está a minha encomenda?")
        await house.settle()
        assert await house.owner(talk) == "rui"


async def test_outside_their_shift_agents_get_nothing_and_in_it_they_do(tmp_path: Path) -> None:
    shifts: dict[str, Any] = {"shifts": ["mon-fri 14:00-18:00"]}
    async with a_house(tmp_path, agents=[{**ANA, **shifts}], answering={"patience": "1m"}) as house:
        talk = await house.says("maria")
        await house.settle(minutes=119)
        assert await house.owner(talk) == ""
        assert "away until 14:00" in await house.one("reasons FROM routed")
        await house.settle(minutes=1)
        assert await house.owner(talk) == "ana"


async def test_why_one_and_not_another_is_kept_with_the_conversation(tmp_path: Path) -> None:
    rules = [{"key": "law", "when": {"words": ["lawyer"]}, "skill": "law"}]
    agents = [{**ANA, "skills": ["law"]}, RUI]
    async with a_house(tmp_path, agents=agents, rules=rules) as house:
        await house.says("maria", "my lawyer will write")
        await house.settle()
        [(_, told)] = await house.befell("assigned")
        assert told["reasons"] == [
            "the rule law fits (they said “lawyer”)",
            "law is asked for: Ana",
            "Ana is the only one left",
        ]


async def test_those_who_cannot_be_served_hold_up_no_page_of_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(giving, "PAGE", 2)
    monkeypatch.setattr(giving, "OLDEST", 1)
    rules = [{"key": "law", "when": {"words": ["lawyer"]}, "skill": "law"}]
    agents = [{**ANA, "skills": ["law"], "capacity": 1}, RUI]
    async with a_house(tmp_path, agents=agents, rules=rules) as house:
        for number in range(6):
            await house.says(f"c{number}", "lawyer")
            await house.customer(f"c{number}", tier="platinum")
        talk = await house.says("lena")
        await house.settle()
        assert await house.owner(talk) == "rui"


async def test_a_team_with_nobody_here_holds_up_no_other_and_why_is_told(tmp_path: Path) -> None:
    async with a_house(tmp_path, agents=[ANA, EVA], teams=[SUPPORT, BILLING]) as house:
        await house.desk.set_away(house.agents["ana"], now=house.clock())
        await house.says("maria")
        await house.settle()
        assert "nobody of Support is here: Ana away" in await house.one("reasons FROM routed")


async def test_what_did_not_change_is_not_decided_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_house(tmp_path, agents=ONE) as house:
        for number in range(4):
            await house.says(f"c{number}")
        await house.settle()
        decided: list[int] = []

        def counted(matters: Sequence[Matter], *more: Any) -> list[Given]:
            decided.append(len(matters))
            return give(matters, *more)

        monkeypatch.setattr(giving, "give", counted)
        await house.settle(seconds=5)
        assert decided == []
        await house.settle(seconds=60)
        assert sum(decided) == 3


@pytest.mark.parametrize("meanwhile", ["took another", "went away"])
async def test_who_has_no_room_any_more_when_it_is_written_does_not_get_it(
    tmp_path: Path, meanwhile: str
) -> None:
    async with a_house(tmp_path, agents=ONE) as house:
        first, second = await house.says("maria"), await house.says("ines")
        ana, now = house.agents["ana"], house.clock()

        class Late(giving.Giving):
            async def _write(self, *what: Any) -> set[int]:
                if meanwhile == "took another":
                    await house.desk.take(second, ana, now=now)
                else:
                    await house.desk.set_away(ana, now=now)
                return await super()._write(*what)

        await house.loop._placing.turn(now)
        assert await Late(house.house.ground).turn(now) == (set(), False)
        assert await house.owner(first) == ""
        assert await house.befell("assigned") == []


async def test_who_stands_behind_a_page_of_held_ones_is_not_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, number in (("PAGE", 2), ("OLDEST", 1), ("WITHOUT", 2)):
        monkeypatch.setattr(giving, name, number)
    rules = [{"key": "refunds", "when": {"words": ["refund"]}, "team": "billing"}]
    async with a_house(tmp_path, rules=rules, answering={"patience": "10m"}) as house:
        now = house.clock()
        await house.desk.set_away(house.agents["rui"], until=now.replace(minute=8), now=now)
        await house.desk.set_away(house.agents["eva"], now=now)
        for who in ("held", "waits"):
            await house.says(who)
            await house.customer(who, account_manager="rui")
        for who in ("ines", "gil"):
            await house.says(who, "a refund")
        behind = [await house.says(who) for who in ("paul", "lena")]
        await house.settle()
        assert [await house.owner(one) for one in behind] == ["ana", "ana"]
