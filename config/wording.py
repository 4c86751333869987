"""What we say when we write first: the texts, by touch, language and kind of channel."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from config.errors import Mistake, together
from config.filling import Source
from config.one_text import OneText, text_of
from config.telling import Value, locale_of, one_line, told
from config.where import Place, line_of
from routing.touch import Touch

SHIPPED_WORDING = Path(__file__).with_name("wording")
TONGUE = r"(?P<language>[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)(?:\.(?P<kind>[a-z]+(?:_[a-z]+)*))?"
TONGUE_ALONE = re.compile(TONGUE)
FILE_NAME = re.compile(r"(?P<name>[a-z0-9][a-z0-9_-]*)\." + TONGUE)
STOPPING = "opt_out"  # the text that says how to stop
ON_A_PAGE = frozenset({"email", "letters"})  # kinds on which how to stop stands apart from the words
SHOWN_WITH_CHOICES = frozenset({"webchat"})  # kinds of channel that need no words about stopping


class Missing(Exception):
    """A text needs a value that is not known of this customer."""

    def __init__(self, variable: str) -> None:
        """Keep the *variable*'s name."""
        self.variable = variable
        super().__init__(f"{self.__doc__} It is {variable}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """What a customer reads, in which *language*, from the text of which *name* (birthday.pt.sms).

    *guessed* are the variables for which a fallback stands. *subject* is for channels that show one.
    """

    text: str
    language: str
    name: str
    guessed: tuple[str, ...] = ()
    subject: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """All texts; *language* and *country* are the account's, *business* the name customers see."""

    texts: Mapping[str, OneText]
    language: str = "en"
    business: str = "Tidings"
    country: str = ""

    def render(
        self,
        touch: Touch,
        language: str,
        values: Mapping[str, Value],
        *,
        zone: str = "UTC",
        kind: str = "",
        belated: bool = False,
    ) -> Rendered:
        """Write a touch to one customer; raises Missing.

        The *language* is theirs (empty is the account's), the *zone* tells instants as days, *kind*
        is the channel's. Values are told in the language of the text that was found.
        """
        name = touch.belated if belated else touch.wording
        text = self.find(name, language, kind)
        if text is None:
            raise Missing(f"the text {name}")
        known, guessed = self._known(text, values, zone)
        words = text.template.render(known).strip()
        if touch.marketing and not text.lets_stop and kind not in SHOWN_WITH_CHOICES:
            stopping, apart = self.find(STOPPING, text.language, kind), "\n\n" if kind in ON_A_PAGE else "\n"
            words += f"{apart}{self._words(stopping, values, zone)}" if stopping else ""
        subject = one_line(text.title.render(known)) if text.title else self.business
        return Rendered(text=words, language=text.language, name=text.label, guessed=guessed, subject=subject)

    def tell(
        self,
        variable: str,
        name: str,
        language: str,
        values: Mapping[str, Value],
        *,
        zone: str = "UTC",
        kind: str = "",
    ) -> str:
        """Write one value in *language*, else as the text *name* does without it; raises Missing."""
        value = told(variable, values.get(variable), locale_of(language, self.country), zone)
        if variable == "business":
            value = self.business
        text = self.find(name, language, kind)
        value = value or (text.fallbacks.get(variable, "") if text else "")
        if not value:
            raise Missing(variable)
        return value

    def say(
        self, name: str, language: str, kind: str = "", values: Mapping[str, Value] = MappingProxyType({})
    ) -> str:
        """Write a text that is no touch's, with the business and *values*; raises Missing."""
        text = self.find(name, language, kind)
        if text is None:
            raise Missing(f"the text {name}")
        return self._words(text, values, "UTC")

    def find(self, name: str, language: str, kind: str = "") -> OneText | None:
        """Find a text: the locale itself, its language, then the account's; a kind's own text first."""
        for tongue in (*_wider(language), *_wider(self.language)):
            for label in (f"{name}.{tongue}.{kind}", f"{name}.{tongue}"):
                if text := self.texts.get(label.lower()):
                    return text
        return None

    def plus(self, texts: Iterable[OneText]) -> "Wording":
        """Add texts; a name and language that they have loses what it had for every kind of channel."""
        new = {text.label.lower(): text for text in texts}
        gone = {(text.name, text.language.lower()) for text in new.values()}
        kept = {
            label: text
            for label, text in self.texts.items()
            if (text.name, text.language.lower()) not in gone
        }
        return replace(self, texts=MappingProxyType(kept | new))

    def _words(self, text: OneText, values: Mapping[str, Value], zone: str) -> str:
        return text.template.render(self._known(text, values, zone)[0]).strip()

    def _known(
        self, text: OneText, values: Mapping[str, Value], zone: str
    ) -> tuple[dict[str, str], tuple[str, ...]]:
        locale = locale_of(text.language, self.country)
        known = {name: told(name, values.get(name), locale, zone) for name in text.variables}
        if "business" in known:
            known["business"] = self.business
        guessed = tuple(sorted(name for name, value in known.items() if not value))
        for name in guessed:
            if name not in text.fallbacks:
                raise Missing(name)
            known[name] = text.fallbacks[name]
        return known, guessed


def load_wording(
    folder: Path | None = None, *, language: str = "en", business: str = "Tidings", country: str = ""
) -> Wording:
    """Read our texts and those of *folder*, which win; raises Mistake, with every mistake found."""
    wording = Wording(texts={}, language=language, business=business, country=country)
    for each in (SHIPPED_WORDING, folder):
        if each is not None:
            wording = wording.plus(_read(each))
    return wording


def variables(wording: Wording, touch: Touch) -> frozenset[str]:
    """Name the variables that any text of a touch uses."""
    names = (touch.wording, touch.belated)
    return frozenset(v for text in wording.texts.values() if text.name in names for v in text.variables)


def words_of(
    words: Mapping[str, str],
    name: str,
    source: Source | None = None,
    place: Place = (),
) -> list[OneText]:
    """Read texts that stand in a touch itself, keyed by language or language.kind; raises Mistake."""
    texts, mistakes, source = [], [], source or Source(file="the touch")
    for key, written in words.items():
        line = line_of(source.text, (*place, key))
        found = TONGUE_ALONE.fullmatch(key)
        if found is None:
            mistakes.append(
                source.mistake((*place, key), f"{key!r} is no language.", "Write 'en', 'pt-BR' or 'en.sms'.")
            )
            continue
        try:
            texts.append(
                text_of(
                    written,
                    name=name,
                    language=found["language"],
                    kind=found["kind"] or "",
                    file=source.file,
                    line=line,
                )
            )
        except Mistake as mistake:
            mistakes.append(mistake)
    if mistakes:
        raise together(mistakes)
    return texts


def _wider(language: str) -> tuple[str, ...]:
    """List a locale and what it is a kind of: pt-BR, pt."""
    parts = language.replace("_", "-").split("-") if language else []
    return tuple("-".join(parts[:length]) for length in range(len(parts), 0, -1))


def _read(folder: Path) -> list[OneText]:
    if not folder.is_dir():
        raise Mistake(file=str(folder), what="This is no folder.", remedy="Name one as wording in [touches].")
    texts, mistakes = [], []
    for path in sorted(folder.glob("*.txt")):
        try:
            texts.append(_one(path))
        except Mistake as mistake:
            mistakes.append(mistake)
    if mistakes:
        raise together(mistakes)
    return texts


def _one(path: Path) -> OneText:
    found = FILE_NAME.fullmatch(path.stem)
    if found is None:
        raise Mistake(
            file=str(path),
            what="The name of this file says no touch and language.",
            remedy="Name it like birthday.pt.txt, or birthday.pt.sms.txt for SMS only.",
        )
    try:
        written = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Mistake(file=str(path), what="The text cannot be read.", remedy="Save it as UTF-8.") from error
    return text_of(
        written, name=found["name"], language=found["language"], kind=found["kind"] or "", file=str(path)
    )
