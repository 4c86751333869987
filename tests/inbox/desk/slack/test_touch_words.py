"""Agents read of touches in their own language: a sentence is there in three, and Slack takes each post."""

import string
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fontpkg_fira_sans import ROOT  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

from inbox.desk.slack import approval_posts, digest_picture, phrases, touch_whys, touch_words
from inbox.desk.slack.approval_posts import Spoken
from inbox.desk.slack.deeds import Clicked
from inbox.desk.slack.digest import birthdays_post, digest_post
from inbox.desk.slack.phrases import LANGUAGES
from inbox.touches.deciding import LONGEST
from inbox.touches.digest import Coming, Digest, Goes
from inbox.touches.drafting import Draft
from routing.reasons import REASONS
from storage.slack_touches import Decision
from storage.touch_birthdays import Celebrated
from storage.touch_rows import TouchRow
from storage.touch_states import CANCELLED, HELD, PLANNED, SENT
from tests.inbox.desk.slack.bureau import Bureau, bureau, start
from tests.inbox.desk.slack.touching import customer, planned, rules
from tests.inbox.touches.world import BIRTHDAY
from tests.providers.slack import Message
from tests.providers.slack.blocks import block_faults, view_faults

PICTURED = ("by_day", "went_out", "to_come")
MONDAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LONG = "Aparecida <@U1> *da* Silva & Ωmega 漢字 " * 40
ASKING = replace(BIRTHDAY, approve=True)

ROW = TouchRow(
    id=7,
    customer_id=1,
    kind="birthday",
    period="2026",
    state=PLANNED,
    reason="",
    due_at=NOON,
    valid_until=NOON + timedelta(hours=9),
    day="2026-11-24",
    clock="10:00",
    zone="Europe/Lisbon",
    zone_source="own",
    anchor_at=None,
    anchor_ref="",
    address_id=2,
    channel="sms",
    why="",
    language="en",
    text="",
    tried=None,
    approval="asked",
    agent_id=None,
    message_id=None,
    handed_at=None,
    ended_at=None,
    counts=1,
    revision=1,
)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Bureau]:
    made = rules(ASKING)
    spanish = replace(made, limits=replace(made.limits, language="es"))
    async with bureau(tmp_path, rules=spanish) as opened:
        yield opened


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_each_sentence_is_there_in_three_languages_with_the_same_fields() -> None:
    for key, said in touch_words.WORDS.items():
        assert all(one.strip() for one in said), key
        assert fields(said[0]) == fields(said[1]) == fields(said[2]), key


def test_each_reason_has_its_words_within_a_sentence() -> None:
    assert set(REASONS) <= set(touch_whys.WHYS)
    for code, said in touch_whys.WHYS.items():
        for one in said:
            assert one[:1].islower(), (code, one)
            assert not one.endswith("."), (code, one)
        assert len({touch_whys.why(code, language) for language in LANGUAGES}) == 3, code
    assert touch_whys.why("of_tomorrow", "pt") == "of tomorrow"


@pytest.mark.parametrize(
    ("language", "day", "whole", "weekday", "number", "city"),
    [
        ("en-GB", "Mon 23 Nov", "23 Nov 2026", "Mon", "1,204", "Lisbon"),
        ("pt-PT", "segunda 23 nov.", "23 nov. de 2026", "seg.", "12\u00a0040", "Lisboa"),
        ("es-ES", "lun 23 nov", "23 nov 2026", "lun", "12.040", "Lisboa"),
        ("fi", "Mon 23 Nov", "23 Nov 2026", "Mon", "1,204", "Lisbon"),
    ],
)
def test_days_and_numbers_are_written_as_they_are_there(
    language: str, day: str, whole: str, weekday: str, number: str, city: str
) -> None:
    assert phrases.day(MONDAY, language) == day
    assert phrases.whole_day(MONDAY, language) == whole
    assert phrases.weekday(MONDAY, language) == weekday
    assert phrases.number(int("".join(one for one in number if one.isdigit())), language) == number
    assert phrases.city("Europe/Lisbon", language) == city
    assert phrases.city("UTC", language) == "UTC"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("state", "approval", "reason", "decided"),
    [
        (PLANNED, "asked", "", ""),
        (HELD, "held", "taken_by_agent", "held"),
        (SENT, "given", "", "given"),
        (CANCELLED, "refused", "approval_refused", "refused"),
        *((CANCELLED, "asked", code, "") for code in ("not_approved", "open_complaint", "no_common_hour")),
    ],
)
def test_slack_takes_every_question_and_its_modal(
    language: str, state: str, approval: str, reason: str, decided: str
) -> None:
    row = replace(ROW, state=state, approval=approval, reason=reason)
    draft = Draft(row=row, touch=None, name=LONG, tier=LONG[:300], text=LONG[:LONGEST], missing="order")
    decision = Decision(what=decided, by=LONG, at=NOON, edited=True) if decided else None
    spoken = Spoken(language=language, occasion=LONG[:80], channel=LONG[:80], sms=True)
    post = approval_posts.made(draft, spoken, decision)
    assert block_faults(post.blocks, surface="message", image_known=lambda _: True) == []
    view = approval_posts.edit(clicked(post.text, language, post.blocks))
    assert touch_words.say(language, "reads") in str(view)
    assert view_faults(view, image_known=lambda _: True) == []


