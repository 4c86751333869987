"""The house's marks as HTML, and what is said in somebody's HTML in the house's marks."""

import re
from html import escape
from html.parser import HTMLParser
from typing import Final

from bots.marked import marked, woven
from bots.spans import Kind, Span, spans

TAGS: Final[dict[Kind, str]] = {
    "bold": "strong",
    "italic": "em",
    "struck": "s",
    "code": "code",
    "block": "pre",
}
_KINDS: Final[dict[str, Kind]] = {
    **{tag: kind for kind, tag in TAGS.items()},
    "b": "bold",
    "i": "italic",
    "del": "struck",
    "strike": "struck",
    "tt": "code",
    "kbd": "code",
    "samp": "code",
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6", "th"), "bold"),
}
_APART: Final = frozenset(("p", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6"))
_LINES: Final = _APART | frozenset(
    "div tr table ul ol li hr section article header footer address figure figcaption dl dt dd".split()  # noqa: SIM905
)
_SPACE: Final = re.compile(r"[ \t\n\r\f\xa0]+")
_NEWLINE: Final = re.compile(r"(\n)")
DEEPEST: Final = 5
"""Quotes in quotes that are told apart."""


def to_html(text: str, *, breaks: bool = False) -> str:
    """Write *text* as HTML: everything escaped, links left as words; with *breaks* each line ends in <br>."""
    plain, found = spans(text)
    blocks = [span for span in found if span.kind == "block"]
    starts, ends = {span.start for span in blocks}, {span.end for span in blocks}

    def words(start: int, end: int, code: bool) -> str:
        if not code:  # a block stands on lines of its own by itself
            start += start in ends and plain.startswith("\n", start, end)
            end -= end in starts and plain.endswith("\n", start, end)
        said = escape(plain[start:end])
        return said.replace("\n", "<br>\n") if breaks and not code else said

    return woven(plain, found, lambda span: (f"<{TAGS[span.kind]}>", f"</{TAGS[span.kind]}>"), words)


def from_html(html: str) -> str:
    """Read somebody's HTML: its words in the house's marks, a link's address after its words.

    nh3 makes it well formed first and takes scripts, styles and comments out, so that no mail can keep
    the reader long; quotes keep a ">" before each line, lists a "-".
    """
    import nh3  # an e-mail channel's alone: not loaded at start-up

    reader = _Reader()
    reader.feed(nh3.clean(html, link_rel=None, strip_comments=True))
    reader.close()
    return marked(*reader.done())


class _Reader(HTMLParser):
    """Collects words, spans and lines of HTML that is well formed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.length = 0
        self.newlines = 2  # at the end of what is there; two at the very start, so that none is put there
        self.bullet = ""
        self.spans: list[Span] = []
        self.open: dict[Kind, list[int]] = {}
        self.links: list[tuple[str, int]] = []
        self.quoted = self.kept_space = 0

    def done(self) -> tuple[str, list[Span]]:
        """Give the words and their spans."""
        return "".join(self.pieces).rstrip(), self.spans

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin what *tag* begins."""
        self.lines(tag)
        given = dict(attrs)
        match tag:
            case "br":
                self.put("\n")
            case "a":
                self.links.append((given.get("href") or "", len(self.pieces)))
            case "li":
                self.bullet = "- "
            case "td" | "th" if not self.newlines:
                self.put(" ")
            case "img":
                self.put(_SPACE.sub(" ", given.get("alt") or ""))
        self.quoted += tag == "blockquote"
        self.kept_space += tag == "pre"
        if kind := _KINDS.get(tag):
            self.open.setdefault(kind, []).append(self.length)

    def handle_endtag(self, tag: str) -> None:
        """End what *tag* ends; of two of one kind in one another only the outer one is a span."""
        if (kind := _KINDS.get(tag)) and (begun := self.open.get(kind)):
            start = begun.pop()
            if not begun:
                self.spans.append(Span(kind=kind, start=start, end=self.length))
        if tag == "a" and self.links:
            self.link(*self.links.pop())
        self.quoted -= tag == "blockquote"
        self.kept_space -= tag == "pre"
        self.lines(tag)

    def handle_data(self, data: str) -> None:
        """Take words; space counts once, but in what is laid out beforehand."""
        if self.kept_space:
            self.put(data)
            return
        said = _SPACE.sub(" ", data)
        after_space = self.newlines or (self.pieces and self.pieces[-1].endswith(" "))
        self.put(said.lstrip(" ") if after_space else said)

    def link(self, href: str, begun: int) -> None:
        """Write a link's address after its words, where they are not the address."""
        words, bare = "".join(self.pieces[begun:]).strip(), re.sub("^(?:mailto|tel):", "", href)
        if bare and bare.rstrip("/") not in (words.rstrip("/"), f"https://{words}", f"http://{words}"):
            self.put(f" ({bare})" if words else bare)

    def lines(self, tag: str) -> None:
        """Begin a line for a tag that stands on lines of its own, after an empty one for a paragraph."""
        wanted = 2 if tag in _APART else 1 if tag in _LINES else 0
        if not self.bullet:
            self.put("\n" * max(wanted - self.newlines, 0))

    def put(self, said: str) -> None:
        """Append words; those that begin a line come after its bullet and the signs of its quote."""
        for piece in _NEWLINE.split(said):
            if piece == "\n":
                self.newlines += 1
            elif piece:
                head = "> " * min(self.quoted, DEEPEST) if self.newlines else ""
                self.add(head + self.bullet)
                self.newlines, self.bullet = 0, ""
            self.add(piece)

    def add(self, piece: str) -> None:
        """Append *piece* as it is."""
        if piece:
            self.pieces.append(piece)
            self.length += len(piece)
