"""What customers answer when asked how it was, and what only looks like it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.rating import Rating, rating_of

ALONE = (
    {str(number): number for number in range(1, 6)}
    | {"5!": 5, " 4. ": 4, "(3": None, "4/5": 4, "5 out of 5": 5, "3 de 5": 3, "4 of 5": 4}
    | {"4 stars": 4, "1 star": 1, "5 estrelas": 5, "5 estrellas": 5, "2 pontos": 2, "3 ⭐": 3}
    | {"⭐⭐⭐⭐": 4, "★★★★★": 5, "🌟": 1, "⭐️⭐️⭐️": 3, "⭐⭐⭐⭐⭐⭐": None}
    | {"cinco": 5, "Cinco!": 5, "quatro": 4, "três": 3, "tres": 3, "five": 5, "FOUR": 4, "dos": 2}
    | {"five stars": 5, "cinco estrelas": 5, "5️⃣": 5, "５": 5, "٤": 4}
    | {"0": None, "6": None, "10": None, "10/10": None, "55": None, "4.5": None, "3/10": None, "-5": None}
    | {"": None, "ok": None, "thanks": None, "great": None, "number five": None, "5th": None, "1a": None}
)


@pytest.mark.parametrize(("text", "stars"), ALONE.items())
def test_a_number_from_one_to_five_alone_is_a_rating(text: str, stars: int | None) -> None:
    assert rating_of(text) == (None if stars is None else Rating(stars=stars))


@pytest.mark.parametrize(
    ("text", "stars", "words"),
    [
        ("5, very quick", 5, "very quick"),
        ("4 - Ana was kind", 4, "Ana was kind"),
        ("2. It took a week", 2, "It took a week"),
        ("1!!! never again", 1, "never again"),
        ("3\nit was fine", 3, "it was fine"),
        ("5 stars: lovely", 5, "lovely"),
        ("cinco, muito obrigado", 5, "muito obrigado"),
        ("⭐⭐⭐⭐⭐ thank you", 5, "thank you"),
        ("5 thank you", 5, "thank you"),
        ("5 obrigada!", 5, "obrigada!"),
    ],
)
def test_words_that_stand_apart_from_the_number_go_with_it(text: str, stars: int, words: str) -> None:
    assert rating_of(text) == Rating(stars=stars, words=words)


@pytest.mark.parametrize("text", ["2. Where is my refund?", "5! When do you open?", "4, لماذا؟"])
def test_a_question_after_the_number_wants_an_answer(text: str) -> None:
    rated = rating_of(text)
    assert rated is not None
    assert rated.asks


@pytest.mark.parametrize(
    "text",
    [
        "5 days ago I ordered a kettle",
        "2 of my parcels are missing",
        "3 parcels, please",
        "one more thing",
        "uma pergunta",
        "4 o'clock is fine",
        "1kg arrived, not 2",
        "4 stars" + " x" * 600,
        "1,5 kg",
        "5-10 days?",
        "5:30 would be fine",
        "4, 5 and 6 are broken",
    ],
)
def test_a_number_that_counts_something_is_no_rating(text: str) -> None:
    assert rating_of(text) is None


@given(st.text(max_size=60))
def test_whatever_is_read_is_from_one_to_five_and_never_an_error(text: str) -> None:
    rated = rating_of(text)
    assert rated is None or 1 <= rated.stars <= 5
