"""Real hooks, spoiled with knowledge of their shape: keys dropped, doubled, of another kind, and worse."""

import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Any
from urllib.parse import parse_qsl, quote_plus

Path = tuple[str | int, ...]

TEXTS = (
    "",
    " ",
    "\x00",
    "a\x00b",
    "\ud800",
    "\udfff\ud800",
    "\u202eb\u2066a",
    "x" * 70_000,
    "e\u0301" * 900,
    "<!channel> <script>",
    "'; DROP TABLE messages; --",
    "1e400",
    "-0",
    "0x10",
    "１２",
    "null",
    "2026-02-30T25:61:61Z",
    "../../etc/passwd",
    "http://[::1",
    "mailto:" + "a" * 3_000,
)
NUMBERS: tuple[Any, ...] = (
    0, -1, 2**31, 2**53 + 1, 2**63, -(2**63) - 1, 10**400, 1e308, -1e-400, float("nan"), float("inf"),
)  # fmt: skip
OTHERS: tuple[Any, ...] = (None, True, False, [], {}, [[]], [None], {"": ""}, {"id": {}})
DEEP = 3_000
PARTS = b"Content-Type: multipart/mixed; boundary=x"


def hostile(random: Random) -> Any:
    """Draw a value that nobody expects."""
    return random.choice(random.choice((TEXTS, NUMBERS, OTHERS)))


def _paths(value: Any, path: Path = ()) -> Iterator[Path]:
    if path:
        yield path
    inner: Any = ()
    if isinstance(value, dict):
        inner = value.items()
    elif isinstance(value, list):
        inner = enumerate(value)
    for key, each in inner:
        yield from _paths(each, (*path, key))


def _holder(value: Any, path: Path) -> Any:
    for key in path[:-1]:
        value = value[key]
    return value


def _drop(whole: Any, path: Path, random: Random) -> None:
    del _holder(whole, path)[path[-1]]


def _replace(whole: Any, path: Path, random: Random) -> None:
    _holder(whole, path)[path[-1]] = hostile(random)


def _wrap(whole: Any, path: Path, random: Random) -> None:
    holder = _holder(whole, path)
    inner = holder[path[-1]]
    holder[path[-1]] = random.choice(([inner], {"value": inner}, [inner, inner], {str(path[-1]): inner}))


def _swell(whole: Any, path: Path, random: Random) -> None:
    """Repeat what stands in a list, or put a key more beside it."""
    holder = _holder(whole, path)
    if isinstance(holder, list):
        holder.extend([holder[0]] * random.choice((1, 30)))
    else:
        holder[random.choice(("type", "id", "text", "\x00", "\ud800", "__proto__"))] = hostile(random)


def _swap(whole: Any, path: Path, random: Random) -> None:
    """Put something of the same hook in its place."""
    other = random.choice([*_paths(whole)])
    found = _holder(whole, other)[other[-1]]
    if path[: len(other)] != other:
        _holder(whole, path)[path[-1]] = json.loads(json.dumps(found))


CHANGES: tuple[Callable[[Any, Path, Random], None], ...] = (_drop, _replace, _replace, _wrap, _swell, _swap)


def of_json(body: bytes, random: Random) -> bytes:
    """Change one to three places of a body of JSON."""
    whole = json.loads(body)
    for _ in range(random.randint(1, 3)):
        if paths := [*_paths(whole)]:
            random.choice(CHANGES)(whole, random.choice(paths), random)
    text = json.dumps(whole, ensure_ascii=random.random() < 0.7)
    match random.randrange(12):
        case 0:
            text = text.replace('"id":', f'"id": {"[" * DEEP}{"]" * DEEP}, "id":', 1)
        case 1:
            text = text.replace(":", ': 1, "id": ', 1)
        case 2:
            text = text.replace('"', "'", 2)
    return text.encode("utf-8", random.choice(("surrogatepass", "replace")))


def of_form(body: bytes, random: Random) -> bytes:
    """Change one to three fields of a form."""
    fields = parse_qsl(body.decode(), keep_blank_values=True)
    for _ in range(random.randint(1, 3)):
        at = random.randrange(len(fields)) if fields else 0
        name, value = fields[at] if fields else ("Body", "x")
        told = hostile(random)
        words = told if isinstance(told, str) else str(told)
        fields[at : at + 1] = random.choice(
            ([], [(name, words)], [(name, words)], [(name, value), (name, words)], [(name + "[]", value)])
        )
    parts = [f"{quote_plus(name, errors='replace')}={_quoted(value, random)}" for name, value in fields]
    return random.choice(("&", "&", "&&", ";")).join(parts).encode()


def _quoted(value: str, random: Random) -> str:
    return random.choice((quote_plus(value.encode("utf-8", "surrogatepass")), "%ff%00%", "%ud800"))


def of_bytes(body: bytes, random: Random) -> bytes:
    """Cut, or write over, somewhere."""
    at = random.randrange(len(body) + 1)
    junk = random.choice((b"", b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"[" * DEEP, b"\r\n\r\n", b'"'))
    return body[:at] + junk + (b"" if random.random() < 0.5 else body[at + len(junk) :])


def spoiled(body: bytes, random: Random) -> bytes:
    """Change a body as its shape allows; one in six by its bytes alone."""
    if random.random() < 1 / 6:
        return of_bytes(body, random)
    if body[:1] in (b"{", b"["):
        return of_json(body, random)
    return of_form(body, random) if b"\n" not in body else _of_lines(body, random)


def _of_lines(body: bytes, random: Random) -> bytes:
    """Change lines of a mail."""
    lines = body.split(b"\n")
    for _ in range(random.randint(1, 3)):
        at = random.randrange(len(lines))
        told = hostile(random)
        words = (told if isinstance(told, str) else str(told)).encode("utf-8", "surrogatepass")
        head, colon, _ = lines[at].partition(b":")
        lines[at : at + 1] = random.choice(
            (
                [],
                [lines[at]] * 3,
                [words],
                [head + colon + b" " + words],
                [lines[at], b"Content-Type: multipart/mixed; boundary=x"],
            )
        )
    return b"\n".join(lines)
