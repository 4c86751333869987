"""A mail's HTML as text in the house's marks: cleaned first, and never shown as HTML."""

from typing import Final

import nh3

from bots.marks import from_html

LONGEST: Final = 300_000
"""Characters of HTML that are read; what a person wrote stands at the beginning."""
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
EMPTIED: Final = frozenset({"script", "style", "title", "template", "noscript", "svg", "math"})


def text_of(html: str) -> str:
    """Give *html* as text: quoted blocks marked with >, links beside their words."""
    clean = nh3.clean(
        html[:LONGEST],
        tags=set(KEPT),
        clean_content_tags=set(EMPTIED),
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
    )
    return from_html(clean)
