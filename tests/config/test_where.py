"""Every key is found on its line, whatever shape of TOML it is written in."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.where import SHIPPED, file_of, line_of

TEXT = """\
# a comment with [brackets] = "and quotes"
business = "Tidings"

note = \"\"\"
[not.a.table]
port = 1
\"\"\"
server.port = 8080
[channels.webchat]
origins = [
  "https://one.example",  # first
  "https://two.example",
]

[[teams]]
key = "support"
[[teams]]
  key = "sales"   # indented
  hours = { monday = "9-17", friday = { till = 14 } }
[teams.more]
"quoted key" = 1
[channels."sh op"]
kind = "sms"
"""


@pytest.mark.parametrize(
    ("place", "line"),
    [
        pytest.param(("business",), 2, id="a key"),
        pytest.param(("note",), 4, id="a text over several lines begins on its first"),
        pytest.param(("not", "a", "table"), 0, id="a table inside a text is none"),
        pytest.param(("port",), 0, id="a key inside a text is none"),
        pytest.param(("server", "port"), 8, id="a dotted key"),
        pytest.param(("channels", "webchat"), 9, id="a table"),
        pytest.param(("channels", "webchat", "origins", 1), 10, id="a value inside an array"),
        pytest.param(("channels", "webchat", "missing"), 9, id="a key that is not there: its table"),
        pytest.param(("channels",), 9, id="a table that only its children write"),
        pytest.param(("teams", 0, "key"), 16, id="the first of an array of tables"),
        pytest.param(("teams", 1, "key"), 18, id="the second of an array of tables"),
        pytest.param(("teams", 1, "hours", "friday", "till"), 19, id="a key of an inline table"),
        pytest.param(("teams", 1, "more", "quoted key"), 21, id="a table of the last of an array"),
        pytest.param(("channels", "sh op", "kind"), 23, id="a quoted table"),
        pytest.param(("nowhere",), 0, id="nothing near"),
        pytest.param((), 0, id="the whole file"),
    ],
)
def test_a_place_is_found_on_its_line(place: tuple[str | int, ...], line: int) -> None:
    tomllib.loads(TEXT)
    assert line_of(TEXT, place) == line


VALUES = st.one_of(
    st.integers(0, 9).map(str),
    st.sampled_from(['"text"', '"""\nlong\n[x]\n"""', "[\n1,\n2]", "{ a = 1 }", "'''\nx = 1'''"]),
)


@given(st.lists(VALUES, min_size=1, max_size=8), st.integers(0, 3))
def test_keys_are_found_after_values_of_any_length(values: list[str], blanks: int) -> None:
    text, lines = "", []
    for number, value in enumerate(values):
        text += "\n" * blanks
        lines.append(text.count("\n") + 1)
        text += f"k{number} = {value}\n"
    assert [line_of(text, (f"k{number}",)) for number in range(len(values))] == lines


def test_every_key_of_the_shipped_file_is_found() -> None:
    text = SHIPPED.read_text()
    lines = text.splitlines()
    for place in _tables(tomllib.loads(text)):
        assert str(place[-1]) in lines[line_of(text, place) - 1]


def _tables(value: dict[str, Any], above: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = []
    for name, inner in value.items():
        found.append((*above, name))
        if isinstance(inner, dict):
            found += _tables(inner, (*above, name))
    return found


def test_the_option_wins_over_the_environment_over_the_folder_over_the_shipped(tmp_path: Path) -> None:
    env = {"TIDINGS_CONFIG": "/etc/tidings.toml"}
    assert file_of(None, {}, tmp_path) == SHIPPED
    (tmp_path / "tidings.toml").touch()
    assert file_of(None, {}, tmp_path) == tmp_path / "tidings.toml"
    assert file_of(None, env, tmp_path) == Path("/etc/tidings.toml")
    assert file_of(Path("mine.toml"), env, tmp_path) == Path("mine.toml")
