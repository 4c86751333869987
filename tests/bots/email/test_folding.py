"""What is new in a mail, and what it only repeats."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.email.folding import fold

VECTORS = Path(__file__).parents[3].parent / "shared" / "vectors" / "email_reply_vectors.json"
ROWS: list[dict[str, Any]] = json.loads(VECTORS.read_text()) if VECTORS.is_file() else []
beside = pytest.mark.skipif(not ROWS, reason="the vectors are not beside the project")
EXACT = [row for row in ROWS if row["expected_visible_text"] is not None]
OTHERS = [row for row in ROWS if row["expected_visible_text"] is None]


def name(row: dict[str, Any]) -> str:
    return str(row["name"])


@beside
def test_there_are_as_many_vectors_as_we_know_of() -> None:
    assert (len(EXACT), len(OTHERS)) == (8, 14)


@pytest.mark.parametrize("row", EXACT, ids=name)
def test_what_is_seen_is_what_the_vector_says(row: dict[str, Any]) -> None:
    assert fold(row["text"].replace("\r\n", "\n"))[0] == row["expected_visible_text"].strip()


@pytest.mark.parametrize("row", OTHERS, ids=name)
def test_the_rest_of_the_vectors_fold_where_they_say(row: dict[str, Any]) -> None:
    expected = row["expected_structure"] or {}
    shown, folded = fold(row["text"].replace("\r\n", "\n"))
    assert shown.startswith(expected.get("visible_starts", ""))
    hidden = expected.get("hidden")
    # An own name after one hyphen, the only thing hidden in none of these, stays to be seen.
    assert folded is (any(hidden) if hidden else expected.get("fragments") != 1)
    if "fragment1_starts" in expected:
        assert expected["fragment1_starts"] + " " not in shown.partition("\n\n")[0]


RULES = [
    pytest.param("Order 12\n____\nIt is broken, please help", id="underscores"),
    pytest.param("Summary\n====================\nAll of it is broken", id="equals signs"),
    pytest.param("Order 12\n--------------------\nIt is broken\n--------------------\nAnn", id="two rules"),
    pytest.param("Hi\n—\nThe blue one, please", id="a dash"),
]


@pytest.mark.parametrize("text", RULES)
def test_what_stands_under_a_rule_is_shown_where_it_says_more_than_what_is_above(text: str) -> None:
    assert fold(text)[0].startswith(text.removesuffix("\n--------------------\nAnn"))


def test_a_footer_under_a_rule_is_folded_away() -> None:
    assert fold("It is broken, please help me soon\n____\nAnn Berg, Porto") == (
        "It is broken, please help me soon",
        True,
    )


QUOTES = [
    pytest.param("Yes\n\nAm 01.03.2026 um 12:00 schrieb Shop:\n> alt", "Yes", id="German"),
    pytest.param("Oui\n\nLe dim. 1 mars 2026 à 12:00, Shop <a@b.c> a écrit :\n> vieux", "Oui", id="French"),
    pytest.param(
        "Sí\n\nEl dom, 1 mar 2026 a las 12:40, Shop (<a@b.c>) escribió:\n\n> viejo", "Sí", id="Spanish"
    ),
    pytest.param(
        "Sim\n\nA domingo, 1/03/2026, 12:40, Shop <a@b.c> escreveu:\n\n> velho", "Sim", id="Portuguese"
    ),
    pytest.param(
        "Sì\n\nIl giorno dom 1 mar 2026 alle ore 12:40 Shop <a@b.c> ha scritto:\n\n> vecchio",
        "Sì",
        id="Italian",
    ),
    pytest.param("はい\n\n2026年3月1日(日) 12:40 Shop <a@b.c>のメール:\n> 古い", "はい", id="Japanese"),
    pytest.param(
        "Yes\n\nOn Mar 1, 2026, at 12:47, A Very Long Name\n<a@b.c>\nwrote:\n\n> old",
        "Yes",
        id="over three lines",
    ),
    pytest.param(
        "Yes\n\nOn 1 Mar 2026 at 12:00 Shop wrote:\n\nold without a sign", "Yes", id="quoted without signs"
    ),
    pytest.param(
        "Sim\n\nDe: Shop <a@b.c>\nEnviado: domingo\nPara: Ann\nAssunto: X\n\nvelho",
        "Sim",
        id="Outlook's headers",
    ),
    pytest.param(
        "Yes\n________________________________\nFrom: S\nSent: Sunday\nTo: A\nSubject: X\n> a\n\nold",
        "Yes",
        id="headers over a mail that quotes",
    ),
    pytest.param(
        "Yes\n\n-----Original Message-----\nFrom: S\nSent: x\nSubject: y\n\nold", "Yes", id="original message"
    ),
    pytest.param(
        "Yes\n\n-- \nAnn\nCEO\n\nOn 1 Mar 2026 at 12:00 Shop wrote:\n> old",
        "Yes",
        id="a signature over the quote",
    ),
    pytest.param("Hallo\n\nVon meinem iPhone gesendet", "Hallo", id="a telephone's line"),
    pytest.param("Oi\n\nEnviado do meu iPhone\n\n> velho", "Oi", id="a telephone's line over a quote"),
]


@pytest.mark.parametrize(("text", "new"), QUOTES)
def test_what_is_repeated_is_folded_away(text: str, new: str) -> None:
    assert fold(text) == (new, True)


KEPT = [
    pytest.param("On 1 Mar Shop wrote:\n> a?\n\nYes\n\n> b?\n\nNo", id="answers between quoted lines"),
    pytest.param("> only\n> quoted", id="nothing but a quote"),
    pytest.param(
        "From: Lisbon\nTo: Porto\nDate: 5 May\n\nTwo seats, please", id="a list that looks like headers"
    ),
    pytest.param(
        "See\n\n---------- Forwarded message ---------\nFrom: C\nDate: x\nSubject: y\nTo: z\n\nIt is late",
        id="a forwarded mail",
    ),
    pytest.param(
        "Begin forwarded message:\n\nFrom: C\nSubject: y\nDate: x\n\nIt is late",
        id="nothing but a forwarded mail",
    ),
    pytest.param("- one\n- two -- three\n--four", id="a list with dashes"),
    pytest.param("I wrote: nothing", id="somebody who wrote"),
    pytest.param("Sent from my desk, is much easier.", id="a sentence like a telephone's line"),
    pytest.param("--\nAnn", id="nothing but a signature"),
]


@pytest.mark.parametrize("text", KEPT)
def test_what_is_news_stays(text: str) -> None:
    assert fold(text) == (text, False)


LINES = st.sampled_from(
    [
        "Hello",
        "",
        "> old",
        ">> older",
        "-- ",
        "On 1 Mar 2026 Shop wrote:",
        "From: a@b.c",
        "Subject: x",
        "Sent: y",
        "Sent from my iPhone",
        "____________________",
        "Begin forwarded message:",
        "  > a",
        "x" * 500,
        "写道：",
    ]
)


@given(st.lists(LINES, max_size=30).map("\n".join) | st.text())
def test_nothing_is_made_up_and_something_is_always_left(text: str) -> None:
    shown, folded = fold(text)
    assert bool(shown) == bool(text.strip("\n").strip())
    assert folded == (shown != text.strip("\n").strip())
    seen = iter(text.split("\n"))
    for line in shown.split("\n"):
        assert any(line.strip() in one for one in seen)


@pytest.mark.parametrize(
    "line", ["Den skrev skrev skrev skrev", ">", "From: x", "On", "a\n--", "On 1 wrote:\n> x\ny"]
)
def test_a_mail_made_to_be_slow_is_not(line: str) -> None:
    fold("\n".join([line] * 200_000))  # the run's own time limit speaks if this is quadratic
