"""The settings choose the journal."""

from pathlib import Path

import pytest

from config.settings import load
from inbox.app import build
from inbox.journal.embedded import Embedded
from inbox.journal.stream import Stream


@pytest.mark.parametrize(
    ("journal", "kind"), [("", Embedded), ("nats://a,b,c", Stream)], ids=["none named", "servers named"]
)
async def test_a_house_keeps_hooks_where_its_settings_say(
    tmp_path: Path, journal: str, kind: type[object]
) -> None:
    path = tmp_path / "tidings.toml"
    path.write_text(f'journal = "{journal}"\n')
    env = {"TIDINGS_DATABASE": "postgresql://nobody@127.0.0.1:1/none", "TIDINGS_SECRET_KEY": "k" * 40}
    app = build(load(path, env))
    accept = app.accepting()
    assert isinstance(accept.journal, kind)
    await accept.close()
    await app.database.close()
