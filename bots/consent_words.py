"""The words by which customers stop our messages, allow them again or ask for them, where no provider acts.

The first seven are an opt-out by themselves (47 CFR 64.1200(a)(10)); carriers act on more. One word counts in
any of the languages below, wherever the customer is: who writes BAJA to an English account means it as well.
"""

import unicodedata
from typing import Final

from bots.channel import ConsentChanged, ConsentWord, MessageIn
from bots.marks import plain

STOP: Final[frozenset[str]] = frozenset(
    {"stop", "quit", "end", "revoke", "opt out", "cancel", "unsubscribe"}
    | {"stopall", "stop all", "optout", "remove", "arret", "td"}
    # Spanish, Portuguese
    | {"baja", "no mas", "dar de baja", "darme de baja", "parar", "detener", "basta", "cancelar"}
    | {"pare", "parem", "sair", "nao mais", "chega", "descadastrar", "remover"}
    # French, German, Italian, Dutch, the Nordic languages
    | {"arreter", "desabonner", "se desabonner", "stopp", "abmelden", "abbestellen"}
    | {"cancella", "disiscrivimi", "afmelden", "uitschrijven", "avslutt", "avsluta", "frameld", "lopeta"}
)
START: Final[frozenset[str]] = frozenset(
    {"start", "unstop", "subscribe", "opt in", "optin", "alta", "volver a recibir", "voltar a receber"}
)
HELP: Final[frozenset[str]] = frozenset({"help", "info", "ayuda", "ajuda", "aide", "hilfe", "aiuto", "hjelp"})
JOIN: Final[frozenset[str]] = frozenset({"join", "aderir", "unirme"})
"""Words that ask for marketing; none of them is one that only opens the way again."""
OFFERS: Final = frozenset({"stop promotions"})
"""What WhatsApp writes on the button under a template by which customers stop marketing alone."""
LONGEST: Final = 40
"""Characters: a longer text is never looked at, however much space stands around a word."""

_MEANINGS: Final[dict[str, ConsentWord]] = {
    **dict.fromkeys(STOP, "stop"),
    **dict.fromkeys(START, "start"),
    **dict.fromkeys(HELP, "help"),
    **dict.fromkeys(JOIN, "join"),
}
_SAYS: Final[dict[ConsentWord, str]] = {
    "stop": "they want no more messages at this address",
    "start": "they allow messages at this address again",
    "help": "they ask for help",
    "join": "they ask for our messages",
}


def said(text: str) -> tuple[ConsentWord, str] | None:
    """Find the consent word that a whole message is, with the sentence that says why it was taken so.

    Case, accents, spacing and full stops or exclamation marks around it do not matter; a word inside a
    longer message is none, for couriers stop and orders are cancelled as well.
    """
    word = text.strip()
    if not word or len(word) > LONGEST:
        return None
    meaning = _MEANINGS.get(folded(word))
    return None if meaning is None else (meaning, f"The customer wrote {written(word)}: {_SAYS[meaning]}.")


def wishes(message: MessageIn) -> list[ConsentChanged]:
    """Give the wish that a message is, if it is one: who writes *STOP* in bold means it as well."""
    found = said(plain(message.text))
    if found is None:
        return []
    return [
        ConsentChanged(
            address=message.address,
            external_id=message.external_id,
            word=found[0],
            source=found[1],
            sent_at=message.sent_at,
            wording=message.text,
        )
    ]


def said_of_offers(text: str) -> tuple[ConsentWord, str] | None:
    """Find, as `said`, that a whole message stops marketing alone, which answers may outlive."""
    if len(text) > LONGEST or folded(text) not in OFFERS:
        return None
    return "stop", f"The customer pressed {written(text)}: they want no marketing at this address."


def folded(word: str) -> str:
    """Fold case, accents, spacing, hyphens and the signs around a word away: "¡Opt-Out!" is "opt out"."""
    bare = unicodedata.normalize("NFKD", word).casefold().replace("-", " ")
    letters = "".join(letter for letter in bare if not unicodedata.combining(letter))
    return " ".join(letters.strip(" ¡!.").split())


def written(word: str) -> str:
    """Write a word as reasons quote it: upper case, without the signs around it."""
    return " ".join(word.strip(" ¡!.").upper().split())
