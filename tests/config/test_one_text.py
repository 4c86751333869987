"""A text of ours is plain, says what stands in for each variable, and reads well without any value."""

import pytest

from config.errors import Mistake
from config.one_text import DEEPEST, OneText, text_of


def read(written: str) -> OneText:
    return text_of(written, name="t", language="en", file="t.en.txt")


def test_a_text_without_variables_needs_no_head() -> None:
    text = read("Good day.\n")
    assert (text.template.render(), text.variables, text.fallbacks) == ("Good day.", frozenset(), {})


def test_the_head_says_what_stands_in_for_a_variable() -> None:
    text = read('# who\nname = "friend"\nrequired = ["order"]\n---\n\nDear {{ name }}, {{ order }} came.\n')
    assert text.fallbacks == {"name": "friend"}
    assert text.required == {"order"}
    assert text.variables == {"name", "order"}
    assert text.template.render(name="Ada", order="A1") == "Dear Ada, A1 came."


def test_lines_from_windows_and_a_byte_order_mark_are_as_good() -> None:
    assert read('\ufeffname = ""\r\n---\r\nA{{ name }}\r\nB\r\n').template.render(name="x") == "Ax\nB"


def test_the_business_is_always_known() -> None:
    assert read("From {{ business }}.").variables == {"business"}


@pytest.mark.parametrize(
    ("words", "stops"),
    [
        ("Reply STOP to stop.", True),
        ("Responda BAJA.", True),
        ("Do not stop now.", False),
        ("STOPPED", False),
    ],
)
def test_a_text_that_says_how_to_stop_is_known(words: str, stops: bool) -> None:
    assert read(words).lets_stop is stops


MISTAKES = [
    pytest.param("Dear {{ name }}", 1, "name has no fallback", id="no fallback"),
    pytest.param('name = ""\n---\n\nHi {{ nmae }}', 4, "Did you mean 'name'", id="an unknown variable"),
    pytest.param('nam = ""\n---\nHi', 1, "Did you mean 'name'", id="a fallback of an unknown variable"),
    pytest.param("name = 3\n---\nHi", 1, "is no text", id="a fallback that is no text"),
    pytest.param("name\n---\nHi", 1, "list of fallbacks", id="a head that is none"),
    pytest.param('required = ["nam"]\n---\nHi', 1, "not known", id="an unknown variable required"),
    pytest.param('name = ""\n---\nDear {{ name }}, hello', 3, "reads 'Dear , hello'", id="a hole"),
    pytest.param('name = ""\n---\nA {{ name }} b', 3, "reads 'A  b'", id="two spaces"),
    pytest.param('name = ""\n---\n{% if name %}Hi{% endif %}', 3, "empty", id="nothing without a name"),
    pytest.param("\n \n", 3, "empty", id="nothing"),
    pytest.param("A\n{% if name %}", 2, "cannot be read", id="an if without its end"),
    pytest.param("A\n{{ name", 2, "cannot be read", id="a variable without its end"),
    pytest.param("{{ name.upper() }}", 1, "nothing else", id="a call"),
    pytest.param("{{ name | upper }}", 1, "nothing else", id="a filter"),
    pytest.param("{{ ''.__class__ }}", 1, "nothing else", id="a way out of the sandbox"),
    pytest.param("{% for x in name %}a{% endfor %}", 1, "nothing else", id="a loop"),
    pytest.param("{% set x = 'a' %}b", 1, "nothing else", id="a variable of its own"),
    pytest.param("{% include 'x' %}", 1, "nothing else", id="another file"),
    pytest.param("{{ 10 ** 9 }}", 1, "nothing else", id="a sum"),
    pytest.param('years = ""\n---\n{% if years > 1 %}a{% endif %}b', 3, "in quotes", id="more than a number"),
    pytest.param('years = ""\n---\n{% if years == 1 %}a{% endif %}b', 3, "in quotes", id="a bare number"),
    pytest.param(
        "{% if business %}" * (DEEPEST + 1) + "a" + "{% endif %}" * (DEEPEST + 1),
        1,
        "nothing else",
        id="deep",
    ),
    pytest.param("{{ " + "(" * 1500 + "business" + ")" * 1500 + " }}", 1, "too deeply", id="very deep"),
    pytest.param("subject = 3\n---\nHi", 1, "no line of words", id="a subject that is no text"),
    pytest.param('name = ""\nsubject = " "\n---\nHi', 2, "no line of words", id="an empty subject"),
    pytest.param('subject = "For {{ name }}"\n---\nHi', 1, "name has no fallback", id="in a subject"),
    pytest.param('name = ""\nsubject = "{{ nmae }}"\n---\nHi', 2, "Did you mean 'name'", id="in it, unknown"),
    pytest.param(
        'name = ""\nsubject = "Dear {{ name }}, hello"\n---\nHi', 2, "reads 'Dear , hello'", id="a hole in it"
    ),
    pytest.param("a" * 4001, 1, "longer than 4000", id="too long"),
]


@pytest.mark.parametrize(("written", "line", "words"), MISTAKES)
def test_a_mistake_in_a_text_names_its_line_and_remedy(written: str, line: int, words: str) -> None:
    with pytest.raises(Mistake) as caught:
        read(written)
    assert words in str(caught.value)
    assert (caught.value.file, caught.value.line) == ("t.en.txt", line)
    assert caught.value.remedy
