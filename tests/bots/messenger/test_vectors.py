"""Payloads collected by others; they stand beside the project or are skipped."""

import json
from typing import Any

import pytest

from bots.errors import Malformed
from tests.bots.messenger.case import CASE
from tests.bots.meta_page_hooks import sign
from tests.bots.meta_page_vectors import ABSENT, VECTORS, read_without_loss, rows

pytestmark = pytest.mark.skipif(not VECTORS.is_dir(), reason=ABSENT)
ROWS = rows("messenger")
NO_HOOKS = [row for row in ROWS if row["payload"].get("params") == {"test": "test"}]
HOOKS = [row for row in ROWS if row not in NO_HOOKS]


def test_there_are_as_many_payloads_as_we_know_of() -> None:
    assert len(ROWS) == 8
    assert len(NO_HOOKS) == 3


@pytest.mark.parametrize("row", HOOKS, ids=lambda row: row["name"][-60:])
def test_a_payload_is_read_without_loss(row: dict[str, Any]) -> None:
    read_without_loss(CASE, row["payload"])


@pytest.mark.parametrize("row", NO_HOOKS, ids=lambda row: row["name"][-60:])
def test_what_is_no_hook_of_metas_is_malformed(row: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        CASE.open().read(sign(json.dumps(row["payload"]["params"]).encode()))
