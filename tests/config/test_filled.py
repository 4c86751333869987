"""A text of agents says what is known, and marks what is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.filled import AWAY, QUESTION, SAVED, VARIABLES, faults, fill_in, marks
from config.saved import AWAY as AWAY_TEXTS
from config.saved import QUESTION as QUESTIONS

FILLED = [
    pytest.param("Hi {{ name }}", {"name": "Ana"}, "Hi Ana", (), id="a value"),
    pytest.param("Hi {{ name }}, {{ order }}", {"name": "Ana"}, "Hi Ana, [[order]]", ("order",), id="a mark"),
    pytest.param("Hi {{ name }}", {"name": ""}, "Hi [[name]]", ("name",), id="an empty value is none"),
    pytest.param("Hi{% if name %} {{ name }}{% endif %}.", {}, "Hi.", (), id="a condition that fails"),
    pytest.param("{{ order }} {{ order }}", {}, "[[order]] [[order]]", ("order",), id="named once"),
    pytest.param("{{ name }}", {"name": "{{ order }}"}, "{{ order }}", (), id="braces in a value stay"),
    pytest.param("{{ name }}", {"name": "[[order]]"}, "[[order]]", (), id="a value that looks like a mark"),
    pytest.param("  a & <b>\n", {}, "a & <b>", (), id="plain text stays plain"),
]


@pytest.mark.parametrize(("written", "values", "text", "missing"), FILLED)
def test_a_text_is_filled_in(
    written: str, values: dict[str, str], text: str, missing: tuple[str, ...]
) -> None:
    found = fill_in(written, values)
    assert (found.text, found.missing) == (text, missing)


@given(st.sets(st.sampled_from(sorted(VARIABLES))), st.text("ab[]{} ", max_size=9))
def test_what_is_missing_is_marked_and_nothing_else_is(known: set[str], value: str) -> None:
    written = " ".join(f"{{{{ {name} }}}}" for name in VARIABLES)
    found = fill_in(written, dict.fromkeys(known, value))
    assert set(found.missing) == (set(VARIABLES) - known if value else set(VARIABLES))


def test_marks_that_an_agent_left_are_found() -> None:
    assert marks("Hi [[name]], [[order]] and [[name]], [[else]] [x]") == ("name", "order")


FAULTS = [
    pytest.param("Hi {{ nmae }}", "no variable 'nmae'", id="unknown"),
    pytest.param("{{ opens }}", "no variable 'opens'", id="known elsewhere only"),
    pytest.param("Hi {{ name", "cannot be read", id="half of one"),
    pytest.param("{{ name.__class__ }}", "nothing else", id="an attribute"),
    pytest.param("{% for a in name %}{% endfor %}", "nothing else", id="a loop"),
    pytest.param("{{ name|upper }}", "nothing else", id="a filter"),
    pytest.param(" \n", "empty", id="empty"),
    pytest.param("x" * 4001, "longer than 4000", id="too long"),
]


@pytest.mark.parametrize(("written", "words"), FAULTS)
def test_a_fault_says_what_it_is(written: str, words: str) -> None:
    found = [*faults(written, SAVED)]
    assert len(found) == 1
    assert words in found[0].what
    assert found[0].remedy


@pytest.mark.parametrize("text", AWAY_TEXTS.values(), ids=[*AWAY_TEXTS])
def test_our_words_while_closed_read_well_with_and_without_an_opening(text: str) -> None:
    assert [*faults(text, AWAY)] == []
    assert "Monday 9:00" in fill_in(text, {"opens": "Monday 9:00"}).text
    without = fill_in(text, {})
    assert (without.missing, without.text[-1]) == ((), ".")


@pytest.mark.parametrize("text", QUESTIONS.values(), ids=[*QUESTIONS])
def test_our_question_can_be_asked_of_anybody(text: str) -> None:
    assert [*faults(text, QUESTION)] == []
    assert {"1", "5"} <= set(text)
