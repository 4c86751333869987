"""`tidings backup`, `restore` and `resume`: whole or nothing, nothing overwritten, nothing sent unasked."""

import asyncio
import errno
import hashlib
import json
import sqlite3
import tarfile
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from inbox import backups
from inbox.cli import tidings as command_line
from inbox.touches.pausing import CHANGED, paused
from storage import consents
from storage.alone import be_alone
from storage.database import Database
from tests.inbox.house import make_house

Tidings = Callable[..., Result]
URL = "sqlite:///var/tidings.db"
FILE = "ab/abcdef"


@pytest.fixture
def tidings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tidings:
    """Run the command where a house stands: two customers, an answer that is owed, a file."""
    monkeypatch.chdir(tmp_path)
    Path("var").mkdir()
    Path("var/media/ab").mkdir(parents=True)
    Path("var/media", FILE).write_bytes(b"a picture")
    asyncio.run(_live())

    def run(*words: str) -> Result:
        return CliRunner().invoke(command_line, words)

    return run


async def _live() -> None:
    house = await make_house(URL)
    for who in ("maria", "joao"):
        key = await house.says(who, 1, "hello")
    await house.desk.reply(key, house.agents["ana"], text="an answer", now=house.clock())
    await house.accept.close()
    await house.database.close()


def _rows(sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect("var/tidings.db")) as connection:
        found = connection.execute(sql).fetchall()
        connection.commit()
        return found


def _says_more() -> None:
    """Life goes on after the backup: the answer is sent, and the file replaced by another."""
    _rows("UPDATE deliveries SET state = 'sent'")
    _rows("UPDATE messages SET text = 'changed since'")
    Path("var/media", FILE).unlink()
    Path("var/media/ab/later").write_bytes(b"came later")


def _everything() -> dict[str, str]:
    """Sum up every file there is, but for what SQLite and the lock keep beside."""
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(Path().rglob("*"))
        if path.is_file() and not path.name.endswith((".lock", "-shm", "-wal"))
    }


def _is_fine(result: Result) -> str:
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.parametrize("place", ["copy", "copy.tar", "copy.tar.gz"])
def test_a_backup_is_whole_and_proves_it(tidings: Tidings, place: str) -> None:
    said = _is_fine(tidings("backup", place))
    assert "2 customers, 1 files" in said
    assert "The secret key" in said
    said = _is_fine(tidings("backup", "--verify", place))
    assert "is whole" in said
    assert [path.name for path in Path().iterdir() if path.name.startswith(".")] == []


def test_its_manifest_says_what_is_in_it(tidings: Tidings) -> None:
    _is_fine(tidings("backup", "copy"))
    told = json.loads(Path("copy/manifest.json").read_bytes())
    assert (told["program"], told["dialect"], told["bucket"]) == ("tidings", "sqlite", "")
    assert told["rows"]["messages"] == 3
    assert told["files"]["media/ab/abcdef"] == {
        "size": 9,
        "sha256": hashlib.sha256(b"a picture").hexdigest(),
    }
    assert sorted(told["files"]) == ["media/ab/abcdef", "tidings.db"]


def test_into_a_folder_that_is_there_it_is_put_by_its_hour(tidings: Tidings) -> None:
    Path("backups").mkdir()
    _is_fine(tidings("backup", "backups"))
    [made] = Path("backups").iterdir()
    assert made.name.startswith("tidings-20")
    _is_fine(tidings("backup", "--verify", str(made)))


def test_a_backup_is_never_written_over(tidings: Tidings) -> None:
    _is_fine(tidings("backup", "copy.tar"))
    before = _everything()
    result = tidings("backup", "copy.tar")
    assert result.exit_code == 1
    assert "is there already" in result.output
    assert _everything() == before


def test_half_written_files_and_small_pictures_are_left_out(tidings: Tidings) -> None:
    for name in ("ab/abcdef.small", "ab/x.part", ".replaced-1/ab/old"):
        Path("var/media", name).parent.mkdir(parents=True, exist_ok=True)
        Path("var/media", name).write_bytes(b"x")
    _is_fine(tidings("backup", "copy"))
    assert [path.name for path in Path("copy/media").rglob("*") if path.is_file()] == ["abcdef"]


