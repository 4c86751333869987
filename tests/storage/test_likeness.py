"""People are found as their names are typed, on both databases alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import literal, select

from storage.database import Database
from storage.likeness import folded, like

NAMES = (
    "João Conceição",
    "Zoë Łukasz",
    "ΜΑΡΊΑ Ιωάννου",
    "Ёлкин",
    "佐藤 美咲",
    "رنا",
    "a]b[c*d?e-f_h%i",
    "O’Neill",
)


@pytest.mark.parametrize(
    ("name", "words", "found"),
    [
        pytest.param("João Conceição", "joao", True, id="without accents"),
        pytest.param("Joao Conceicao", "JOÃO", True, id="with accents that the name lacks"),
        pytest.param("João Conceição", "conceicao", True, id="anywhere"),
        pytest.param("Łukasz Ørsted", "lukasz orsted", True, id="strokes"),
        pytest.param("ΜΑΡΊΑ", "μαρια", True, id="greek"),
        pytest.param("Ёлкин", "елкин", True, id="cyrillic"),
        pytest.param("佐藤 美咲", "美咲", True, id="no letters with case"),
        pytest.param("Marta", "martha", False, id="another name"),
        pytest.param("Marta", "*", False, id="a star is a star"),
        pytest.param("Marta", "?????", False, id="a question mark is itself"),
        pytest.param("Marta", ".....", False, id="a dot is a dot"),
        pytest.param("Marta", "[a-z]", False, id="a class is no class"),
        pytest.param("Marta", "%", False, id="per cent"),
        pytest.param("a]b", "a]b", True, id="a bracket"),
        pytest.param("a-c", "a-c", True, id="a hyphen"),
        pytest.param("abc", "a-c", False, id="a hyphen is no range"),
        pytest.param("Marta", "\\", False, id="a backslash"),
        pytest.param("Marta", "^", False, id="a circumflex"),
    ],
)
async def test_words_stand_in_a_name(database: Database, name: str, words: str, found: bool) -> None:
    async with database.reading() as connection:
        asked = select(literal(1)).where(like(literal(name), words, connection.dialect.name))
        assert ((await connection.execute(asked)).first() is not None) is found


@pytest.mark.parametrize("name", NAMES)
async def test_every_name_is_found_by_itself_and_by_its_plain_form(database: Database, name: str) -> None:
    async with database.reading() as connection:
        for words in (name, folded(name)):
            asked = like(literal(name), words, connection.dialect.name)
            assert (await connection.execute(select(literal(1)).where(asked))).first() is not None


@given(st.text(st.characters(max_codepoint=0x1FFF), max_size=40))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)
