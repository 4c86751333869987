"""A hook of schemathesis: each good call has a key of its own, else all but the first are refused."""

import itertools
from typing import Any

import schemathesis

numbers = itertools.count()


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """Give a good call its key."""
    good = case.meta is not None and case.meta.generation.mode.is_positive
    if good and case.headers and case.headers.get("Idempotency-Key"):
        case.headers["Idempotency-Key"] = f"key {next(numbers)}"
