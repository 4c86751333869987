"""Content templates of a Twilio account: what they are called, what they need, and how they are sent.

Source: https://www.twilio.com/docs/content/content-api-resources
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from twilio.rest import Client  # type: ignore[import-untyped]

from bots.errors import Refused
from bots.json_body import tables, text
from bots.twilio_client import CALL_ERRORS, translated
from bots.twilio_codes import Codes

SID: Final = re.compile(r"HX[0-9a-fA-F]{32}")
PLACE: Final = re.compile(r"\{\{\s*(\w+)\s*\}\}")
NAME: Final = re.compile(r"[a-z][a-z_]*")
PARTS: Final = ("header_text", "title", "body", "subtitle", "footer")
MOST: Final = 6_000
"""Templates: WhatsApp lets an account have no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """One template; *variables* are its placeholders, each with the example it was approved with.

    *words* are what customers read, with its placeholders in them.
    """

    sid: str
    name: str = ""
    language: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)
    words: str = ""


async def approved(client: Client, codes: Codes) -> list[Content]:
    """Ask for the templates that WhatsApp approved; raises a ChannelError."""
    try:
        entries = await client.content.v1.content_and_approvals.stream_async(page_size=500, limit=MOST)
        return [_content(entry) async for entry in entries if _is_approved(entry)]
    except CALL_ERRORS as error:
        raise translated(error, codes, harmless=True) from error


def written(templates: Mapping[str, Mapping[str, str]]) -> list[Content]:
    """Make the templates that the settings name, by language and name."""
    return [
        Content(sid=sid, name=name, language=language)
        for language, named in templates.items()
        for name, sid in named.items()
    ]


def by_language(contents: Iterable[Content]) -> dict[str, tuple[str, ...]]:
    """List the names of templates by language, as `Spec.templates` wants them."""
    found: dict[str, tuple[str, ...]] = {}
    for one in contents:
        found[one.language] = tuple(dict.fromkeys((*found.get(one.language, ()), one.name)))
    return found


def chosen(contents: Iterable[Content], template: str, language: str) -> Content:
    """Find the template of that name and language; an identifier (HX…) needs neither. Raises Refused."""
    known = list(contents)
    for one in known:
        if template == one.sid or (template == one.name and _tag(language) == _tag(one.language)):
            return one
    if SID.fullmatch(template):
        return Content(sid=template)
    raise Refused(f"Twilio has no approved template {template!r} in the language {language!r}.", code="63027")


def content_fields(content: Content, variables: Mapping[str, str]) -> dict[str, Any]:
    """Name the parameters of a call that sends *content*; raises Refused where a value is missing.

    A placeholder is filled by the variable of its name; a numbered one by that which its example names:
    {{1}} with the example first_name takes first_name.
    """
    values = dict(variables)
    if content.variables:
        values = {
            key: variables.get(key) or variables.get(example) or ""
            for key, example in content.variables.items()
        }
    empty = sorted(key for key, value in values.items() if not value.strip())
    if empty:
        raise Refused(f"The template {content.name} lacks a value for {', '.join(empty)}.", code="21656")
    fields: dict[str, Any] = {"content_sid": content.sid}
    if values:
        fields["content_variables"] = json.dumps(values, ensure_ascii=False)
    return fields


def _content(entry: Any) -> Content:
    variables = entry.variables if isinstance(entry.variables, dict) else {}
    return Content(
        sid=str(entry.sid or ""),
        name=str(entry.friendly_name or ""),
        language=str(entry.language or ""),
        variables={str(key): str(value) for key, value in variables.items()},
        words=_words(entry.types if isinstance(entry.types, dict) else {}, variables),
    )


def _words(types: Mapping[str, Any], variables: Mapping[str, Any]) -> str:
    """Write what a template says: of its forms the first, which is the richest, with its buttons.

    A placeholder whose example is a word of letters bears that: {{1:first_name}}.
    """
    said = next((one for one in types.values() if isinstance(one, dict)), {})
    titles = [text(action.get("title")) for action in tables(said.get("actions"))]
    shown = [*(text(said.get(name)) for name in PARTS), *(f"[{title}]" for title in titles if title)]
    return PLACE.sub(lambda found: _place(found[1], variables), "\n".join(filter(None, shown)))


def _place(key: str, variables: Mapping[str, Any]) -> str:
    name = str(variables.get(key, ""))
    return f"{{{{{key}:{name}}}}}" if NAME.fullmatch(name) and name != key else f"{{{{{key}}}}}"


def by_name(contents: Iterable[Content]) -> dict[tuple[str, str], str]:
    """List what templates say by language and name, as `Spec.template_words` wants it; the first wins."""
    said: dict[tuple[str, str], str] = {}
    for one in contents:
        said.setdefault((one.language, one.name), one.words)
    return said


def _is_approved(entry: Any) -> bool:
    asked = entry.approval_requests if isinstance(entry.approval_requests, dict) else {}
    return asked.get("status") == "approved" and bool(entry.sid and entry.friendly_name)


def _tag(language: str) -> str:
    return language.replace("_", "-").casefold()
