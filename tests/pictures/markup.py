"""Slack's mrkdwn and instants as HTML: https://docs.slack.dev/messaging/formatting-message-text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from inbox.desk.slack.words import from_markup, unescape

_BREAK = Markup("<br>")
_TOKEN = re.compile(r"\{(\w+)\}")
_INLINE = re.compile(
    r"(?P<code>`[^`\n]+`)"
    r"|<(?P<entity>[^<>\n]+)>"
    r"|(?<![\w*])\*(?P<b>\S(?:[^*\n]*\S)?)\*(?![\w*])"
    r"|(?<![\w_])_(?P<i>\S(?:[^_\n]*\S)?)_(?![\w_])"
    r"|(?<![\w~])~(?P<s>\S(?:[^~\n]*\S)?)~(?![\w~])"
    r"|(?P<emoji>:[a-z0-9_+\-]+:)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who looks: their clock, the names of people and of Slack channels by id, and files by theirs."""

    now: datetime
    zone: str = "Europe/Lisbon"
    people: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)


def mrkdwn(text: str, reader: Reader) -> Markup:
    """Draw mrkdwn: quotes by line, code, bold, italic, struck, links, mentions, dates, emoji."""
    parts: list[Markup] = []
    quoted: list[Markup] = []
    for line in [*text.split("\n"), None]:
        if line is not None and line.startswith((">", "&gt;")):
            quoted.append(_inline(line.removeprefix("&gt;").removeprefix(">").lstrip(), reader))
            continue
        if quoted:
            parts.append(Markup("<blockquote>{}</blockquote>").format(_BREAK.join(quoted)))
            quoted = []
        if line is not None:
            loose = parts and not parts[-1].endswith("</blockquote>")
            parts.append((_BREAK if loose else Markup("")) + _inline(line, reader))
    return Markup("").join(parts)


def plain(text: str) -> Markup:
    """Draw text that is not markup; only its lines and emoji names mean something."""
    return _BREAK.join(escape(from_markup(line, str) if _named(line) else line) for line in text.split("\n"))


def _named(line: str) -> bool:
    """Whether a line holds an emoji by name and nothing that could be taken for markup."""
    return re.search(r":[a-z0-9_+\-]+:", line) is not None and not re.search(r"[<>*_~`&]", line)


def _inline(text: str, reader: Reader) -> Markup:
    parts, at = [], 0
    for found in _INLINE.finditer(text):
        parts.append(escape(unescape(text[at : found.start()])))
        parts.append(_styled(found, reader))
        at = found.end()
    return Markup("").join([*parts, escape(unescape(text[at:]))])


def _styled(found: re.Match[str], reader: Reader) -> Markup:
    kind, inside = next((name, text) for name, text in found.groupdict().items() if text)
    match kind:
        case "code":
            return Markup("<code>{}</code>").format(unescape(inside.strip("`")))
        case "entity":
            return _entity(inside, reader)
        case "emoji":
            return escape(from_markup(inside, str))
        case _:
            return Markup(f"<{kind}>{{}}</{kind}>").format(_inline(inside, reader))


def _entity(inside: str, reader: Reader) -> Markup:
    target, _, label = inside.partition("|")
    match target[:1]:
        case "@":
            return mention("@" + reader.people.get(target[1:], label or target[1:]))
        case "#":
            return mention("#" + reader.channels.get(target[1:], label or target[1:]))
        case "!" if target.startswith("!date^"):
            _, stamp, form, *_ = target.split("^")
            return escape(instant(int(stamp), form, reader))
        case "!":
            return mention("@" + target[1:].partition("^")[0])
        case _:
            return link(unescape(target), unescape(label))


def mention(name: str) -> Markup:
    """Draw somebody or some Slack channel that is named."""
    return Markup('<span class="mention">{}</span>').format(name)


def link(address: str, label: str = "") -> Markup:
    """Draw a link."""
    shown = label or address.removeprefix("mailto:").removeprefix("tel:")
    return Markup('<a href="#">{}</a>').format(shown)


def instant(stamp: int, form: str, reader: Reader) -> str:
    """Write an instant as Slack would for this reader, who has a clock of 24 hours."""
    at = datetime.fromtimestamp(stamp, UTC).astimezone(ZoneInfo(reader.zone))
    return _TOKEN.sub(lambda token: _part(token[1], at, reader), form)


def _part(token: str, at: datetime, reader: Reader) -> str:
    away = at.date() - reader.now.astimezone(at.tzinfo).date()
    near = {timedelta(days=-1): "Yesterday", timedelta(0): "Today", timedelta(days=1): "Tomorrow"}
    match token:
        case "time":
            return f"{at:%H:%M}"
        case "time_secs":
            return f"{at:%H:%M:%S}"
        case "date_num":
            return f"{at:%Y-%m-%d}"
        case "date_short" | "date_short_pretty":
            usual = f"{at:%b} {at.day}, {at.year}"
        case "date_long" | "date_long_pretty":
            usual = f"{at:%A, %B} {at.day}, {at.year}"
        case _:
            usual = f"{at:%B} {at.day}, {at.year}"
    return near.get(away, usual) if token.endswith("pretty") else usual
