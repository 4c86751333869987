"""Thanks make no work; anything that may want an answer does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.consent import heard
from routing.thanks import BESIDE, KIND_SIGNS, THANKS, is_thanks

ONLY_THANKS = [
    "Thanks!",
    "thank you so much",
    "THANK YOU ALL!!!",
    "Thanks for the lovely message 🎂🎉",
    "Thank-you",
    "thx",
    "ty ❤️",
    "Aww, how kind of you",
    "Obrigada!",
    "Muito obrigado pela mensagem 🙏🏽",
    "obg",
    "Olá, muito obrigada e um bom dia",
    "¡Muchas gracias!",
    "Hola, mil gracias por el detalle 😘",
    "Gracias a todos".replace(" a todos", ""),
    "❤️",
    "🎉🎂🥳",
    "👍🏿",
    ":)",
    "<3",
]
MORE = [
    "",
    "   ",
    "?",
    "Thanks, but where is my order?",
    "thanks for nothing",
    "Thanks. Call me",
    "no thanks",
    "👎",
    "Thanks 😡",
    "5",
    "Thanks 10/10",
    "great",
    "yes",
    "ok",
    "stop",
    "Obrigada, mas a encomenda não chegou",
    "gracias, no funciona",
    "thanks " * 60,
    "...",
    "¿gracias?",
]


@pytest.mark.parametrize("text", ONLY_THANKS)
def test_who_only_thanks_wants_no_answer(text: str) -> None:
    assert is_thanks(text)


@pytest.mark.parametrize("text", MORE)
def test_who_says_anything_else_may_want_one(text: str) -> None:
    assert not is_thanks(text)


@given(st.text(max_size=40))
def test_a_question_mark_or_a_number_is_never_only_thanks(text: str) -> None:
    assert not is_thanks(f"thanks {text}?")
    assert not is_thanks(f"thanks {text} 7")


@given(st.lists(st.sampled_from(sorted(THANKS | BESIDE | KIND_SIGNS)), max_size=8).map(" ".join))
def test_no_word_of_the_lists_is_a_wish_to_stop(text: str) -> None:
    found = heard(text)
    assert found is None or found.word != "stop"
