"""Approved templates of a WhatsApp account: what they need, what they say, and how they are sent.

Source: https://developers.facebook.com/docs/whatsapp/business-management-api/message-templates/components
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bots.errors import Refused
from bots.json_body import Json, tables, text

APPROVED: Final = "APPROVED"
VARIABLE: Final = re.compile(r"\{\{\s*(\w+)\s*\}\}")
INCOMPLETE: Final = "132000"
"""Meta's code for values that are missing."""
HEADER: Final = "header."
BUTTON: Final = "button."
FILES: Final = frozenset({"IMAGE", "VIDEO", "DOCUMENT"})

Variables = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A button under a template: its words, and its web address where that may hold a variable."""

    words: str
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One approved template in one *language* (en_US); *file* is the kind its head shows, in lower case.

    Variables stand in its texts as {{1}} or, where they are *named*, as {{name}}.
    """

    name: str
    language: str
    category: str = ""
    named: bool = False
    header: str = ""
    file: str = ""
    body: str = ""
    footer: str = ""
    buttons: tuple[Button, ...] = ()


def template_of(row: Json) -> Template | None:
    """Read one row of Meta's list; None unless it is approved and has a name and a language."""
    name, language = text(row.get("name")), text(row.get("language"))
    if text(row.get("status")).upper() != APPROVED or not name or not language:
        return None
    parts = {text(part.get("type")).upper(): part for part in tables(row.get("components"))}
    head, body = parts.get("HEADER", {}), text(parts.get("BODY", {}).get("text"))
    shown = text(head.get("format")).upper()
    numbered = all(found.isdecimal() for found in VARIABLE.findall(body + text(head.get("text"))))
    return Template(
        name=name,
        language=language,
        category=text(row.get("category")).lower(),
        named=not numbered,
        header=text(head.get("text")),
        file=shown.lower() if shown in FILES else "",
        body=body,
        footer=text(parts.get("FOOTER", {}).get("text")),
        buttons=tuple(
            Button(words=text(one.get("text")), url=text(one.get("url")))
            for one in tables(parts.get("BUTTONS", {}).get("buttons"))
        ),
    )


def by_language(templates: Iterable[Template]) -> dict[str, tuple[str, ...]]:
    """List the names of templates by language, as `Spec.templates` wants them."""
    names: dict[str, list[str]] = {}
    for one in templates:
        names.setdefault(one.language, []).append(one.name)
    return {language: tuple(sorted(found)) for language, found in sorted(names.items())}


def words(template: Template) -> str:
    """Write what a template says, its places named as `components` takes them, for `Spec.template_words`."""
    head = template.header if template.named else VARIABLE.sub(rf"{{{{{HEADER}\1}}}}", template.header)
    lines = [head, template.body, template.footer, *(f"[{button.words}]" for button in template.buttons)]
    return "\n".join(line for line in lines if line)


def preview(template: Template, variables: Variables) -> str:
    """Write what the customer will read; a variable that is not known stays as it stands in the template."""
    body = _names(template.body)
    lines = [
        _filled(template.header, _head_values(template, variables)),
        _filled(template.body, _body_values(body, variables)),
        template.footer,
        *(f"[{button.words}]" for button in template.buttons),
    ]
    return "\n".join(line for line in lines if line)


def components(template: Template | None, variables: Variables, file: Json | None = None) -> list[Json]:
    """Make the parts that fill a template; *file* is its head's, as an object of the API.

    A variable called `header.NAME` is the head's and `button.N` the N-th button's, from 0; all others are
    the body's. Where the *template* is not known, numbers are filled in order and names by name. Raises
    Refused for one that is missing.
    """
    if template is None:
        return _unseen(variables)
    parts: list[Json] = []
    if template.file:
        if file is None:
            lacks = f"The template {template.name} begins with a file: {template.file}. Add one."
            raise Refused(lacks, code=INCOMPLETE)
        parts.append({"type": "header", "parameters": [{"type": template.file, template.file: file}]})
    elif wanted := _names(template.header):
        parts.append(_part("header", wanted, _head_values(template, variables), template))
    if wanted := _names(template.body):
        parts.append(_part("body", wanted, _body_values(wanted, variables), template))
    for index, button in enumerate(template.buttons):
        if _names(button.url):
            values = {"1": variables.get(f"{BUTTON}{index}", "")}
            parts.append(_button(index, _known("1", values, template, f"{BUTTON}{index}")))
    return parts


def _unseen(variables: Variables) -> list[Json]:
    """Fill a template that was never seen, by the names of its variables alone."""
    heads = {n.removeprefix(HEADER): v for n, v in variables.items() if n.startswith(HEADER)}
    parts: list[Json] = []
    for kind, values in (("header", heads), ("body", _own(variables))):
        if values:
            names = sorted(values, key=int) if all(n.isdecimal() for n in values) else list(values)
            parts.append({"type": kind, "parameters": [_parameter(n, values[n]) for n in names]})
    buttons = [(n.removeprefix(BUTTON), v) for n, v in variables.items() if n.startswith(BUTTON)]
    return [*parts, *(_button(int(n), v) for n, v in sorted(buttons) if n.isdecimal())]


def _names(words: str) -> list[str]:
    """List the variables of *words* in order, each once; numbers in their own order."""
    found = list(dict.fromkeys(VARIABLE.findall(words)))
    return sorted(found, key=int) if all(name.isdecimal() for name in found) else found


def _own(variables: Variables) -> dict[str, str]:
    return {n: v for n, v in variables.items() if not n.startswith((HEADER, BUTTON))}


def _body_values(wanted: list[str], variables: Variables) -> Variables:
    """Give the body's variables; where it counts and they have names, in the order in which they came."""
    own = _own(variables)
    counted = all(name.isdecimal() for name in wanted)
    if counted and not any(name.isdecimal() for name in own):
        return {str(number): value for number, value in enumerate(own.values(), 1)}
    return own


def _head_values(template: Template, variables: Variables) -> Variables:
    """Give the head's variables; by name they may be the body's as well."""
    heads = {n.removeprefix(HEADER): v for n, v in variables.items() if n.startswith(HEADER)}
    return {**_own(variables), **heads} if template.named else heads


def _filled(words: str, values: Variables) -> str:
    return VARIABLE.sub(lambda found: _tidy(values.get(found[1], "")) or found[0], words)


def _part(kind: str, wanted: list[str], values: Variables, template: Template) -> Json:
    shown = [_parameter(name, _known(name, values, template)) for name in wanted]
    return {"type": kind, "parameters": shown}


def _known(name: str, values: Variables, template: Template, called: str = "") -> str:
    value = _tidy(values.get(name, ""))
    if not value:
        lacks = f"The template {template.name} needs {called or name}, which is not known here."
        raise Refused(lacks, code=INCOMPLETE)
    return value


def _parameter(name: str, value: str) -> Json:
    named: Json = {} if name.isdecimal() else {"parameter_name": name}
    return {"type": "text", **named, "text": _tidy(value)}


def _button(index: int, value: str) -> Json:
    shown: list[Any] = [{"type": "text", "text": _tidy(value)}]
    return {"type": "button", "sub_type": "url", "index": str(index), "parameters": shown}


def _tidy(value: str) -> str:
    """Make one line of a value: WhatsApp takes no line breaks, tabs or rows of spaces in it."""
    return " ".join(value.split())
