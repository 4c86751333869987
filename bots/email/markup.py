"""A mail's HTML as text in the house's marks: cleaned first, and never shown as HTML."""

import re
from collections import Counter
from html import unescape
from typing import Final

import nh3

from bots.marks import from_html

LONGEST: Final = 200_000
"""Characters of HTML that are read; what a person wrote stands at the beginning."""
DEEPEST: Final = 250
"""Elements in one another; cleaning takes the square of it, and no person writes so."""
KEPT: Final = frozenset(
    {"a", "b", "blockquote", "br", "code", "del", "div", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i"}
    | {
        "li",
        "ol",
        "p",
        "pre",
        "s",
        "span",
        "strike",
        "strong",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "ul",
    }
)
EMPTIED: Final = frozenset({"script", "style", "title", "template", "noscript"})
BODY: Final = re.compile(r"<body[\s>]", re.IGNORECASE)
TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
ALONE: Final = frozenset(
    {
        "area",
        "base",
        "br",
        "col",
        "dd",
        "dt",
        "embed",
        "hr",
        "img",
        "input",
        "li",
        "link",
        "meta",
        "option",
        "p",
    }
    | {"param", "source", "tbody", "td", "tfoot", "th", "thead", "tr", "wbr"}
)
"""Elements that need not be closed."""


def text_of(html: str) -> str:
    """Give *html* as text: quoted blocks marked with >, links beside their words."""
    body = BODY.search(html)  # before it Outlook puts a hundred kilobytes of styles
    html = html[body.start() if body else 0 :][:LONGEST]
    if _depth(html) > DEEPEST:
        return unescape(re.sub(r"<[^<>]*>", " ", html)).strip()
    clean = nh3.clean(
        html,
        tags=set(KEPT),
        clean_content_tags=set(EMPTIED),
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
    )
    return from_html(clean)


def _depth(html: str) -> int:
    """Count how deep elements stand in one another, at most; what closes nothing counts for nothing."""
    open_ones: Counter[str] = Counter()
    depth = deepest = 0
    for closing, written in TAG.findall(html):
        name = written.lower()
        if closing and open_ones[name]:
            open_ones[name] -= 1
            depth -= 1
        elif not closing and name not in ALONE:
            open_ones[name] += 1
            depth += 1
            deepest = max(deepest, depth)
    return deepest