def test_a_file_that_a_row_speaks_of_and_nobody_has_is_told(tidings: Tidings) -> None:
    _rows(
        "INSERT INTO attachments (id, message_id, position, kind, state, path) "
        "SELECT 1, min(id), 0, 'image', 'kept', 'cd/gone' FROM messages"
    )
    assert "The file cd/gone is missing" in _is_fine(tidings("backup", "copy"))


@pytest.mark.parametrize("place", ["copy", "copy.tar"])
@pytest.mark.parametrize("step", ["database", "media"])
def test_a_full_disk_is_said_and_nothing_half_is_left(
    tidings: Tidings, monkeypatch: pytest.MonkeyPatch, place: str, step: str
) -> None:
    before = _everything()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    if step == "database":
        monkeypatch.setattr("storage.backup.to_disk", full)
    else:
        monkeypatch.setattr("inbox.backing_up.kept_files", full)
    result = tidings("backup", place)
    assert result.exit_code == 1
    assert f"There is no room for {place}" in result.output
    assert _everything() == before
    assert not [path for path in Path().iterdir() if path.name not in ("var",)]


def test_without_a_database_there_is_nothing_to_copy(tidings: Tidings) -> None:
    Path("var/tidings.db").unlink()
    result = tidings("backup", "copy")
    assert "There is no database at var/tidings.db" in result.output
    assert not Path("copy").exists()