def clicked(spoken: str, language: str, blocks: Any) -> Clicked:
    where = {"workspace": "T1", "slack_channel": "C1", "message_ts": "1.1", "thread_ts": "", "slack_id": "U1"}
    what = {"action": "touch_edit", "value": approval_posts.carried(7, language), "trigger_id": "t"}
    return Clicked(
        **where, **what, response_url="", ephemeral=False, spoken=spoken, team_of_author="T1", blocks=blocks
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_modal_says_whom_it_is_about_and_not_the_question_again(language: str) -> None:
    draft = Draft(row=ROW, touch=None, name="Maria", tier="gold", text="Olá")
    spoken = Spoken(language=language, occasion="birthday touch", channel="SMS", sms=True)
    post = approval_posts.made(draft, spoken, None)
    assert post.text.startswith(touch_words.say(language, "asks"))
    view = approval_posts.edit(clicked(post.text, language, post.blocks))
    about = view["blocks"][0]["text"]["text"]
    assert about.startswith("Birthday touch ")
    assert about.endswith("Maria (gold)")


def test_a_button_of_before_carries_the_touch_alone() -> None:
    assert approval_posts.carries("12") == (12, "en")
    assert approval_posts.carries("12|es") == (12, "es")
    assert approval_posts.carries("12|<script>") == (12, "en")
    assert [approval_posts.carries(one) for one in ("", "x", "|pt", "²|pt", "-1|en")] == [None] * 5


@pytest.mark.parametrize("language", LANGUAGES)
def test_slack_takes_a_full_week_and_its_picture(language: str) -> None:
    bars = tuple((MONDAY + timedelta(days=n), 12_345 * n) for n in range(7))
    codes = tuple((code, 9_999) for code in REASONS)
    week = Digest(
        monday=MONDAY,
        out=bars,
        coming=bars,
        kinds=tuple((LONG, 10_000, 2_000, 300) for _ in range(20)),
        reasons=codes,
        held=codes,
    )
    post = digest_post(week, "F1", language)
    assert block_faults(post.blocks, surface="message", image_known=lambda _: True) == []
    assert digest_picture.alt(week, language) in post.text
    assert digest_picture.picture(week, language).startswith(b"\x89PNG")


def test_the_pictures_font_has_every_letter_that_it_may_show() -> None:
    shown = "".join(
        phrases.weekday(day, language) + phrases.short_day(day, language) + phrases.number(12_345, language)
        for language in LANGUAGES
        for day in (date(2026, month, number) for month in range(1, 13) for number in range(1, 8))
    )
    shown += "".join(touch_words.say(language, key) for language in LANGUAGES for key in PICTURED)
    font = TTFont(ROOT / "files" / "FiraSans-Regular.ttf")
    assert {letter for letter in shown if ord(letter) not in font.getBestCmap()} == set()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "goes",
    [
        Goes(how="leaves", clock="10:00", over=LONG[:40]),
        Goes(how="touch_held", reason="taken_by_agent"),
        Goes(how="no_touch", reason="placeholder_birthdate"),
        Goes(how="another_day"),
        Goes(how="switched_off"),
    ],
    ids=lambda one: one.how,
)
def test_slack_takes_a_full_list_of_birthdays_and_no_line_is_cut(language: str, goes: Goes) -> None:
    who = Celebrated(
        customer_id=1, name=LONG, tier=LONG, month=11, day=24, year=None, fault="", feb29="", ordered_at=NOON
    )
    post = birthdays_post([Coming(day=MONDAY, who=who, touch=goes)] * 100, language)
    assert block_faults(post.blocks, surface="message", image_known=lambda _: True) == []
    shown = "".join(block["text"]["text"] for block in post.blocks)
    assert shown.count("• ") == 41
    assert (
        shown.count(touch_words.say(language, "last_order", day=phrases.whole_day(NOON.date(), language)))
        == 40
    )
    assert all(len(block["text"]["text"]) < 3_000 for block in post.blocks)


