"""A value becomes one line in the text's language, or nothing."""

from datetime import UTC, date, datetime

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from config.telling import Money, Value, locale_of, one_line, told

EVENING = datetime(2027, 3, 1, 23, 30, tzinfo=UTC)
CASES = [
    pytest.param("total", Money(minor=1250, currency="EUR"), "en", "", "€12.50", id="euros in English"),
    pytest.param("total", Money(minor=1250, currency="EUR"), "pt", "PT", "12,50 €", id="euros in Portugal"),
    pytest.param("total", Money(minor=1250, currency="EUR"), "es", "", "12,50 €", id="euros in Spanish"),
    pytest.param("total", Money(minor=1250, currency="BRL"), "pt", "BR", "R$ 12,50", id="reais in Brazil"),
    pytest.param("total", Money(minor=1234, currency="JPY"), "en", "", "¥1,234", id="yen have no cents"),
    pytest.param("total", Money(minor=5, currency=""), "en", "", "", id="no currency is no amount"),
    pytest.param("day", date(2027, 3, 1), "en", "", "March 1", id="a day in English"),
    pytest.param("day", date(2027, 3, 1), "en", "GB", "1 March", id="a day in Great Britain"),
    pytest.param("day", date(2027, 3, 1), "pt", "", "1 de março", id="a day in Portuguese"),
    pytest.param("day", EVENING, "es", "", "2 de marzo", id="an instant on the customer's own day"),
    pytest.param("years", 3, "en", "", "3", id="a number"),
    pytest.param("years", 0, "en", "", "", id="no whole year yet"),
    pytest.param("name", None, "en", "", "", id="nothing"),
    pytest.param("name", "  María\u00a0 José \n", "es", "", "María José", id="a name on one line"),
    pytest.param("name", "O'Neill-Łukasz 陳", "en", "", "O'Neill-Łukasz 陳", id="a name is a name"),
    pytest.param("name", "J.R. Smith", "en", "", "J.R. Smith", id="initials are no link"),
    pytest.param("name", "+34 600 123 456", "en", "", "", id="a number is no name"),
    pytest.param("name", "ada@example.com", "en", "", "", id="a mail address is no name"),
    pytest.param("name", "You won: https://evil.example", "en", "", "", id="a link is no name"),
    pytest.param("name", "visit evil.com now", "en", "", "", id="a bare domain is no name"),
    pytest.param("goods", "see www.evil", "en", "", "", id="a link is no goods"),
    pytest.param("order", "A-1024/7", "en", "", "A-1024/7", id="an order's number"),
    pytest.param("name", "x" * 81, "en", "", "", id="too long for a name"),
    pytest.param("name", "A\u202etxt\u200bB", "en", "", "AtxtB", id="what turns lines around is dropped"),
    pytest.param("link", "https://a.example/p?x=1", "en", "", "https://a.example/p?x=1", id="a link of ours"),
    pytest.param("link", "javascript:alert(1)", "en", "", "", id="another scheme"),
    pytest.param("link", "https://a.example /b", "en", "", "", id="a link with a hole"),
    pytest.param("business", "Shop24.com", "en", "", "Shop24.com", id="the business may be a domain"),
]


@pytest.mark.parametrize(("variable", "value", "language", "country", "words"), CASES)
def test_a_value_is_told_in_the_language_of_the_text(
    variable: str, value: Value, language: str, country: str, words: str
) -> None:
    assert told(variable, value, locale_of(language, country), "Asia/Tokyo") == words


def test_a_language_nobody_knows_is_written_like_english() -> None:
    assert locale_of("zz", "PT") == Locale("en")
    assert locale_of("pt", "ZZ").language == "pt"
    assert str(locale_of("pt-BR", "PT")) == "pt_BR"


@given(st.text())
def test_any_value_is_one_line_without_control_characters(value: str) -> None:
    line = one_line(value)
    assert len(line.splitlines()) <= 1
    assert line == line.strip()
    assert "  " not in line
    assert line.encode("utf-8").decode("utf-8") == line
    assert one_line(line) == line
