"""Words that ask for nothing: thanks, and signs of joy; closed lists, as `consent.plain` writes them."""

from typing import Final

from routing.consent import plain

LONGEST: Final = 200
"""Characters; whoever writes more says more than thanks."""

THANKS: Final[frozenset[str]] = frozenset(
    {"thanks", "thank you", "thankyou", "thank u", "thx", "thnx", "tks", "ty", "tysm", "cheers", "ta"}
    | {"many thanks", "thanks a lot", "thanks a million", "much appreciated", "appreciate it"}
    | {"i appreciate it", "appreciated", "bless you", "how kind", "very kind", "so kind", "so sweet"}
    | {"obrigado", "obrigada", "obrigadao", "obg", "obgd", "brigado", "brigada", "agradeco", "agradecida"}
    | {"agradecido", "grata", "grato", "valeu", "vlw", "que simpatia", "que querida", "que queridos"}
    | {"gracias", "mil gracias", "grax", "muchas gracias", "se agradece", "agradezco", "lo agradezco"}
    | {"que detalle", "que amables", "que amable", "que lindo", "que bonito"}
)
"""One of these must be there."""

BESIDE: Final[frozenset[str]] = frozenset(
    {"hi", "hello", "hey", "ok", "okay", "oh", "aw", "aww", "wow", "yes", "and", "to", "you", "all", "so"}
    | {"much", "very", "really", "a", "lot", "for", "the", "that", "this", "is", "of", "dear", "team"}
    | {"everyone", "guys", "again", "message", "wishes", "birthday", "lovely", "nice", "great", "have"}
    | {"good", "day", "your", "kind", "words", "remembering", "too", "indeed", "its", "thats", "was", "it"}
    | {"ola", "oi", "muito", "muita", "imenso", "mesmo", "por", "pela", "pelo", "mensagem", "lembranca"}
    | {"parabens", "a", "o", "e", "os", "todos", "voces", "equipa", "equipe", "bom", "boa", "dia", "tarde"}
    | {"noite", "de", "coracao", "carinho", "lembrarem", "se", "um", "abraco", "beijinho", "beijinhos"}
    | {"hola", "muy", "muchas", "muchisimas", "tantas", "el", "la", "los", "mensaje", "detalle", "todo"}
    | {"y", "ustedes", "vosotros", "equipo", "buen", "buenos", "dias", "buenas", "tardes", "noches"}
    | {"corazon", "acordarse", "acordaros", "felicitacion", "saludo", "saludos", "un", "abrazo", "beso"}
)
"""Beside thanks these ask for nothing."""

KIND_SIGNS: Final[frozenset[str]] = frozenset(
    "❤♥💙💚💛💜🧡🤍🤎🖤💕💖💗💓💞💘💝💟❣🙏👍👌👏🙌🤝🫶🤗😊☺🙂😀😃😄😁😆😍🥰😘😗😙😚😇🤩🥳😉🥹😻"
    "🎂🎁🎈🎉🎊🍰🧁🥂🍾💐🌹🌷🌸🌺🌻🌼🪻✨⭐🌟💫🌞☀🔥💪✌👋💃🕺💋🫂😸😺"
)
"""Signs that only please."""

_NOTHING: Final[frozenset[str]] = frozenset(
    " \t\n!.,;~'’-_…\"“”¡()*" + "\u200d\ufe0e\ufe0f" + "".join(chr(tone) for tone in range(0x1F3FB, 0x1F400))
)
_SMILEYS: Final = (":-)", ":)", ":-D", ":D", ";-)", ";)", "<3", "=)", "^^", "xoxo")
_MOST_WORDS: Final = max(len(phrase.split()) for phrase in THANKS)


def is_thanks(text: str) -> bool:
    """Whether a message says thanks, or shows joy, and nothing else: no question, no number, no wish."""
    if not text.strip() or len(text) > LONGEST:
        return False
    rest, signs = _without_signs(text)
    if rest is None:
        return False
    words = plain(rest).split()
    return _thanks_only(words) if words else signs


def _without_signs(text: str) -> tuple[str | None, bool]:
    """Take kind signs out; says whether there were any. None if there is a sign that is not kind."""
    kept, signs = text, False
    for smiley in _SMILEYS:
        signs = signs or smiley in kept
        kept = kept.replace(smiley, " ")
    letters = []
    for one in kept:
        if one in KIND_SIGNS:
            signs = True
            letters.append(" ")
        elif one.isalpha() or one in _NOTHING:
            letters.append(one)
        else:
            return None, signs
    return "".join(letters), signs


def _thanks_only(words: list[str]) -> bool:
    """Read the words as phrases of the lists, the longest first."""
    at, thanked = 0, False
    while at < len(words):
        for length in range(min(_MOST_WORDS, len(words) - at), 0, -1):
            phrase = " ".join(words[at : at + length])
            if phrase in THANKS or (length == 1 and phrase in BESIDE):
                thanked = thanked or phrase in THANKS
                at += length
                break
        else:
            return False
    return thanked
