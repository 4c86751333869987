"""Words with the house's marks on a page: escaped, and formatted."""

from typing import Final

from markupsafe import Markup

from bots.marks import plain, runs, to_html

Runs = list[tuple[str, str]]


def shown(text: str) -> Markup:
    """Format *text*; everything that somebody wrote in it is escaped."""
    return Markup(to_html(text))  # noqa: S704 - to_html escapes every word


FILTERS: Final = {"shown": shown, "plain": plain}
"""For templates: `shown` formats, `plain` takes the marks out, for a line that is cut."""


def told(text: str) -> Runs:
    """Tell a page's script how *text* is formatted: words with what they are, outer kind first."""
    return [(words, " ".join(kinds)) for words, kinds in runs(text)]
