"""What language somebody writes in, as they write; what is too short or mixed is not guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox.assigning.language import language_of, plain, told

SAID = [
    ("en", ["where is my order A-1017?"]),
    ("en", ["I want to return the dress, it is too small for me"]),
    ("en", ["do u have size 38"]),
    ("en", ["HELLO I NEED HELP"]),
    ("en", ["hi", "is this still available?"]),
    ("pt", ["onde está a minha encomenda?"]),
    ("pt", ["olá, queria saber o preço deste vestido"]),
    ("pt", ["vcs entregam em Braga?"]),
    ("pt", ["Bom dia", "ainda está disponível?", "https://shop.example/vestido-38"]),
    ("pt", ["Missed call, rang 20 s", "preciso de ajuda com a encomenda"]),
    ("es", ["hola, ¿dónde está mi pedido?"]),
    ("es", ["quiero devolver los zapatos que compré ayer"]),
    ("es", ["buenos días, ¿tienen esto en azul?"]),
    ("fr", ["bonjour, je n'ai pas reçu mon colis"]),
    ("de", ["Wann kommt mein Paket an?"]),
    ("it", ["vorrei sapere quando arriva il mio ordine"]),
    ("nl", ["waar is mijn bestelling gebleven?"]),
    ("sv", ["var är min beställning"]),
    ("pl", ["gdzie jest moje zamówienie"]),
    ("tr", ["siparişim nerede"]),
    ("ru", ["когда придет мой заказ?"]),
    ("uk", ["коли прийде моє замовлення?"]),
    ("ar", ["أين طلبي من فضلك؟"]),
    ("hi", ["मेरा ऑर्डर कहाँ है?"]),
    ("zh", ["我的订单在哪里?"]),
    ("ja", ["注文はどこですか"]),
    ("ko", ["제 주문은 어디에 있나요?"]),
    ("he", ["איפה ההזמנה שלי בבקשה"]),
    ("el", ["πού είναι η παραγγελία μου"]),
]
UNTOLD = [
    pytest.param([], id="nothing"),
    pytest.param([""], id="no words"),
    pytest.param(["ok"], id="two letters"),
    pytest.param(["hi"], id="a greeting that many use"),
    pytest.param(["no"], id="a word of many languages"),
    pytest.param(["Maria"], id="a name"),
    pytest.param(["Missed call, rang 20 s"], id="our words for a call"),
    pytest.param(["Missed call"], id="the same without its length"),
    pytest.param(["😀😀"], id="faces"),
    pytest.param(["A-1017"], id="the number of an order"),
    pytest.param(["+34600123456"], id="a phone number"),
    pytest.param(["https://shop.example/where/is/my/order"], id="an address"),
    pytest.param(["maria.where-is@my-order.example"], id="an e-mail address"),
    pytest.param(["hello bom dia, where is o meu pedido?"], id="two languages in one"),
    pytest.param(["where is my order please", "onde está a minha encomenda"], id="one after the other"),
]


@pytest.mark.parametrize(("tag", "words"), [pytest.param(*one, id=f"{one[0]}: {one[1][-1]}") for one in SAID])
async def test_a_sentence_tells_its_language(tag: str, words: list[str]) -> None:
    assert await language_of(words) == tag


@pytest.mark.parametrize("words", UNTOLD)
async def test_what_would_be_a_guess_is_unknown(words: list[str]) -> None:
    assert await language_of(words) == ""


GUESSES = [
    pytest.param([("en", 0.69)], "", id="not sure enough"),
    pytest.param([("en", 0.75), ("pt", 0.22)], "", id="another is likely too"),
    pytest.param([("en", 0.75), ("pt", 0.05)], "en", id="sure"),
    pytest.param([("sh", 0.99)], "", id="a tag that names no one language"),
    pytest.param([], "", id="nothing"),
]


@pytest.mark.parametrize(("guesses", "tag"), GUESSES)
def test_the_model_is_believed_only_where_it_is_sure(guesses: list[tuple[str, float]], tag: str) -> None:
    assert told(guesses) == tag


@given(st.lists(st.text(max_size=300), max_size=5))
async def test_any_words_can_be_asked_about(words: list[str]) -> None:
    assert "\n" not in plain(words)
    assert len(await language_of(words)) in (0, 2, 3)
