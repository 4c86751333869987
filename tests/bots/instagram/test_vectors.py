"""Payloads collected by others; they stand beside the project or are skipped."""

from typing import Any

import pytest

from tests.bots.instagram.case import CASE
from tests.bots.meta_page_vectors import ABSENT, VECTORS, read_without_loss, rows

pytestmark = pytest.mark.skipif(not VECTORS.is_dir(), reason=ABSENT)
ROWS = rows("instagram")


def test_there_are_as_many_payloads_as_we_know_of() -> None:
    assert len(ROWS) == 18


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["name"][-60:])
def test_a_payload_is_read_without_loss(row: dict[str, Any]) -> None:
    read_without_loss(CASE, row["payload"])
