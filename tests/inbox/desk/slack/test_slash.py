"""`/tidings`: lists, searches and availability, seen only by who asks, in their language."""

import string
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from inbox.desk.slack import absence, away_words, slash_words
from inbox.desk.slack.absence import Absence
from inbox.desk.slack.phrases import LANGUAGES
from inbox.desk.slack.verbs import wanted
from tests.inbox.desk.slack.bureau import Bureau
from tests.providers.slack import Message, Person

WEDNESDAY = datetime(2026, 11, 25, 14, 0, tzinfo=UTC)


async def asked(desk: Bureau, line: str, who: Person | None = None) -> Message:
    """Type the command; returns what the person then sees."""
    person = who or desk.ana
    before = len(person.ephemerals)
    handed = await person.slash(f"/tidings {line}".strip(), channel=desk.fallback)
    assert handed.ok
    await desk.until(lambda: len(person.ephemerals) > before)
    return person.ephemerals[-1]


async def talks(desk: Bureau, number: int) -> None:
    for at in range(number):
        await desk.house.says(f"guest{at:02}", 1, f"words {at}")
    desk.ring()
    await desk.until(lambda: len(desk.cards) == number)


@pytest.mark.parametrize(
    ("typed", "verb", "rest"),
    [
        ("", "queue", ""),
        ("   ", "queue", ""),
        ("QUEUE support", "queue", "support"),
        ("fila", "queue", ""),
        ("Cola equipo", "queue", "equipo"),
        ("procurar maria silva", "find", "maria silva"),
        ("buscar  maria", "find", "maria"),
        ("ausente até sexta", "away", "até sexta"),
        ("fuera", "away", ""),
        ("Números semana", "stats", "semana"),
        ("quién", "who", ""),
        ("disponível", "back", ""),
        ("ajuda", "help", ""),
        ("cliente +351", "customer", "+351"),
    ],
)
def test_a_word_is_understood_in_three_languages_whatever_its_case_and_accents(
    typed: str, verb: str, rest: str
) -> None:
    found = wanted(typed)
    assert (found.verb, found.rest) == (verb, rest)


@pytest.mark.parametrize(
    ("typed", "near"), [("quue", "queue"), ("stat", "stats"), ("prcurar", "procurar"), ("xyzzy", "")]
)
def test_an_unknown_word_has_a_nearest_one_or_none(typed: str, near: str) -> None:
    assert (wanted(typed).verb, wanted(typed).near) == ("", near)


@pytest.mark.parametrize("table", [slash_words.WORDS, away_words.WORDS], ids=["slash", "away"])
def test_every_sentence_says_the_same_in_each_language(table: Mapping[str, tuple[str, ...]]) -> None:
    for key, said in table.items():
        assert len(said) == len(LANGUAGES), key
        assert all(said), key
        fields = [{name for _, name, _, _ in string.Formatter().parse(one) if name} for one in said]
        assert fields[0] == fields[1] == fields[2], key


@pytest.mark.parametrize(
    ("language", "typed", "until", "why"),
    [
        ("en", "", None, ""),
        ("en", "dentist", None, "dentist"),
        ("en", "until 15:30", "2026-11-25 15:30", ""),
        ("en", "until 15:30 lunch with Rui", "2026-11-25 15:30", "lunch with Rui"),
        ("en", "until 13:00", "2026-11-26 13:00", ""),
        ("en", "until friday", "2026-11-27 09:00", ""),
        ("en", "until friday dentist", "2026-11-27 09:00", "dentist"),
        ("en", "until monday 9am late", "2026-11-30 09:00", "late"),
        ("en", "until 2h", "2026-11-25 16:00", ""),
        ("en", "until 30m coffee", "2026-11-25 14:30", "coffee"),
        ("en", "until 1 december", "2026-12-01 09:00", ""),
        ("en", "until 2026-12-01", "2026-12-01 09:00", ""),
        ("pt", "até sexta férias", "2026-11-27 09:00", "férias"),
        ("pt", "até às 15h", "2026-11-25 15:00", ""),
        ("pt", "until friday", "2026-11-27 09:00", ""),
        ("es", "hasta el viernes", "2026-11-27 09:00", ""),
        ("es", "hasta mañana médico", "2026-11-26 09:00", "médico"),
    ],
)
def test_until_when_is_read_in_the_agents_zone_and_the_rest_is_why(
    language: str, typed: str, until: str | None, why: str
) -> None:
    found = absence.read(typed, language, "Europe/Lisbon", WEDNESDAY)
    when = datetime.fromisoformat(until).replace(tzinfo=UTC) if until else None
    assert found == Absence(until=when, why=why)


def test_an_agent_elsewhere_means_their_own_clock() -> None:
    found = absence.read("until 10:30", "en", "America/New_York", WEDNESDAY)
    assert found.until == datetime(2026, 11, 25, 15, 30, tzinfo=UTC)


