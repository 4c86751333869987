"""Customers read their own language, a value is never more than itself, and a text fits its messages."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.sms.segments import count
from config.errors import Mistake
from config.one_text import text_of
from config.telling import Money, locale_of, told
from config.touches import load_touches
from config.wording import SHIPPED_WORDING, Missing, Wording, load_wording, variables
from routing.consent import heard
from routing.touch import Touch

NAME = "Alexandra Montgomery"  # 20 letters
BOOK = load_touches(None, business="Casa Oliva")
LANGUAGES = ("en", "pt", "es")
TOUCH = Touch(key="t", name="T", start="once", subject="news", wording="t", marketing=False)

# How many messages by SMS a text takes that takes more than one: none, and it is meant to stay so.
MORE_THAN_ONE: dict[str, int] = {}


def wording(**texts: str) -> Wording:
    """Make wording of texts named t, by language and kind: pt_BR, en__sms."""
    made = []
    for label, written in texts.items():
        language, _, kind = label.partition("__")
        language = language.replace("_", "-")
        made.append(text_of(written, name="t", language=language, kind=kind, file=label))
    return Wording(texts={}).plus(made)


def test_every_kind_has_its_words_in_three_languages() -> None:
    for touch in BOOK.every:
        for language in LANGUAGES:
            text = BOOK.wording.find(touch.wording, language)
            assert text is not None
            assert text.language == language


def test_every_variable_of_every_shipped_text_has_a_fallback() -> None:
    texts = BOOK.wording.texts.values()
    assert len(texts) == len([*SHIPPED_WORDING.glob("*.txt")]) > 24
    for text in texts:
        assert text.variables - {"business"} <= set(text.fallbacks), text.label


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("touch", BOOK.every, ids=lambda touch: touch.key)
@pytest.mark.parametrize(
    "values", [{}, {"name": NAME, "order": "A10245", "years": "12"}], ids=["nothing known", "all known"]
)
def test_every_shipped_text_fits_one_sms(touch: Touch, language: str, values: dict[str, str]) -> None:
    text = BOOK.wording.render(touch, language, values, kind="sms").text
    size = count(text)
    assert size.parts == MORE_THAN_ONE.get(f"{touch.key}.{language}", 1), (size, text)
    assert size.encoding == "GSM-7"


@pytest.mark.parametrize(("language", "stop"), [("en", "STOP"), ("pt", "PARAR"), ("es", "BAJA")])
def test_who_joins_reads_one_sms_that_says_how_to_stop(language: str, stop: str) -> None:
    text = BOOK.wording.say("joined", language, "sms")
    size = count(text)
    assert (size.parts, size.encoding) == (1, "GSM-7"), text
    assert "Casa Oliva" in text
    assert re.search(rf"\b{stop}\b", text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_asks_at_the_form_reads_their_code_in_one_sms_with_nothing_in_it_but_why(language: str) -> None:
    text = f"123456\n{BOOK.wording.say('confirm', language, 'sms')}"
    size = count(text)
    assert (size.parts, size.encoding) == (1, "GSM-7"), text
    assert "Casa Oliva" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_rang_in_vain_reads_one_sms(language: str) -> None:
    text = BOOK.wording.say("missed_call", language, "sms")
    size = count(text)
    assert (size.parts, size.encoding) == (1, "GSM-7"), text
    assert text.startswith("Casa Oliva: ")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_meeting_is_told_with_its_link(language: str) -> None:
    link = "https://meet.example.com/abc"
    assert BOOK.wording.say("meeting", language, "", {"link": link}).endswith(f" {link}")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("touch", BOOK.every, ids=lambda touch: touch.key)
def test_a_name_outside_the_alphabet_of_sms_takes_three_messages_at_most(touch: Touch, language: str) -> None:
    text = BOOK.wording.render(touch, language, {"name": "Željka Ćurković-Ilić"}, kind="sms").text
    assert count(text).encoding == "UCS-2"
    assert count(text).parts <= 3


@pytest.mark.parametrize("kind", ["sms", "telegram"])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("touch", BOOK.every, ids=lambda touch: touch.key)
def test_marketing_ends_with_a_word_that_is_heard_as_stop(touch: Touch, language: str, kind: str) -> None:
    text = BOOK.wording.render(touch, language, {"name": NAME}, kind=kind).text
    words = re.findall(r"\b(STOP|PARAR|BAJA)\b", text)
    assert len(words) == (1 if touch.marketing else 0)
    for word in words:
        meant = heard(word)
        assert meant is not None
        assert (meant.word, meant.review) == ("stop", False)


def test_the_web_chat_needs_no_words_about_stopping() -> None:
    birthday = BOOK.every[0]
    assert "STOP" not in BOOK.wording.render(birthday, "en", {}, kind="webchat").text


def test_a_text_that_says_itself_how_to_stop_is_left_alone() -> None:
    texts = load_wording().plus(wording(en="Reply STOP.").texts.values())
    assert texts.render(replace(TOUCH, marketing=True), "en", {}, kind="sms").text == "Reply STOP."


def test_a_name_that_says_stop_does_not_silence_the_words_about_stopping() -> None:
    texts = load_wording().plus(wording(en='name = "x"\n---\nHi {{ name }}').texts.values())
    text = texts.render(replace(TOUCH, marketing=True), "en", {"name": "STOP"}, kind="sms").text
    assert text == "Hi STOP\nReply STOP to stop."


@pytest.mark.parametrize("path", sorted(SHIPPED_WORDING.glob("*.txt")), ids=lambda path: path.stem)
def test_a_shipped_text_shouts_at_nobody_is_formal_and_guesses_no_gender(path: Path) -> None:
    words = path.read_text().rpartition("---")[2].lower()
    assert words.count("!") <= (1 if path.name.startswith("birthday") else 0)
    assert not re.search(r"\b(tu|te|ti|tú|vosotros|obrigad[oa]|car[oa]|querid[oa]|bem-vind[oa])\b", words)


CHOICES = [
    pytest.param("pt-BR", "", "t.pt-BR", id="the locale itself"),
    pytest.param("pt-br", "", "t.pt-BR", id="however it is written"),
    pytest.param("pt_BR", "", "t.pt-BR", id="with the line of another system"),
    pytest.param("pt-AO", "", "t.pt", id="its language"),
    pytest.param("fr", "", "t.en", id="the account's"),
    pytest.param("", "", "t.en", id="no language is the account's"),
    pytest.param("pt", "sms", "t.pt", id="a language before a kind"),
    pytest.param("en-GB", "sms", "t.en.sms", id="a kind's own text"),
    pytest.param("en", "telegram", "t.en", id="another kind's"),
]


@pytest.mark.parametrize(("language", "kind", "name"), CHOICES)
def test_the_text_is_the_nearest_to_the_customers_language(language: str, kind: str, name: str) -> None:
    texts = wording(en="a", en__sms="b", pt="c", pt_BR="d")
    assert texts.render(TOUCH, language, {}, kind=kind).name == name


def test_no_text_at_all_is_missing() -> None:
    with pytest.raises(Missing, match="the text t"):
        wording(pt="a").render(TOUCH, "fr", {})


def test_a_belated_text_is_found_by_its_own_name() -> None:
    touch = replace(TOUCH, wording="none", belated="t")
    assert wording(en="Late.").render(touch, "en", {}, belated=True).text == "Late."


def test_a_fallback_stands_in_and_is_told() -> None:
    texts = wording(en='name = "you"\norder = "it"\n---\nFor {{ name }}: {{ order }}')
    found = texts.render(TOUCH, "en", {"name": "www.evil.com", "order": "A1"})
    assert (found.text, found.guessed, found.language) == ("For you: A1", ("name",), "en")


def test_what_is_required_and_not_known_is_missing() -> None:
    texts = wording(en='required = ["order"]\n---\nYour {{ order }}')
    with pytest.raises(Missing) as caught:
        texts.render(TOUCH, "en", {"order": " "})
    assert caught.value.variable == "order"


def test_values_are_told_in_the_language_of_the_text_and_not_of_the_customer() -> None:
    texts = wording(es='total = "x"\n---\nSon {{ total }}')
    texts = replace(texts, language="es")
    assert texts.render(TOUCH, "en", {"total": Money(minor=999, currency="EUR")}).text == "Son 9,99 €"


@given(st.text(max_size=60))
def test_any_value_renders_literally(value: str) -> None:
    texts = wording(en='goods = "it"\n---\n<{{ goods }}>')
    line = told("goods", value, locale_of("en", ""), "UTC")
    assert texts.render(TOUCH, "en", {"goods": value}).text == f"<{line or 'it'}>"


@pytest.mark.parametrize(
    "value", ["{{ name }}", "{% if name %}", "{{ 7 * 7 }}", "{# #}", "<b>&amp;", "\\n%s{0}"]
)
def test_a_value_is_never_read_as_a_text(value: str) -> None:
    assert wording(en='goods = "it"\n---\n{{ goods }}').render(TOUCH, "en", {"goods": value}).text == value


def test_texts_of_ones_own_win_with_every_kind_of_channel(tmp_path: Path) -> None:
    (tmp_path / "after_delivery.pt.txt").write_text("Chegou bem?\n")
    own = load_wording(tmp_path)
    touch = BOOK.every[1]
    assert own.render(touch, "pt", {}, kind="sms").text.startswith("Chegou bem?")
    assert own.render(touch, "es", {}, kind="sms").name == "after_delivery.es.sms"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("birthday.txt", b"Hi", "no touch and language"),
        ("Birthday.en.txt", b"Hi", "no touch and language"),
        ("birthday.en.txt", b"\xff\xfe", "UTF-8"),
        ("birthday.en.txt", b"{{ name }}", "no fallback"),
    ],
)
def test_a_file_that_cannot_be_meant_is_named(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(Mistake, match=words) as caught:
        load_wording(tmp_path)
    assert caught.value.file == str(tmp_path / name)


def test_a_folder_that_is_not_there_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(Mistake, match="no folder"):
        load_wording(tmp_path / "none")


def test_the_variables_of_a_touch_are_known() -> None:
    assert variables(BOOK.wording, BOOK.every[1]) == {"name", "order", "business"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("touch", BOOK.every, ids=lambda touch: touch.key)
@pytest.mark.parametrize("values", [{}, {"name": NAME, "years": "12"}], ids=["nothing known", "all known"])
def test_every_shipped_text_has_a_subject_in_its_language(
    touch: Touch, language: str, values: dict[str, str]
) -> None:
    subjects = {BOOK.wording.render(touch, one, values, kind="email").subject for one in LANGUAGES}
    assert len(subjects) == len(LANGUAGES)
    for one in subjects:
        assert 5 < len(one) < 60
        assert "\n" not in one


def test_a_subject_is_one_line_of_values_that_stay_values() -> None:
    texts = wording(en='subject = "For {{ name }}"\nname = "you"\n---\nHi')
    assert (
        texts.render(TOUCH, "en", {"name": "Ana\r\nBcc: x {{ order }}"}).subject
        == "For Ana Bcc: x {{ order }}"
    )
    assert texts.render(TOUCH, "en", {}).subject == "For you"
    assert wording(en="Hi").render(TOUCH, "en", {}).subject == "Tidings"


def test_a_text_may_be_for_a_kind_whose_name_has_two_words() -> None:
    texts = wording(en="Hi", en__twilio_whatsapp="Hello")
    assert texts.render(TOUCH, "en", {}, kind="twilio_whatsapp").text == "Hello"


TOLD = [
    pytest.param("name", {"name": "Ana"}, "Ana", id="known"),
    pytest.param("name", {}, "dear", id="its fallback"),
    pytest.param("business", {}, "Tidings", id="the business"),
    pytest.param("total", {"total": Money(minor=1250, currency="EUR")}, "€12.50", id="money"),
]


@pytest.mark.parametrize(("variable", "values", "told_"), TOLD)
def test_one_value_is_written_as_the_text_would(variable: str, values: dict[str, Money], told_: str) -> None:
    texts = wording(en='name = "dear"\n---\nHi {{ name }}')
    assert texts.tell(variable, "t", "en", values) == told_


def test_one_value_that_is_not_known_and_has_no_fallback_is_missing() -> None:
    texts = wording(en='name = ""\n---\nHi{% if name %} {{ name }}{% endif %}')
    for variable in ("name", "order"):
        with pytest.raises(Missing):
            texts.tell(variable, "t", "en", {})
