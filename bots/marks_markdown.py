"""The house's marks as Markdown, as Discord reads it, and Markdown in the house's marks."""

import re
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from bots.marked import marked, woven
from bots.spans import FENCE, TAIL, Kind, Span, blocks, spans

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_TAGS: Final[dict[Kind, tuple[str, str]]] = {
    "bold": ("**", "**"),
    "italic": ("_", "_"),
    "struck": ("~~", "~~"),
    "block": (f"{FENCE}\n", f"\n{FENCE}"),
}
_OPENS: Final[dict[str, Kind]] = {"strong": "bold", "em": "italic", "s": "struck"}
_ESCAPED: Final = re.compile(r"[\\*_~`|\[\]<]|^(?=-?#)", re.MULTILINE)
_LINK: Final = re.compile(r"(?<!\\)<https?://[^\s<>]+>|https?://[^\s<>\[\]|\\\ue000\ue001]+", re.IGNORECASE)
_LANGUAGE: Final = re.compile(r"[\w+#.-]+\n")
_HELD: Final = re.compile("\ue000(\\d+)\ue001")
_HOLDERS: Final = str.maketrans("\ue000\ue001", "\ufffd\ufffd")


def to_markdown(text: str) -> str:
    """Write *text* as Markdown in which nothing else is formatted; links stay bare."""
    plain, found = spans(text)

    def words(start: int, end: int, code: bool) -> str:
        return plain[start:end] if code else _escaped(plain[start:end])

    return woven(plain, found, lambda span: _tags(plain[span.start : span.end], span.kind), words)


def from_markdown(text: str) -> str:
    """Read Markdown: emphasis, strikes, code and named links; underlining has no mark, and is left out.

    Links are held back while it is read, so that no underscore in one is taken for emphasis.
    """
    held: list[str] = []

    def hold(match: re.Match[str]) -> str:
        named = match[0].startswith("<")
        bare = match[0][1:-1] if named else match[0].rstrip(TAIL)
        held.append(bare)
        return f"\ue000{len(held) - 1}\ue001{'' if named else match[0][len(bare) :]}"

    source = _LINK.sub(hold, text.translate(_HOLDERS))
    read = _Read(held)
    at = 0
    for block in blocks(source):
        read.inline(source[at : block.opened])
        read.block(source[block.opened + len(FENCE) : block.closed - len(FENCE)])
        at = block.closed
        if source[at : at + 1] not in ("", "\n"):
            read.put("\n")
    read.inline(source[at:])
    return marked("".join(read.pieces), read.spans)


def _tags(content: str, kind: Kind) -> tuple[str, str]:
    if kind == "code":  # more backticks than the code has itself
        return ("``", "``") if "`" in content else ("`", "`")
    return _TAGS[kind]


def _escaped(text: str) -> str:
    pieces, at = [], 0
    for match in _LINK.finditer(text):
        end = match.start() + len(match[0].rstrip(TAIL))
        pieces += [_ESCAPED.sub(r"\\\g<0>", text[at : match.start()]), text[match.start() : end]]
        at = end
    return "".join([*pieces, _ESCAPED.sub(r"\\\g<0>", text[at:])])


@cache
def _markdown() -> "MarkdownIt":
    from markdown_it import MarkdownIt  # Discord's alone: not loaded at start-up

    return MarkdownIt("zero").enable(["emphasis", "strikethrough", "escape", "backticks", "link", "autolink"])


class _Read:
    """Words and spans as they are read."""

    def __init__(self, held: list[str]) -> None:
        self.held = held
        self.pieces: list[str] = []
        self.length = 0
        self.spans: list[Span] = []

    def put(self, words: str, kinds: Iterable[Kind] = ()) -> None:
        """Append *words*, with the links that were held back, in *kinds*."""
        said = _HELD.sub(lambda match: self.held[int(match[1])], words)
        self.pieces.append(said)
        self.spans += [Span(kind=kind, start=self.length, end=self.length + len(said)) for kind in kinds]
        self.length += len(said)

    def block(self, content: str) -> None:
        """Append a block, on lines of its own and without the name of its language."""
        if self.pieces and not self.pieces[-1].endswith("\n"):
            self.put("\n")
        if language := _LANGUAGE.match(content):
            content = content[language.end() :]
        self.put(content.removeprefix("\n").removesuffix("\n"), ["block"])

    def inline(self, source: str) -> None:
        """Append what stands outside blocks."""
        inside: list[Kind] = []
        hrefs: list[tuple[str, int]] = []
        for token in _markdown().parseInline(source)[0].children or ():
            kind = None if token.markup == "__" else _OPENS.get(token.tag)
            if kind is not None and token.nesting == 1:
                inside.append(kind)
            elif kind is not None and token.nesting == -1:
                inside.remove(kind)
            elif token.type == "link_open":
                hrefs.append((unquote(str(token.attrs.get("href", ""))), len(self.pieces)))
            elif token.type == "link_close":
                self.link(*hrefs.pop(), inside)
            elif token.type == "hardbreak":  # a backslash at a line's end, as it was written
                self.put("\\\n", inside)
            elif token.content:
                code: list[Kind] = ["code"] if token.type == "code_inline" else []
                self.put(token.content, [*inside, *code])

    def link(self, href: str, begun: int, inside: Iterable[Kind]) -> None:
        """Write a link's address after its words, where they are not the address."""
        address = _HELD.sub(lambda match: self.held[int(match[1])], href)
        if address and address not in (
            "".join(self.pieces[begun:]),
            f"mailto:{''.join(self.pieces[begun:])}",
        ):
            self.put(f" ({address})", inside)
