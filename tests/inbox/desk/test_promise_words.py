"""What reads like a promise, and by when: sentences with and without, in three languages."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox.desk import promise_words
from inbox.desk.promise_words import Found

HERE = "Europe/Lisbon"
NOW = datetime(2026, 11, 24, 11, 20, tzinfo=UTC)  # a Tuesday; Lisbon is on UTC
TODAY, TOMORROW, THURSDAY, FRIDAY, MONDAY = "24", "25", "26", "27", "30"


def at(day: str, hour: str = "17:00", month: str = "11", year: str = "2026") -> datetime:
    return datetime.fromisoformat(f"{year}-{month}-{day}T{hour}").replace(tzinfo=ZoneInfo(HERE))


PROMISES = [
    # English
    ("I'll send it by Friday", at(FRIDAY)),
    ("I will send you the quote on Friday at 3pm.", at(FRIDAY, "15:00")),
    ("We’ll call you tomorrow at 10", at(TOMORROW, "10:00")),
    ("Thanks! I'll get back to you tomorrow morning.", at(TOMORROW, "12:00")),
    ("I'm going to check this with the warehouse today", at(TODAY)),
    ("We are going to replace it within 3 days", at(FRIDAY)),
    ("I'll call you back in two hours", at(TODAY, "13:20")),
    ("I'll call back in half an hour", at(TODAY, "11:50")),
    ("You'll have the invoice by noon tomorrow", at(TOMORROW, "12:00")),
    ("We will refund it by 27 November", at(FRIDAY)),
    ("I'll confirm before 5pm", at(TODAY, "17:00")),
    ("I'll confirm by 9am", at(TOMORROW, "09:00")),
    ("I will write to you next week", at("04", month="12")),
    ("We'll ship it on Monday, promise", at(MONDAY)),
    ("Hi Maria.\nI'll find out and let you know on Thursday at 14:30.", at(THURSDAY, "14:30")),
    ("I'll be in touch by December 1st", at("01", month="12")),
    ("We'll be sending the parts on 2026-12-01", at("01", month="12")),
    ("I'll reply this afternoon", at(TODAY, "17:00")),
    ("I'll phone you tonight", at(TODAY, "20:00")),
    ("I'll send it by end of day", at(TODAY)),
    ("You will hear from me by the 27th", at(FRIDAY)),
    ("We'll fix it the day after tomorrow", at(THURSDAY)),
    # Portuguese
    ("envio amanhã", at(TOMORROW)),
    ("Envio-lhe a fatura até sexta-feira", at(FRIDAY)),
    ("Vou enviar o orçamento na sexta às 15h", at(FRIDAY, "15:00")),
    ("Vamos ligar-lhe hoje às 17h30", at(TODAY, "17:30")),
    ("Ligo-lhe amanhã de manhã", at(TOMORROW, "12:00")),
    ("Enviaremos a nova tampa em 2 dias", at(THURSDAY)),
    ("Respondo dentro de duas horas", at(TODAY, "13:20")),
    ("Confirmo na segunda-feira", at(MONDAY)),
    ("Trato disso hoje à tarde", at(TODAY)),
    ("Faço a troca no dia 27", at(FRIDAY)),
    ("Devolveremos o dinheiro até 27 de novembro às 10h", at(FRIDAY, "10:00")),
    ("Mandamos depois de amanhã", at(THURSDAY)),
    ("enviar-lhe-ei o documento na próxima semana", at("04", month="12")),
    ("vou verificar e digo algo daqui a uma hora", at(TODAY, "12:20")),
    # Spanish
    ("te llamo mañana", at(TOMORROW)),
    ("Te llamo mañana por la mañana", at(TOMORROW, "12:00")),
    ("Le envío el presupuesto el viernes", at(FRIDAY)),
    ("Voy a enviarte la factura el viernes a las 15:00", at(FRIDAY, "15:00")),
    ("Le llamaré hoy a las 5 de la tarde", at(TODAY, "17:00")),
    ("Vamos a cambiarlo dentro de 2 días", at(THURSDAY)),
    ("Haremos el reembolso antes del lunes", at(MONDAY)),
    ("Lo reviso y te respondo en una hora", at(TODAY, "12:20")),
    ("Te aviso esta tarde", at(TODAY)),
    ("Enviaremos el paquete pasado mañana", at(THURSDAY)),
    ("Te lo mando el 27 de noviembre", at(FRIDAY)),
    ("Contestaré la semana que viene", at("04", month="12")),
    ("Le confirmo el miércoles a las 9:30", at(TOMORROW, "09:30")),
    ("Resolveremos esto hoy", at(TODAY)),
]
NONE = [
    "Thanks for your patience",
    "I sent it on Friday",
    "Your order arrives tomorrow",
    "Can you call us tomorrow?",
    "Shall I send it on Friday?",
    "I'll look into it",
    "I'll try to send it by Friday",
    "Maybe I'll call you tomorrow",
    "We won't be able to ship before Monday",
    "We will be closed on Friday",
    "I'll be on holiday tomorrow",
    "If you pay today, I'll send it tomorrow",
    "You can pick it up on Friday at 3pm",
    "We shipped 2 boxes on 27 November",
    "I'll give you 10% off",
    "I'll send 3 of them",
    "I'll call you",
    "See you tomorrow",
    "The shop opens at 9am on Monday",
    "I'll need your order number by Friday",
    "Obrigado pela paciência",
    "Enviei ontem",
    "A encomenda chega amanhã",
    "Não envio amanhã",
    "Pode ligar amanhã?",
    "Vou estar de férias na sexta",
    "Se pagar hoje, envio amanhã",
    "Amanhã estamos fechados",
    "Gracias por su paciencia",
    "Lo envié el lunes",
    "El pedido llega mañana",
    "No te llamo mañana",
    "¿Te llamo mañana?",
    "Miré el pedido el lunes",
    "Estaré de vacaciones mañana",
    "Mañana cerramos a las 14:00",
    "",
    "🙂 2026",
]


def read(text: str, now: datetime = NOW) -> Found | None:
    return promise_words.read(promise_words.sentences(text), now, HERE)


@pytest.mark.parametrize(("text", "due"), PROMISES, ids=[text for text, _ in PROMISES])
def test_a_promise_is_read_with_its_time(text: str, due: datetime) -> None:
    found = read(text)
    assert found is not None
    assert found.due_at == due.astimezone(UTC)


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_promise_is_not_offered(text: str) -> None:
    assert read(text) is None


def test_the_sentence_alone_is_the_promise() -> None:
    found = read("Hello Maria. Sorry for that!\nI'll send the quote\nby Friday. Have a nice day.")
    assert found is None, "a line of its own begins another sentence"
    found = read("Hello Maria. I'll send the quote by Friday. Have a nice day.")
    assert found is not None
    assert found.text == "I'll send the quote by Friday"
    long = read("I'll send " + "the quote and " * 20 + "the bill by Friday")
    assert long is not None
    assert len(long.text) == 150


def test_hours_are_those_of_who_speaks() -> None:
    spoken = promise_words.sentences("I'll call you tomorrow at 10")
    madrid = promise_words.read(spoken, NOW, "Europe/Madrid")
    assert madrid is not None
    assert madrid.due_at == datetime(2026, 11, 25, 9, tzinfo=UTC)


def test_today_after_hours_is_due_in_the_evening_and_never_before_now() -> None:
    late = datetime(2026, 11, 24, 18, 5, tzinfo=UTC)
    found = read("I'll send it today", late)
    assert found is not None
    assert found.due_at == at(TODAY, "21:00").astimezone(UTC)
    assert read("I'll send it today", late + timedelta(hours=4)) is None


@given(st.text(max_size=300), st.sampled_from(["", "I'll ", "vou enviar ", "te llamo "]))
def test_no_text_makes_it_stumble_or_promise_the_past(text: str, cue: str) -> None:
    found = read(cue + text)
    assert found is None or (found.due_at > NOW and 0 < len(found.text) <= 150)


async def test_it_is_read_off_the_loop_and_what_is_unlikely_loads_nothing() -> None:
    found = await promise_words.found("I'll send it by Friday", NOW, HERE)
    assert found is not None
    code = (
        "import asyncio, sys; from datetime import datetime, UTC; from inbox.desk import promise_words;"
        "asyncio.run(promise_words.found('See you tomorrow', datetime.now(UTC), 'UTC'));"
        "print('dateparser' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"
