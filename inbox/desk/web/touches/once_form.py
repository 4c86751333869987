"""The form of a touch made once: fields to a definition, and a mistake back to the field it is about."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from config.errors import Mistake
from config.filling import Source
from config.touches import Book, touch_of
from inbox.desk.names import shown_language
from inbox.desk.web.forms import Form
from routing.touch import Touch

TIERS: Final = ("platinum", "gold", "iron", "lead")
LANGUAGES: Final = ("en", "pt", "es")
NUMBERS: Final = ("ordered_within_days", "not_ordered_within_days")
LISTS: Final = ("tags", "without_tags", "languages")
LONGEST_NAME: Final = 64


@dataclass(slots=True, kw_only=True)
class Filled:
    """What was filled in, as it was; the *definition* made of it, and what is *wrong* by field."""

    fields: Mapping[str, str]
    definition: dict[str, Any] = field(default_factory=dict)
    wrong: dict[str, list[str]] = field(default_factory=dict)
    touch: Touch | None = None

    def add(self, name: str, sentence: str) -> None:
        """Say what is wrong with a field, once."""
        told = self.wrong.setdefault(name, [])
        if sentence not in told:
            told.append(sentence)


def tongues(book: Book) -> list[str]:
    """List the languages that the form has boxes for, the account's own first."""
    return list(dict.fromkeys([book.limits.language, *LANGUAGES]))


def read(form: Form, book: Book, channels: Sequence[str], today: date) -> Filled:
    """Read the form; nothing that was written is lost, and every mistake stands at its field."""
    found = Filled(fields={name: form.text(name) for name in form.fields if name != "csrf"})
    found.definition = _definition(found, book, channels)
    own, words = book.limits.language, found.definition["words"]
    if own not in words:
        found.add(f"text_{own}", f"Write the text in {shown_language(own)}: whoever speaks another gets it.")
    checked = found.definition | {"words": {own: "-"} | words}
    lines = _lines(checked)
    source = Source(file="the touch", text="\n".join(line for _, line in lines))
    try:
        found.touch = touch_of(checked, book=book, source=source, today=today)
    except Mistake as mistake:
        for each in mistake.every():
            where = lines[each.line - 1][0] if 0 < each.line <= len(lines) else "name"
            found.add(_box(where, book), _told(each, found.definition["key"]))
    if found.wrong:
        found.touch = None
    return found


def key_of_name(name: str) -> str:
    """Make a key of a name: spring-plates."""
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return f"once-{plain[:40].strip('-')}" if plain else "once-touch"


def _definition(found: Filled, book: Book, channels: Sequence[str]) -> dict[str, Any]:
    said = found.fields
    name = said.get("name", "").strip()
    if len(name) > LONGEST_NAME:
        found.add("name", f"A name has at most {LONGEST_NAME} letters; this one has {len(name)}.")
    return {
        "key": key_of_name(name),
        "name": name,
        "start": "once",
        "subject": said.get("subject", ""),
        "on": said.get("on", ""),
        "at": said.get("at", ""),
        "valid": said.get("valid", "").strip() or "1 day",
        "who": _who(found, channels),
        "channels": [one for one in channels if said.get(f"over_{one}") == "yes"],
        "words": _words(found, book),
        "holdout": _share(found),
        "approve": said.get("approve") == "yes",
    }


def _who(found: Filled, channels: Sequence[str]) -> dict[str, Any]:
    said = found.fields
    who: dict[str, Any] = {"tiers": [tier for tier in TIERS if said.get(f"tier_{tier}") == "yes"]}
    for name in LISTS:
        who[name] = [part.strip() for part in said.get(name, "").split(",") if part.strip()]
    for name in NUMBERS:
        text = said.get(name, "").strip()
        if text.isdecimal() and len(text) < 6:
            who[name] = int(text)
        elif text:
            found.add(name, f"“{text[:20]}” is no number of days.")
    return {name: value for name, value in who.items() if value}


def _share(found: Filled) -> float:
    text = found.fields.get("holdout", "").strip().replace(",", ".") or "0"
    try:
        return round(float(text) / 100, 4)
    except ValueError:
        found.add("holdout", f"“{text[:20]}” is no number of per cent.")
        return 0.0


def _words(found: Filled, book: Book) -> dict[str, str]:
    said, made = found.fields, {}
    boxes = [(f"text_{tongue}", tongue, f"instead_{tongue}") for tongue in tongues(book)]
    boxes.append(("text_other", said.get("other", "").strip(), "instead_other"))
    for box, tongue, instead in boxes:
        text = said.get(box, "").strip()
        if not text:
            continue
        if not tongue:
            found.add("other", "Say which language this is, like fr.")
            continue
        head = (
            f"name = {json.dumps(said.get(instead, ''), ensure_ascii=False)}\n---\n" if "name" in text else ""
        )
        made[tongue] = head + text
    return made


def _lines(definition: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Write the definition as TOML, a line a field, so that a mistake's line is its field."""
    flat = [(name, value) for name, value in definition.items() if not isinstance(value, dict)]
    lines = [(name, f"{name} = {json.dumps(value)}") for name, value in flat]
    for table in ("who", "words"):
        lines.append((table, f"[{table}]"))
        lines += [
            (f"{table}.{name}", f"{json.dumps(name)} = {json.dumps(value)}")
            for name, value in definition[table].items()
        ]
    return lines


def _box(where: str, book: Book) -> str:
    """Say at which field of the form a mistake is shown."""
    table, _, name = where.partition(".")
    if table == "words":
        if not name:
            return f"text_{book.limits.language}"
        return f"text_{name}" if name in tongues(book) else "text_other"
    if table == "who":
        return name if name in (*LISTS, *NUMBERS) else "tags"
    return {"key": "name", "wording": f"text_{book.limits.language}", "start": "on"}.get(where, where)


def _told(mistake: Mistake, key: str) -> str:
    what = mistake.what.removeprefix(f"{key}: ")
    return f"{what[:1].upper()}{what[1:]} {mistake.remedy}".strip()
