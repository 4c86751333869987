"""A backup that is put back: nothing is lost that was in it, and nothing goes twice unasked."""

from pathlib import Path

import pytest

from tests.torture.embedded_backup import put_back


@pytest.mark.timeout(120)
async def test_what_was_sent_after_the_backup_is_not_sent_again(tmp_path: Path) -> None:
    told = await put_back(tmp_path, seed=5, choice="--drop", verify=False)
    assert told.sent_meanwhile > 0, "else nothing could go twice"
    assert told.messages > 0
    assert (told.lost, told.left_before_a_word, told.twice, told.unsent) == ([], [], [], [])
