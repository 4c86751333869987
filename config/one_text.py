"""One text of ours: a head in TOML with fallbacks, a line of three dashes, and the words."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from config.errors import Mistake, meant
from config.telling import VARIABLES
from config.where import line_of

PLAIN = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.If,
    nodes.Compare,
    nodes.And,
    nodes.Or,
    nodes.Not,
)
DASHES = re.compile(r"^---[ \t]*(?:\n|\Z)", re.MULTILINE)
LEFT_OVER = re.compile(r" [,.](?!\.)|  |^[,.!?]|\( *\)", re.MULTILINE)
OPT_OUT = re.compile(r"\b(STOP|PARAR|BAJA)\b")
SUBJECT = "subject"  # in the head: what stands above the words as a mail
LONGEST = 4000  # characters, a Telegram message
DEEPEST = 20  # ifs within ifs


@dataclass(frozen=True, slots=True, kw_only=True)
class OneText:
    """A text in one language; *kind* is the kind of channel it is for, empty for all.

    *fallbacks* stand in for values that are not known; *required* variables have none.
    *lets_stop* says that its own words tell how to stop. *title* is what stands above it as a mail;
    *order* are the variables of the words as they come, each once.
    """

    name: str
    language: str
    kind: str
    template: Template = field(repr=False)
    variables: frozenset[str]
    fallbacks: Mapping[str, str]
    required: frozenset[str]
    lets_stop: bool
    title: Template | None = field(default=None, repr=False)
    order: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The file it stands in or would, without its ending: birthday.pt.sms."""
        return ".".join(part for part in (self.name, self.language, self.kind) if part)


@lru_cache(maxsize=1024)  # the shipped texts are read again with every change of the touches
def text_of(written: str, *, name: str, language: str, kind: str = "", file: str, line: int = 0) -> OneText:
    """Read one text; raises Mistake, at *line* of *file* where the text is a line of another file."""
    written = written.removeprefix("\ufeff").replace("\r\n", "\n")
    head, body, above = _parted(written)

    def mistake(inner: int, what: str, remedy: str) -> Mistake:
        return Mistake(file=file, line=line or inner, what=what, remedy=remedy)

    if len(body) > LONGEST:
        raise mistake(above + 1, f"The text is longer than {LONGEST} characters.", "Make it shorter.")
    said = _head(head, mistake)
    subject, top = said.pop(SUBJECT, ""), line_of(head, (SUBJECT,)) - 1
    words, order = _template(body, said, above, mistake)
    title, more = _template(subject, said, top, mistake)
    text = OneText(
        name=name,
        language=language,
        kind=kind,
        template=words,
        variables=frozenset((*order, *more)),
        fallbacks={key: value for key, value in said.items() if isinstance(value, str)},
        required=frozenset(said.get("required", ())),
        lets_stop=bool(OPT_OUT.search(body)),
        title=title if subject else None,
        order=order,
    )
    _reads_well(text, words, above, mistake)
    if text.title is not None:
        _reads_well(text, text.title, top, mistake)
    return text


def _template(
    words: str, said: Mapping[str, Any], above: int, mistake: Any
) -> tuple[Template, tuple[str, ...]]:
    """Read words that are plain, and name their variables in order; raises Mistake."""
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    try:
        tree = environment.parse(words)
    except TemplateSyntaxError as error:
        raise mistake(
            error.lineno + above, f"The text cannot be read: {error.message}.", "Write {{ name }}."
        ) from error
    except RecursionError as error:
        raise mistake(above + 1, "The text is nested too deeply.", "Write it plainly.") from error
    order = tuple(dict.fromkeys(_named(tree, said, above, mistake)))
    return environment.from_string(tree), order


def _parted(written: str) -> tuple[str, str, int]:
    """Part the head from the words; the number says how many lines stand above the words."""
    found = DASHES.search(written)
    begin = found.end() if found else 0
    begin += len(written[begin:]) - len(written[begin:].lstrip())
    head = written[: found.start()] if found else ""
    return head, written[begin:].rstrip(), written[:begin].count("\n")


def _head(head: str, mistake: Any) -> dict[str, Any]:
    try:
        said = tomllib.loads(head)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        raise mistake(
            int(found[1]) if found else 1,
            "What stands above the --- is no list of fallbacks.",
            'Write one line for each variable, like name = "".',
        ) from error
    for key, value in said.items():
        line = line_of(head, (key,))
        if key == "required":
            if not isinstance(value, list) or not all(each in VARIABLES for each in value):
                raise mistake(line, "required names variables that are not known.", meant("", [*VARIABLES]))
        elif key == SUBJECT:
            if not isinstance(value, str) or not value.strip() or "\n" in value:
                raise mistake(line, "The subject is no line of words.", 'Write subject = "Your order".')
        elif key not in VARIABLES:
            raise mistake(line, f"There is no variable {key!r}.", meant(key, [*VARIABLES]))
        elif not isinstance(value, str):
            raise mistake(line, f"The fallback of {key} is no text.", f'Write {key} = "".')
    return said


def _named(tree: nodes.Template, said: Mapping[str, Any], above: int, mistake: Any) -> Iterator[str]:
    """Name the variables of a text that is plain; raises Mistake."""
    for node, depth in each_node(tree):
        line = (node.lineno or 1) + above
        if depth > DEEPEST or not is_plain(node):
            raise mistake(
                line,
                "Wording knows {{ name }}, {% if name %}…{% else %}…{% endif %} and "
                '{% if years == "1" %}, nothing else.',
                "Take the rest out; values to compare stand in quotes.",
            )
        if not isinstance(node, nodes.Name):
            continue
        if node.name not in VARIABLES:
            raise mistake(line, f"There is no variable {node.name!r}.", meant(node.name, [*VARIABLES]))
        if node.name != "business" and node.name not in said and node.name not in said.get("required", ()):
            raise mistake(
                line,
                f"{node.name} has no fallback.",
                f'Write {node.name} = "…" above a line ---, or required = ["{node.name}"] '
                "not to write to those of whom it is not known.",
            )
        yield node.name


def each_node(node: nodes.Node, depth: int = 0) -> Iterator[tuple[nodes.Node, int]]:
    """Yield a node and all below it, with how deep each stands."""
    yield node, depth
    for child in node.iter_child_nodes():
        yield from each_node(child, depth + 1)


def is_plain(node: nodes.Node) -> bool:
    """Say whether a node is of what a text may hold: words, variables, conditions, texts to compare with."""
    match node:
        case nodes.Const():
            return isinstance(node.value, str)
        case nodes.Operand():
            return node.op in ("eq", "ne")
        case _:
            return isinstance(node, PLAIN)


def _reads_well(text: OneText, words: Template, above: int, mistake: Any) -> None:
    """Refuse words that are empty, or leave a hole where some of the values are not known."""
    full = dict.fromkeys(text.variables, "x")
    empty = [name for name in sorted(text.variables) if text.fallbacks.get(name) == ""]
    whole = bool(LEFT_OVER.search(words.render(full)))
    for choice in product(("", "x"), repeat=min(len(empty), 6)):
        some = words.render(full | dict(zip(empty, choice, strict=False)))
        if not some.strip():
            raise mistake(above + 1, "The text is empty.", "Write what the customer reads.")
        if not whole and (hole := LEFT_OVER.search(some)):
            line = some[: hole.start()].count("\n")
            raise mistake(
                above + 1,
                f"Where a value is not known this reads {some.splitlines()[line]!r}.",
                "Put what belongs to a value with an empty fallback into {% if name %}…{% endif %}.",
            )
