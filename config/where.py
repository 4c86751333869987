"""Where the configuration is, and on which line of it a key stands."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

SHIPPED = Path(__file__).with_name("default.toml")

Key = str | int
Place = tuple[Key, ...]


def file_of(asked: Path | None, env: Mapping[str, str], folder: Path) -> Path:
    """Choose the configuration: *asked*, else TIDINGS_CONFIG, else tidings.toml in *folder*, else ours."""
    if asked is not None:
        return asked
    if named := env.get("TIDINGS_CONFIG"):
        return Path(named)
    own = folder / "tidings.toml"
    return own if own.is_file() else SHIPPED


def line_of(text: str, place: Sequence[Key]) -> int:
    """Find the line, from 1, where *place* is written in valid TOML *text*.

    A key that is not there gives the line of the nearest table that is; nothing near gives 0.
    """
    wanted, best, best_line = tuple(place), 0, 0
    for written, line in _written(text):
        if len(written) > best and wanted[: len(written)] == written:
            best, best_line = len(written), line
    return best_line


@lru_cache(maxsize=4)
def _written(text: str) -> tuple[tuple[Place, int], ...]:
    """List the statements once for all the mistakes of a file: reading them is slow."""
    return tuple(_statements(text))


def _statements(text: str) -> Iterator[tuple[Place, int]]:
    """Yield every place that the text writes, with the line where its statement begins."""
    table: Place = ()
    counts: dict[Place, int] = {}
    for statement, line in _split(text):
        value = tomllib.loads(statement)
        if not statement.lstrip().startswith("["):
            for place in _leaves(value):
                yield (*table, *place), line
            continue
        names = _header(value)
        table = _resolve(names, counts, new=statement.lstrip().startswith("[["))
        for length in range(1, len(table) + 1):
            yield table[:length], line


def _split(text: str) -> Iterator[tuple[str, int]]:
    """Cut TOML into its statements: lines are gathered until they parse by themselves."""
    gathered, begun = "", 1
    for number, line in enumerate(text.splitlines(), 1):
        if not gathered:
            begun = number
        gathered += line + "\n"
        if _parses(gathered):
            if line.strip() and not (gathered == line + "\n" and line.lstrip().startswith("#")):
                yield gathered, begun
            gathered = ""


def _parses(statement: str) -> bool:
    try:
        tomllib.loads(statement)
    except tomllib.TOMLDecodeError:
        return False
    return True


def _header(value: Any) -> tuple[str, ...]:
    """Read the dotted names of a table's header from what it parses to."""
    names: list[str] = []
    while isinstance(value, dict) and value:
        name, value = next(iter(value.items()))
        names.append(name)
        value = value[0] if isinstance(value, list) else value
    return tuple(names)


def _resolve(names: tuple[str, ...], counts: dict[Place, int], *, new: bool) -> Place:
    """Turn header names into a place: a name of an array of tables means its last table."""
    place: Place = ()
    for position, name in enumerate(names, 1):
        place = (*place, name)
        if new and position == len(names):
            counts[place] = counts.get(place, 0) + 1
        if place in counts:
            place = (*place, counts[place] - 1)
    return place


def _leaves(value: Mapping[str, Any]) -> Iterator[Place]:
    for name, inner in value.items():
        yield (name,)
        if isinstance(inner, dict):
            yield from ((name, *deeper) for deeper in _leaves(inner))
