"""Slack's text as the house's marks, and back: the signs are the same, links, names and `&` are not.

Source: https://docs.slack.dev/messaging/formatting-message-text, "Parsing text".
"""

import re
from typing import Final

from bots.slackconnect.spec import EMOJI

TOKEN: Final = re.compile(r"<([^<>]+)>")
SHORTCODE: Final = re.compile(r":([a-z0-9_+-]+):(?::skin-tone-[2-6]:)?")
PLAIN_LINKS: Final = ("http://", "https://", "mailto:", "tel:")


def heard(text: str) -> str:
    """Read what Slack sent: links, mentions and emoji as people see them, `&amp;` as `&`."""
    if "<" in text:
        text = TOKEN.sub(_token, text)
    if ":" in text:
        text = SHORTCODE.sub(lambda found: EMOJI.get(found[1], found[0]), text)
    return _unescaped(text) if "&" in text else text


def said(text: str) -> str:
    """Write for Slack: a customer's or agent's `<!channel>` rings at nobody."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def emoji(name: str) -> str:
    """Give the emoji that Slack calls *name*, else the name between colons."""
    return EMOJI.get(name.partition("::")[0], f":{name}:" if name else "")


def name_of(sign: str) -> str:
    """Give Slack's name of an emoji, empty where we know none."""
    return next((name for name, known in EMOJI.items() if known == sign), "")


def _token(found: "re.Match[str]") -> str:
    target, _, label = found[1].partition("|")
    match target[:1]:
        case "@":
            return f"@{label or target[1:]}"
        case "#":
            return f"#{label or target[1:]}"
        case "!":
            return _special(target[1:], label)
        case _:
            return _link(target, label)


def _special(target: str, label: str) -> str:
    word = target.partition("^")[0]
    if word == "date":
        return label
    if word == "subteam":
        return label if label.startswith("@") else f"@{label or 'group'}"
    return f"@{label or word}"


def _link(target: str, label: str) -> str:
    """Write a link as its label and address, once where they are the same."""
    bare = target.removeprefix("mailto:").removeprefix("tel:")
    if not target.startswith(PLAIN_LINKS) and not label:
        return target
    if not label or label in (target, bare) or f"http://{label}" == target or f"https://{label}" == target:
        return bare
    return f"{label} ({bare})"


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