async def asked(desk: Bureau, place: str, **more: Any) -> Message:
    who = await customer(desk, tier="gold", birth_month=11, birth_day=24, **more)
    await planned(desk, who, desk.now() + timedelta(hours=2), approval="asked")
    desk.ring()
    await desk.until(lambda: posts(desk, place))
    return posts(desk, place)[0]


def posts(desk: Bureau, place: str) -> list[Message]:
    """List what stands in a Slack channel, or in anybody's own messages."""
    if place:
        return desk.slack.posts(place)
    direct = (one for one in desk.slack.space.channels.values() if one.direct)
    return [message for channel in direct for message in channel.messages.values()]


async def test_the_team_is_asked_in_the_accounts_language_and_who_clicks_hears_theirs(
    desk: Bureau,
) -> None:
    post = await asked(desk, desk.team)
    assert post.text.startswith("¿Aprobar este mensaje? Mensaje de cumpleaños para Maria (gold).")
    assert "[Aprobar] [Retener] [Editar] [Esta vez no]" in post.text
    before = list(post.blocks)
    await desk.ana.clicks(post, "touch_approve")
    await desk.until(lambda: "Aprobado por Ana" in post.text)
    async with desk.house.database.writing() as connection:
        await connection.exec_driver_sql("UPDATE agents SET language = 'pt' WHERE key = 'rui'")
    post.blocks = before  # what Rui still sees
    await desk.rui.clicks(post, "touch_refuse")
    await desk.rui.sees("Já foi aprovada por Ana")
    assert desk.slack.mistakes == []


async def test_who_looks_after_the_customer_is_asked_in_their_language_to_the_end(desk: Bureau) -> None:
    async with desk.house.database.writing() as connection:
        set_to = f"language = 'pt', slack_id = '{desk.rui.id}'"
        await connection.exec_driver_sql(f"UPDATE agents SET {set_to} WHERE key = 'rui'")
    post = await asked(desk, "", account_manager="rui")
    assert post.text.startswith("Aprovar esta mensagem? Mensagem de aniversário para Maria (gold).")
    await desk.rui.clicks(post, "touch_edit")
    view = await desk.rui.sees_view("tidings_touch_edit")
    assert view.body["title"]["text"] == "Editar esta mensagem"
    handed = await desk.rui.submits(view, {"text": "   "})
    assert handed.body["errors"] == {"text": "Escreva o que o cliente vai ler."}
    await desk.rui.submits(view, {"text": "Parabéns, Maria!"})
    await desk.until(lambda: "O texto foi alterado." in post.text)
    await desk.rui.clicks(post, "touch_refuse")
    await desk.until(lambda: "Não enviada: um agente decidiu que não." in post.text)
    assert desk.slack.mistakes == []


@pytest.mark.parametrize(
    ("own", "slack", "says"),
    [
        ("pt", "es-ES", "Aniversários desta semana: 1 dos seus clientes."),
        ("", "es-ES", "Cumpleaños de esta semana: 1 de tus clientes."),
        ("", "", "Cumpleaños de esta semana: 1 de tus clientes."),
    ],
    ids=["their own choice", "as their Slack", "the account's"],
)
async def test_birthdays_are_told_in_the_language_of_who_reads_them(
    tmp_path: Path, own: str, slack: str, says: str
) -> None:
    made = rules(BIRTHDAY)
    spanish = replace(made, limits=replace(made.limits, language="es"))
    async with bureau(tmp_path, rules=spanish, start=False) as desk:
        desk.slack.space.accounts[desk.ana.id].locale = slack
        async with desk.house.database.writing() as connection:
            await connection.exec_driver_sql(f"UPDATE agents SET language = '{own}' WHERE key = 'ana'")
        now = desk.now()
        monday = (now + timedelta(days=7 - now.weekday())).replace(hour=9, minute=1, second=0)
        while monday.month not in (11, 12, 1, 2):  # Lisbon's winter is UTC
            monday += timedelta(days=7)
        desk.slack.clock.advance((monday - now).total_seconds())
        await customer(desk, "ines", account_manager="ana", birth_month=monday.month, birth_day=monday.day)
        await start(desk.face)
        await desk.face.touched.turn()
        [post] = posts(desk, "")
        assert post.text.startswith(says)
        [week] = desk.posts
        assert week.text.startswith("Mensajes nuestros: salieron 0 la semana pasada")
        assert desk.slack.mistakes == []