def _flip(path: str) -> Callable[[], None]:
    def flip() -> None:
        content = bytearray(Path(path).read_bytes())
        content[len(content) // 2] ^= 1
        Path(path).write_bytes(content)

    return flip


def _remade(**changes: Any) -> Callable[[], None]:
    """Change the manifest."""

    def remake() -> None:
        path = Path("copy/manifest.json")
        path.write_text(json.dumps({**json.loads(path.read_bytes()), **changes}))

    return remake


SPOILED = [
    pytest.param(_flip("copy/tidings.db"), "tidings.db is not what was saved", id="a bit of the database"),
    pytest.param(_flip("copy/media/ab/abcdef"), "media/ab/abcdef is not what", id="a bit of a file"),
    pytest.param(Path("copy/media/ab/abcdef").unlink, "media/ab/abcdef is missing", id="a file gone"),
    pytest.param(Path("copy/tidings.db").unlink, "tidings.db is missing", id="the database gone"),
    pytest.param(Path("copy/manifest.json").unlink, "has no manifest.json", id="the manifest gone"),
    pytest.param(_remade(rows={"messages": 4}), "messages has 3 rows", id="another number of rows"),
    pytest.param(_remade(revision="9999"), "made by a newer tidings", id="newer tables"),
    pytest.param(_remade(format=2), "another tidings", id="another format"),
    pytest.param(_remade(files=[]), "not one that tidings wrote", id="a manifest of something else"),
    pytest.param(lambda: Path("copy/media/extra").touch(), "media/extra is not in the", id="a file more"),
]


@pytest.mark.parametrize(("spoil", "words"), SPOILED)
def test_what_is_spoiled_is_found_and_never_put_back(
    tidings: Tidings, spoil: Callable[[], None], words: str
) -> None:
    _is_fine(tidings("backup", "copy"))
    spoil()
    result = tidings("backup", "--verify", "copy")
    assert result.exit_code == 1
    assert words in result.output
    before = _everything()
    result = tidings("restore", "copy", "--replace")
    assert result.exit_code == 1
    assert words in result.output
    assert _everything() == before


@pytest.mark.parametrize("end", [100, -2_000, -20, -1])
def test_an_archive_that_was_cut_off_is_none(tidings: Tidings, end: int) -> None:
    _is_fine(tidings("backup", "copy.tar.gz"))
    whole = Path("copy.tar.gz").read_bytes()
    Path("copy.tar.gz").write_bytes(whole[:end])
    result = tidings("backup", "--verify", "copy.tar.gz")
    assert result.exit_code == 1
    assert "no backup, or not a whole one" in result.output or "has no manifest" in result.output


@pytest.mark.parametrize("name", ["../evil", "/tmp/evil", "media/../../evil", "media/.hidden"])
def test_names_that_lead_elsewhere_are_not_written(tidings: Tidings, tmp_path: Path, name: str) -> None:
    _is_fine(tidings("backup", "copy"))
    Path("var/tidings.db").unlink()
    Path("var/media", FILE).unlink()
    Path("evil.txt").write_text("evil")
    with tarfile.open("copy.tar", "w") as archive:
        archive.add("copy", arcname="")
        archive.add("evil.txt", arcname=name)
    _is_fine(tidings("restore", "copy.tar", "--replace"))
    assert not list(tmp_path.parent.rglob("evil"))
    assert not Path("/tmp/evil").exists()
    assert not list(Path("var").rglob(".hidden"))


@pytest.mark.parametrize("place", ["copy", "copy.tar.gz"])
def test_what_is_put_back_is_what_was_and_what_was_there_is_kept_aside(tidings: Tidings, place: str) -> None:
    _is_fine(tidings("backup", place))
    _says_more()
    before = _everything()
    result = tidings("restore", place)
    assert result.exit_code == 1
    assert "something is there. With --replace" in result.output
    assert _everything() == before
    said = _is_fine(tidings("restore", place, "--replace"))
    assert "It is paused, nothing leaves. Owed then, and waiting for your word: 1." in said
    assert _rows("SELECT text FROM messages WHERE direction = 'out'") == [("an answer",)]
    assert Path("var/media", FILE).read_bytes() == b"a picture"
    assert not Path("var/media/ab/later").exists()
    [old] = Path("var").glob("tidings.db.replaced-*")
    with closing(sqlite3.connect(old)) as connection:
        assert connection.execute("SELECT DISTINCT text FROM messages").fetchall() == [("changed since",)]
    [kept] = Path("var/media").glob(".replaced-*/ab/later")
    assert kept.read_bytes() == b"came later"
    assert str(old.name) in said
    assert not [path for path in Path().rglob("*") if path.name.endswith(".part") or "restoring" in path.name]


def test_it_is_put_back_where_nothing_is(tidings: Tidings) -> None:
    _is_fine(tidings("backup", "copy"))
    Path("var").rename("lost")
    _is_fine(tidings("restore", "copy"))
    assert _rows("SELECT count(*) FROM messages") == [(3,)]
    assert Path("var/media", FILE).read_bytes() == b"a picture"


def test_nothing_is_put_back_under_a_running_house(tidings: Tidings) -> None:
    _is_fine(tidings("backup", "copy"))
    held = be_alone(Database(URL))
    assert held is not None
    with held:
        before = _everything()
        result = tidings("restore", "copy", "--replace")
    assert result.exit_code == 1
    assert "tidings runs on this database. Stop it first" in result.output
    assert _everything() == before


def test_a_disk_that_fills_while_it_is_put_back_changes_nothing(
    tidings: Tidings, monkeypatch: pytest.MonkeyPatch
) -> None:
    _is_fine(tidings("backup", "copy"))
    _says_more()
    before = _everything()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("inbox.unpacking.pour", full)
    result = tidings("restore", "copy", "--replace")
    assert result.exit_code == 1
    assert "There is no room" in result.output
    assert _everything() == before


def test_a_house_that_was_put_back_waits_for_a_word_and_says_why(tidings: Tidings) -> None:
    _is_fine(tidings("backup", "copy"))
    _says_more()
    _is_fine(tidings("restore", "copy", "--replace"))
    said = _is_fine(tidings("owed", "list"))
    assert "Nothing leaves: the backup of" in said
    assert "it may have been sent since (tidings resume)" in said
    stop = asyncio.run(_touches())
    assert stop is not None
    assert stop.reason == CHANGED
    result = tidings("resume")
    assert result.exit_code == 1
    assert "Waiting: 1, owed when the backup of" in result.output
    assert "Nothing leaves" in _is_fine(tidings("owed", "list"))


async def _touches() -> Any:
    database = Database(URL)
    try:
        async with database.reading() as connection:
            return await paused(connection)
    finally:
        await database.close()


@pytest.mark.parametrize(
    ("choice", "states", "words"),
    [("--send", [("ready",)], "1 to go."), ("--drop", [("dropped",)], "0 to go, 1 given up.")],
)
def test_a_person_says_what_becomes_of_it(
    tidings: Tidings, choice: str, states: list[tuple[str]], words: str
) -> None:
    _is_fine(tidings("backup", "copy"))
    _is_fine(tidings("restore", "copy", "--replace"))
    said = _is_fine(tidings("resume", choice))
    assert words in said
    assert "Touches wait on" in said
    assert _rows("SELECT state FROM deliveries") == states
    assert "Nothing leaves" not in _is_fine(tidings("owed", "list"))
    assert "This house is not paused." in _is_fine(tidings("resume"))
    assert asyncio.run(_touches()) is not None
    assert "Touches go on." in _is_fine(tidings("resume", "--touches"))
    assert asyncio.run(_touches()) is None


def test_one_that_was_dropped_by_hand_needs_no_further_word(tidings: Tidings) -> None:
    _is_fine(tidings("backup", "copy"))
    _is_fine(tidings("restore", "copy", "--replace"))
    [(key,)] = _rows("SELECT id FROM deliveries")
    _is_fine(tidings("owed", "drop", str(key)))
    assert "0 to go." in _is_fine(tidings("resume"))


def test_a_backup_of_a_bucket_says_that_its_files_stay_there(tidings: Tidings) -> None:
    Path("tidings.toml").write_text('media = "s3://ours/files"\n')
    assert "they stay in s3://ours/files" in _is_fine(tidings("backup", "copy"))
    assert not Path("copy/media").exists()
    _is_fine(tidings("backup", "--verify", "copy"))
    assert "The files stay in s3://ours/files" in _is_fine(tidings("restore", "copy", "--replace"))
    assert backups.read_manifest(Path("copy/manifest.json").read_bytes()).bucket == "s3://ours/files"


def test_who_refused_since_is_not_written_to_and_who_was_erased_since_is_named(tidings: Tidings) -> None:
    _is_fine(tidings("backup", "copy"))
    asyncio.run(_refuse())
    [(maria,)] = _rows("SELECT customer_id FROM addresses WHERE address = 'paper:maria'")
    now = "(SELECT max(at) + 1 FROM consents)"
    _rows(
        "INSERT INTO receipts (id, customer_id, at, wish, counts, digest) "
        f"SELECT 1, {maria}, {now}, 'theirs', '{{}}', 'x'"
    )
    _rows(f"INSERT INTO suppressed (mark, reason, at) SELECT 'm', 'erased', {now}")
    said = _is_fine(tidings("restore", "copy", "--replace"))
    assert "2 refusals (stop, no) that came since were taken over." in said
    assert f"Erased since and here again: {maria}." in said
    stopped = "SELECT address FROM addresses WHERE stopped_at IS NOT NULL"
    assert _rows(stopped) == [("paper:joao",)]
    assert _rows("SELECT word, source FROM consents ORDER BY at") == [("stop", "joao"), ("no", "maria")]
    assert _rows("SELECT mark FROM suppressed") == [("m",)]


async def _refuse() -> None:
    """João says stop and Maria says no, now; and who writes for the first time says stop too."""
    house = await make_house(URL)
    await house.says("rita", 1, "hello")
    async with house.database.writing() as connection:
        for who, word in (("joao", "stop"), ("maria", "no"), ("rita", "stop")):
            which = f"SELECT id FROM addresses WHERE address = 'paper:{who}'"
            key = (await connection.exec_driver_sql(which)).scalar_one()
            now = datetime.now(UTC)
            await consents.record(
                connection, house.database.ids, address_id=key, word=word, source=who, at=now
            )
    await house.accept.close()
    await house.database.close()


@pytest.mark.parametrize("lost", [Path.unlink, lambda path: path.write_bytes(b"no database" * 999)])
def test_where_the_old_house_is_lost_it_says_that_refusals_are_not_known(
    tidings: Tidings, lost: Callable[[Path], Any]
) -> None:
    _is_fine(tidings("backup", "copy"))
    lost(Path("var/tidings.db"))
    assert "Who said stop since" in _is_fine(tidings("restore", "copy", "--replace"))
    assert _rows("SELECT count(*) FROM messages") == [(3,)]