@pytest.mark.parametrize("typed", ["until", "until whenever", "até"])
def test_a_time_that_cannot_be_read_is_said_to_be_so(typed: str) -> None:
    assert absence.read(typed, "en", "UTC", WEDNESDAY).unread


def test_what_a_button_carries_is_read_again_unless_its_time_has_passed() -> None:
    gone = Absence(until=datetime(2026, 11, 25, 15, 30, tzinfo=UTC), why="a | b")
    carried = absence.value(gone, "pt-PT")
    assert absence.of_value(carried, WEDNESDAY) == gone
    assert absence.of_value(carried, gone.until) == Absence(why="a | b")  # type: ignore[arg-type]
    assert absence.language_of(carried) == "pt"
    assert absence.of_value("", WEDNESDAY) == Absence()


async def test_the_queue_lists_who_waits_with_links_and_the_rest_on_the_next_page(desk: Bureau) -> None:
    await talks(desk, 12)
    seen = await asked(desk, "")
    assert "Waiting: 12. 1 to 10 of 12." in seen.text
    assert seen.text.count("/archives/") == 10
    assert "nobody has it" in seen.text
    assert "words 0" in seen.text
    assert "[Next 10]" in seen.text
    await desk.ana.clicks(seen, "slash_more")
    await desk.until(lambda: "11 to 12 of 12" in seen.text)
    assert seen.text.count("/archives/") == 2
    assert "[Next 10]" not in seen.text
    assert desk.slack.mistakes == []


async def test_due_times_come_first_and_a_late_one_is_called_late(desk: Bureau) -> None:
    first = await desk.says("hello", who="maria")
    second = await desk.says("hello", who="joana")
    await desk.until(lambda: len(desk.cards) == 2)
    async with desk.house.database.writing() as connection:
        await connection.exec_driver_sql(
            "INSERT INTO routed (conversation_id, decided_at, reply_due_at) VALUES (?, 0, ?)",
            (second, int((desk.now().timestamp() - 60) * 1_000_000)),
        )
    seen = await asked(desk, "queue")
    assert seen.text.index("Joana") < seen.text.index("Maria")
    assert "answer was due" in seen.text
    assert first != second


async def test_an_empty_queue_says_that_nobody_waits(desk: Bureau) -> None:
    assert (await asked(desk, "queue")).text == "Nobody waits."


async def test_a_teams_queue_is_asked_for_by_key_or_name_and_an_unknown_one_names_those_there_are(
    desk: Bureau,
) -> None:
    await desk.opened()
    assert "Maria" in (await asked(desk, "queue SUPPORT")).text
    assert (await asked(desk, "queue billing")).text == "Nobody waits."
    assert "There is no team “sales”. There are: support, billing." in (await asked(desk, "queue sales")).text


async def test_what_a_colleague_has_stands_in_the_teams_queue_alone(desk: Bureau) -> None:
    card = await desk.opened()
    await desk.rui.clicks(card, "take")
    await desk.until_row("SELECT owner_id IS NOT NULL FROM conversations")
    assert (await asked(desk, "")).text == "Nobody waits."
    assert "Rui has it" in (await asked(desk, "fila equipa")).text


async def test_a_conversation_is_found_by_name_and_number_whatever_the_accents(desk: Bureau) -> None:
    await desk.opened(who="joão")
    for line in ("find joao", "procurar João", "find paper:jo"):
        seen = await asked(desk, line)
        assert "João" in seen.text, line
        assert "/archives/" in seen.text
    assert "Nothing found for “nobody”." in (await asked(desk, "find nobody")).text
    assert "Say what to look for" in (await asked(desk, "find")).text


async def test_what_customers_wrote_is_never_markup_in_a_list(desk: Bureau) -> None:
    await desk.opened("<!channel> & <script> *bold* :tada:")
    seen = await asked(desk, "")
    for text in (seen.text, str(seen.blocks)):
        assert "<!channel>" not in text
        assert "*bold*" not in text
        assert ":tada:" not in text
    assert "&lt;!channel&gt;" in seen.text.replace("\u200b", "")


async def test_a_customer_is_found_with_the_way_to_their_profile(desk: Bureau) -> None:
    await desk.opened()
    seen = await asked(desk, "customer maria")
    assert "Maria" in seen.text
    await desk.ana.clicks(seen, "profile")
    await desk.ana.sees_view("tidings_profile")
    await desk.until(lambda: desk.ana.view and "Maria" in str(desk.ana.view.body))
    assert desk.slack.mistakes == []


async def test_the_shortcut_searches_customers_and_opens_the_profile_upon_it(desk: Bureau) -> None:
    await desk.opened()
    await desk.ana.shortcut("tidings_find")
    view = await desk.ana.sees_view("tidings_find")
    [option] = await desk.ana.picks(view, "who", "mar")
    assert "Maria" in option["text"]["text"]
    assert await desk.ana.picks(view, "who", "nobody") == []
    await desk.ana.clicks(view, "who", option["value"])
    profile = await desk.ana.sees_view("tidings_profile")
    assert "Maria" in str(profile.body)
    assert desk.slack.mistakes == []


