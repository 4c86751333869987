"""A birthday over WhatsApp, by Meta and by Twilio: a template once the window is closed, words before."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from inbox.cli import tidings
from tests.bots.whatsapp.sections import template
from tests.inbox.touches.over_channels import House, house, one_click, until, where_it_is_one
from tests.providers.twilio.contents import template as content

ANA, NUMBER = "whatsapp:+351912345678", "351912345678"
MAIL = "mailto:ana@customer.example"
TOUCHES = """
[[touches]]
key = "birthday"
name = "Birthday"
start = "birthday"
subject = "birthday"
templates.whatsapp = { name = "wish_2027", variables = ["name", "business"] }
templates.tw = { name = "wish", variables = { "2" = "business" } }
"""
TEMPLATES = [
    template("wish_2027", "en", body="Dear {{1}}, many happy returns. {{2}}", category="MARKETING"),
    template("wish_2027", "pt_PT", body="{{1}}, muitos parabéns da {{2}}!", category="MARKETING"),
    template("wish_2027", "es", body="¡Felicidades!", category="MARKETING", status="PAUSED"),
]
CONTENTS = [
    content("wish", "pt_PT", "{{1}}, parabéns! {{2}}", {"1": "name", "2": "x"}),
    content("wish", "en", "Happy birthday, {{1}}! {{2}}", {"1": "name", "2": "x"}),
]


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path, TEMPLATES, CONTENTS, TOUCHES) as made:
        yield made


LANGUAGES = [
    pytest.param("pt-PT", "pt_PT", "Ana Reis, muitos parabéns da Casa Oliva!", id="theirs"),
    pytest.param("fi", "en", "Dear Ana Reis, many happy returns. Casa Oliva", id="the account's"),
    pytest.param("es", "en", "Dear Ana Reis, many happy returns. Casa Oliva", id="theirs is paused at Meta"),
]


@pytest.mark.parametrize(("language", "spelled", "read"), LANGUAGES)
async def test_outside_the_window_the_approved_words_go_and_are_what_agents_read(
    place: House, language: str, spelled: str, read: str
) -> None:
    await place.customer("Ana Reis", ANA, language=language)
    [foreseen] = await place.foreseen()
    assert await place.ended() == ("whatsapp", "sent", "")
    (sent,) = place.meta.sent
    assert (sent.to, sent.body["template"]["name"]) == (NUMBER, "wish_2027")
    assert sent.body["template"]["language"]["code"] == spelled
    (body,) = sent.body["template"]["components"]
    assert [one["text"] for one in body["parameters"]] == ["Ana Reis", "Casa Oliva"]
    assert await place.rows("SELECT text FROM messages") == [(read,)]
    assert (foreseen.text, foreseen.template) == (read, f"wish_2027 ({spelled})"), "the preview says the same"
    assert await place.rows("SELECT text FROM touches") == [(read,)]


async def test_within_the_window_our_own_words_go(place: House) -> None:
    await place.customer("Ana Reis", ANA, wrote=ANA, language="en")
    place.meta.last_said[NUMBER] = place.meta.clock()
    [foreseen] = await place.foreseen()
    assert await place.ended() == ("whatsapp", "sent", "")
    assert place.meta.texts() == [foreseen.text]
    assert foreseen.text.startswith("Happy birthday, Ana Reis!")
    assert foreseen.text.endswith("Reply STOP to stop.")
    assert foreseen.template == ""


async def test_without_a_template_the_next_address_gets_it(place: House) -> None:
    place.meta.templates = []
    await place.app.channels["whatsapp"].learn()
    ana = await place.customer("Ana Reis", ANA, MAIL, preferred_channel="whatsapp")
    assert await place.ended() == ("email", "sent", "")
    assert len(place.mail.state.sent) == 1
    assert place.meta.sent == []
    assert await place.rows(f"SELECT count(*) FROM touches WHERE customer_id = {ana}") == [(1,)]


async def test_a_value_that_nobody_knows_is_named_and_nobody_is_written_to(place: House) -> None:
    await place.customer("", ANA)
    [foreseen] = await place.foreseen()
    assert (foreseen.state, foreseen.reason) == ("suppressed", "missing_variable")
    assert (await place.ended())[1:] == ("suppressed", "missing_variable")
    assert place.meta.requests == []


@pytest.mark.parametrize("late", [False, True], ids=["at once", "by a status"])
async def test_enough_marketing_rests_the_address_for_marketing_and_another_gets_it(
    place: House, late: bool
) -> None:
    place.meta.refusals[NUMBER], place.meta.late_errors = 131049, late
    place.meta.hooks_url = f"{place.here}/hooks/whatsapp"
    await place.customer("Ana Reis", ANA, MAIL, preferred_channel="whatsapp")
    await place.mailed()
    assert await place.ended() == ("email", "sent", "")
    [(reason, for_ever)] = await place.rows(
        "SELECT closed_reason, closed_until IS NULL FROM addresses WHERE channel = 'whatsapp'"
    )
    assert (reason, for_ever) == ("per_user_limit", 0)
    assert len(place.meta.requests) == 1, "not tried there again"
    await _an_answer_still_goes(place)


async def _an_answer_still_goes(place: House) -> None:
    place.meta.refusals.clear()
    place.meta.late_errors = False
    said = place.meta.message(NUMBER, body="When do you open?")
    assert (await place.meta.say(f"{place.here}/hooks/whatsapp", NUMBER, said)).status == 200
    [(conversation,)] = await place.rows(
        "SELECT conversation_id FROM messages WHERE text = 'When do you open?'"
    )
    [(agent,)] = await place.rows("SELECT min(id) FROM agents")
    await place.app.desk.reply(conversation, agent, text="At nine", now=place.app.clock(), key="answer")

    async def answered() -> bool:
        return place.meta.texts()[-1:] == ["At nine"]

    await until(answered)


@pytest.mark.parametrize("late", [False, True], ids=["at once", "by a status"])
async def test_who_stops_marketing_in_whatsapp_gets_no_more_there(place: House, late: bool) -> None:
    place.meta.stopped.add(NUMBER)
    place.meta.late_errors = late
    place.meta.hooks_url = f"{place.here}/hooks/whatsapp"
    await place.customer("Ana Reis", ANA, MAIL, preferred_channel="whatsapp")
    await place.mailed()
    assert await place.ended() == ("email", "sent", "")
    said = "SELECT DISTINCT c.word FROM consents c JOIN addresses a ON a.id = c.address_id"
    assert await place.rows(f"{said} WHERE a.channel = 'whatsapp' AND c.source <> 'form'") == [("no",)]
    assert await place.rows("SELECT stopped_at FROM addresses WHERE channel = 'whatsapp'") == [(None,)]
    await _an_answer_still_goes(place)


@pytest.mark.parametrize(("language", "read"), [
    ("pt-PT", "Ana Reis, parabéns! Casa Oliva"),
    ("en", "Happy birthday, Ana Reis! Casa Oliva"),
])  # fmt: skip
async def test_over_twilio_the_same_rules_hold(place: House, language: str, read: str) -> None:
    await place.customer("Ana Reis", f"tw={ANA}", language=language)
    [foreseen] = await place.foreseen()
    assert await place.ended() == ("tw", "sent", "")
    (sent,) = place.twilio.sent
    assert (sent.to, sent.body) == (ANA, read)
    assert foreseen.text == read


async def test_over_twilio_too_a_limit_leads_elsewhere(place: House) -> None:
    place.twilio.refusals[ANA] = 63049
    await place.customer("Ana Reis", f"tw={ANA}", MAIL, preferred_channel="tw")
    assert await place.ended() == ("email", "sent", "")


async def test_one_click_in_a_mail_stops_marketing_there_and_a_page_says_what_else(place: House) -> None:
    ana = await place.customer("Ana Reis", MAIL, language="pt")
    [foreseen] = await place.foreseen()
    assert await place.ended() == ("email", "sent", "")
    (handed,) = place.mail.state.sent
    mail = handed.mail
    assert mail["Subject"] == foreseen.subject == "Parabéns, Ana Reis"
    assert (mail["In-Reply-To"], mail["References"]) == (None, None)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    plain, page = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert page is not None
    words = plain.get_content().replace("\r\n", "\n")
    assert words.strip() == foreseen.text
    assert "PARAR" not in words
    assert "Para não receber mais destas mensagens: https://in.example/p/" in words
    assert 'href="https://in.example/p/' in page.get_content()
    link = mail["List-Unsubscribe"].strip("<>")
    assert await one_click(place.here, link) == 200
    told = "SELECT a.address, c.word FROM consents c JOIN addresses a ON a.id = c.address_id"
    assert (MAIL, "no") in await place.rows(f"{told} WHERE c.word = 'no' AND a.customer_id = {ana}")


async def test_the_command_line_asks_for_the_templates_and_foresees_the_same_words(
    place: House, tmp_path: Path
) -> None:
    now = place.app.clock()
    tomorrow = now.astimezone(ZoneInfo(where_it_is_one(now))).date() + timedelta(days=1)
    await place.customer("Ana Reis", ANA, birth_month=tomorrow.month, birth_day=tomorrow.day)
    config = tmp_path / "tidings.toml"
    config.write_text(
        f'database = "sqlite:///{tmp_path}/tidings.db"\nbusiness = "Casa Oliva"\n'
        f'[touches]\non = ["birthday"]\nfile = "{tmp_path}/touches.toml"\n'
        f'[channels.whatsapp]\nbase_url = "{place.meta.base_url}"\n'
        f'[channels.tw]\nkind = "twilio_whatsapp"\nbase_url = "{place.twilio.base_url}"\n'
        f'content_url = "{place.twilio.base_url}"\n'
    )
    env = {name: value for name, value in place.app.settings.source.env.items() if name[:2] in ("WH", "TW")}
    words = ["--config", str(config), "touches", "preview", "--first", tomorrow.isoformat()]
    told = await asyncio.to_thread(CliRunner().invoke, tidings, words, env=env)
    assert told.exit_code == 0, told.output
    said = "whatsapp by the template wish_2027 (en): 'Dear Ana Reis, many happy returns. Casa Oliva'"
    assert said in told.output
    assert place.meta.requests == []
