"""What customers write when they want no more, and what only looks like it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing import consent_words
from routing.consent import LONGEST, Heard, heard, plain
from routing.consent_words import COURTESY, HELP, MAY_WISH, SHORT, START, STOP

STOPPED = Heard(word="stop")
WISHED = Heard(word="stop", review=True)

ALONE = {
    "the FCC's stop": ("STOP", STOPPED),
    "the FCC's quit": ("Quit", STOPPED),
    "the FCC's end": ("end", STOPPED),
    "the FCC's revoke": ("REVOKE", STOPPED),
    "the FCC's opt out": ("Opt out", STOPPED),
    "the FCC's cancel": ("cancel", STOPPED),
    "the FCC's unsubscribe": ("Unsubscribe.", STOPPED),
    "carriers' stopall": ("STOPALL", STOPPED),
    "carriers' optout": ("OptOut", STOPPED),
    "opt-out with a hyphen": ("opt-out", STOPPED),
    "carriers' remove": ("remove", STOPPED),
    "carriers' French": ("ARRÊT", STOPPED),
    "carriers' French without accent": ("Arret!", STOPPED),
    "carriers' td": ("TD", STOPPED),
    "Spanish baja": ("¡Baja!", STOPPED),
    "Spanish no más": ("No más", STOPPED),
    "Nordic stopp": ("stopp", STOPPED),
    "Portuguese sair": ("SAIR", STOPPED),
    "Portuguese não mais": ("não mais", STOPPED),
    "space and marks around": ("  «stop»!!! \n", STOPPED),
    "a full stop in the middle": ("S.T.O.P.", STOPPED),
    "wide letters": ("ＳＴＯＰ", STOPPED),
    "an emoji after": ("STOP 🛑", STOPPED),
    "a decomposed accent": ("arre\u0302t", STOPPED),
    "start": ("START", Heard(word="start")),
    "unstop": ("unstop", Heard(word="start")),
    "Telegram's start": ("/start", Heard(word="start")),
    "help": ("Help?", Heard(word="help")),
    "Portuguese help": ("AJUDA", Heard(word="help")),
}

WISHES = {
    "polite": "stop please",
    "polite before": "Please stop!",
    "polite in Portuguese": "Parar, por favor",
    "polite in Spanish": "Hola, baja por favor. Gracias",
    "no more": "no more",
    "no more messages": "No more of these messages, ok",
    "stop texting": "I asked twice. Stop texting me!",
    "stop sending": "can you stop sending me these offers",
    "stop all": "STOP ALL YOUR MESSAGES",
    "do not text": "Don’t text me again.",
    "do not contact": "do not contact me any more",
    "no ads": "I don't want any more ads from you",
    "take off": "take me off your list",
    "my number": "Remove my number from your database",
    "opt me out": "Opt me out, this is annoying",
    "wants to unsubscribe": "I'd like to unsubscribe",
    "withdraws": "I withdraw my consent to marketing.",
    "left alone": "Leave me alone",
    "a line of its own": "My parcel is broken and nobody answers.\nSTOP",
    "Portuguese stop writing": "Parem de me enviar mensagens",
    "Portuguese no ads": "Não quero receber mais publicidade",
    "Portuguese not me": "não me mandem mais nada",
    "Portuguese off the list": "Removam-me da vossa lista",
    "Portuguese wants out": "Quero deixar de receber isto",
    "Portuguese nothing": "não desejo receber mais nada",
    "Spanish stop writing": "Dejen de escribirme",
    "Spanish no messages": "No quiero recibir más mensajes",
    "Spanish not me": "no me manden más",
    "Spanish off": "Quiero darme de baja",
    "Spanish dar de baja": "¿Pueden darme de baja de la lista?",
    "Spanish off the list": "Bórrenme de la lista",
}

NOTHING = {
    "empty": "",
    "space": " \n ",
    "marks only": "...!",
    "thanks": "Thanks!",
    "a courier": "The courier did not STOP at my house, I waited all day",
    "a charge": "STOP charging my card twice for one order",
    "an order": "Please cancel my order A17",
    "an answer": "yes, cancel it",
    "a bus": "Is there a bus stop near the shop?",
    "a shouted beginning": "Stop! You sent me the wrong size and I want my money back",
    "the reverse": "Please do not remove me from the list",
    "the reverse in Spanish": "no me den de baja por favor",
    "a question": "Why did you stop texting me?",
    "did not": "I did not unsubscribe from anything",
    "another wish": "don't send me the blue one, send the red one",
    "hours": "do not call me before ten",
    "the end": "at the end of the week please",
    "stocking up": "no more milk left?",
    "Spanish low": "la calidad es muy baja",
    "Portuguese stop": "onde é a paragem, o autocarro vai parar aqui?",
    "start inside": "when do you start the sale",
    "help inside": "can you help me with my order",
    "nonstop": "nonstop",
}


@pytest.mark.parametrize(("text", "expected"), ALONE.values(), ids=ALONE.keys())
def test_a_word_alone_is_acted_on(text: str, expected: Heard) -> None:
    assert heard(text) == expected


@pytest.mark.parametrize("text", WISHES.values(), ids=WISHES.keys())
def test_a_clear_wish_stops_and_is_shown_to_an_agent(text: str) -> None:
    assert heard(text) == WISHED


@pytest.mark.parametrize("text", NOTHING.values(), ids=NOTHING.keys())
def test_what_only_looks_like_it_changes_nothing(text: str) -> None:
    assert heard(text) is None


def test_the_words_are_written_as_messages_are_compared() -> None:
    for word in STOP | START | HELP | SHORT:
        assert plain(word) == word
    assert not STOP & (START | HELP)
    assert [word for word in STOP | START | HELP | SHORT if COURTESY.fullmatch(word)] == []


def test_no_whole_message_that_is_a_wish_is_passed_over() -> None:
    assert [phrase for phrase in STOP | SHORT if MAY_WISH.search(phrase) is None] == []


@pytest.mark.parametrize("wish", consent_words.WISHES, ids=lambda wish: wish.pattern[:40])
@given(data=st.data())
def test_no_wish_inside_a_message_is_passed_over(wish: re.Pattern[str], data: st.DataObject) -> None:
    said = data.draw(st.from_regex(wish, alphabet=st.characters(codec="ascii")))
    assert MAY_WISH.search(said) is not None


def test_a_letter_is_left_to_people() -> None:
    assert heard("stop " * LONGEST) is None


@given(st.sampled_from(sorted(STOP)), st.text("!?.,;:-– \t*", max_size=5), st.text("!?.,; 🙏\n", max_size=5))
def test_marks_case_and_space_around_a_word_change_nothing(word: str, before: str, after: str) -> None:
    for said in (word, word.upper(), word.title()):
        assert heard(before + said + after) == STOPPED


@given(st.text())
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert plain(plain(text)) == plain(text)


@given(st.text(max_size=LONGEST))
def test_every_text_has_an_answer(text: str) -> None:
    assert heard(text) in (None, STOPPED, WISHED, Heard(word="start"), Heard(word="help"))


@pytest.mark.parametrize(
    "again", ["any more ", "do not send me more ", "nao me ", "stop sending me ", "no quiero mas "]
)
def test_no_text_makes_the_search_slow(again: str) -> None:
    heard((again * LONGEST)[:LONGEST])
