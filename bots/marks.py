"""The house's marks: `*bold*`, `_italic_`, `~struck~`, `` `code` ``, ```` ```blocks``` ````.

Channels give what customers wrote in these marks and translate what agents write from them. A text whose
formatting a channel tells by offsets goes through `spans` and `marked`; those of HTML and Markdown have a
function for each way.
"""

from bots.marked import marked
from bots.marks_html import from_html, to_html
from bots.marks_markdown import from_markdown, to_markdown
from bots.runs import runs
from bots.spans import Kind, Span, spans

__all__ = (
    "Kind",
    "Span",
    "from_html",
    "from_markdown",
    "marked",
    "parse",
    "plain",
    "runs",
    "spans",
    "to_html",
    "to_markdown",
)


def plain(text: str) -> str:
    """Take the marks out of *text*."""
    return spans(text)[0]


def parse(text: str) -> list[Span]:
    """Find the spans of *text*, by the code points of its plain words."""
    return spans(text)[1]