async def test_promises_are_listed_soonest_first_and_late_ones_called_late(desk: Bureau) -> None:
    await desk.opened()
    assert (await asked(desk, "promises")).text == "You have no open promise."
    rows = await desk.house.rows("SELECT id FROM conversations")
    ana = desk.house.agents["ana"]
    for text, seconds in (("send the *quote*", 7_200), ("call back", 600)):
        due = datetime.fromtimestamp(desk.now().timestamp() + seconds, UTC)
        await desk.house.desk.promise(rows[0][0], ana, text=text, due_at=due, now=desk.now())
    await desk.forward(900)
    seen = await asked(desk, "promessas")
    assert "You promised: 2." in seen.text
    assert seen.text.index("call back") < seen.text.index("send the")
    assert "late, was due" in seen.text
    assert "*quote*" not in seen.text


async def test_colleagues_are_listed_with_who_has_how_many(desk: Bureau) -> None:
    card = await desk.opened()
    await desk.ana.clicks(card, "take")
    await desk.until_row("SELECT owner_id IS NOT NULL FROM conversations")
    seen = await asked(desk, "who")
    assert "*Ana (you)* · here · 1 open" in seen.text
    assert "*Rui* · here · 0 open" in seen.text


async def test_ones_own_numbers_of_the_day_and_of_the_week(desk: Bureau) -> None:
    card = await desk.opened()
    await desk.ana.types(card, "it is on its way")
    await desk.sent()
    await desk.ana.types(card, "!resolve sent")
    await desk.until_row("SELECT state FROM conversations", is_="resolved")
    assert (await asked(desk, "stats")).text == "Your day: answers 1, customers 1, resolved 1."
    assert "Your week: answers 1" in (await asked(desk, "stats week")).text
    assert "Your day: answers 0" in (await asked(desk, "stats", desk.rui)).text
    assert "stats today" in (await asked(desk, "stats yesterday")).text


async def test_a_conversation_is_opened_by_its_number(desk: Bureau) -> None:
    await desk.opened()
    conversation = (await desk.house.rows("SELECT id FROM conversations"))[0][0]
    for line in (f"open cv_{conversation}", f"abrir {conversation}"):
        seen = await asked(desk, line)
        assert desk.cards[0].ts.replace(".", "") in seen.text
    assert "There is no conversation cv_\u200b7." in (await asked(desk, "open cv_7")).text
    assert "There is no conversation" in (await asked(desk, "open <!here>")).text


async def test_an_unknown_word_is_answered_with_help_and_the_nearest_word(desk: Bureau) -> None:
    seen = await asked(desk, "quue")
    assert "There is no “quue” here. Did you mean “queue”?" in seen.text
    assert "`/tidings away`" in seen.text
    assert "Did you mean" not in (await asked(desk, "xyzzy")).text


async def test_answers_are_in_the_language_of_the_agents_slack_unless_they_chose_another(
    desk: Bureau,
) -> None:
    desk.slack.change_account(desk.ana.id, locale="pt-PT")
    await desk.until_row("SELECT count(*) > 0 FROM hooks WHERE state = 'applied'", is_=1)
    assert (await asked(desk, "")).text == "Ninguém espera."
    async with desk.house.database.writing() as connection:
        await connection.exec_driver_sql("UPDATE agents SET language = 'es' WHERE key = 'ana'")
    assert (await asked(desk, "")).text == "No espera nadie."


async def test_who_is_no_agent_reads_why_and_whom_to_ask(desk: Bureau) -> None:
    stranger = desk.slack.add_person("Zoe")
    seen = await asked(desk, "queue", stranger)
    assert "not among the agents" in seen.text
    assert "Ask Ana" in seen.text


@pytest.mark.parametrize(
    ("changed", "told"),
    [({"guest": True}, "Guests of this workspace"), ({"deleted": True}, "This account is deactivated")],
    ids=["guest", "deactivated"],
)
async def test_a_button_of_an_answer_asks_again_who_presses_it(
    desk: Bureau, changed: dict[str, bool], told: str
) -> None:
    """Check 19."""
    await talks(desk, 11)
    seen = await asked(desk, "queue")
    desk.slack.change_account(desk.ana.id, **changed)
    await desk.until_row("SELECT count(*) FROM hooks WHERE state = 'applied' AND channel = 'slack'")
    await desk.ana.clicks(seen, "slash_more")
    await desk.ana.sees(told)
    assert "1 to 10 of 11" in seen.text


async def test_a_slow_answer_says_that_it_searches_and_comes_after(
    desk: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inbox.desk.slack.hearing.SOON", 0.0)
    seen = await asked(desk, "find maria")
    assert seen.text == "Searching…"
    await desk.ana.sees("Nothing found for “maria”.")
