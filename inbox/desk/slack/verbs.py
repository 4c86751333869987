"""What `/tidings` is asked for: the word, in three languages and without accents, and what follows it."""

import difflib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

VERBS: Final[Mapping[str, tuple[str, ...]]] = {
    "queue": ("queue", "fila", "cola"),
    "find": ("find", "search", "procurar", "procura", "pesquisar", "buscar", "busca", "encontrar"),
    "customer": ("customer", "cliente", "clienta"),
    "new": ("new", "write", "novo", "nova", "escrever", "nuevo", "nueva", "escribir"),
    "away": ("away", "ausente", "fora", "fuera"),
    "back": ("back", "voltei", "volta", "regresso", "disponivel", "vuelta", "volvi", "disponible"),
    "who": ("who", "quem", "quien"),
    "stats": ("stats", "numbers", "numeros", "estatisticas", "estadisticas"),
    "promises": ("promises", "promise", "promessas", "promessa", "promesas", "promesa"),
    "open": ("open", "abrir", "abre"),
    "help": ("help", "ajuda", "ayuda", "?"),
}
BY_WORD: Final[Mapping[str, str]] = {word: verb for verb, words in VERBS.items() for word in words}
LIKE: Final = 0.6  # how alike a word must be to be offered, of 1
TODAY: Final = ("", "today", "hoje", "hoy")
WEEK: Final = ("week", "semana")
TEAM: Final = ("team", "equipa", "equipe", "equipo")
UNTIL: Final = ("until", "till", "til", "ate", "hasta")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked for; an unknown *verb* is empty, *word* is what was typed and *near* the nearest verb."""

    verb: str
    rest: str = ""
    word: str = ""
    near: str = ""


def wanted(text: str) -> Wanted:
    """Read a command; nothing typed asks for the queue."""
    word, _, rest = " ".join(text.split()).partition(" ")
    if not word:
        return Wanted(verb="queue")
    verb = BY_WORD.get(plain(word))
    if verb is not None:
        return Wanted(verb=verb, rest=rest, word=word)
    return Wanted(verb="", rest=rest, word=word, near=_near(plain(word)))


def plain(word: str) -> str:
    """Write a word in small letters without accents."""
    apart = unicodedata.normalize("NFKD", word.casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def _near(word: str) -> str:
    found = difflib.get_close_matches(word, list(BY_WORD), n=1, cutoff=LIKE)
    return found[0] if found else ""
