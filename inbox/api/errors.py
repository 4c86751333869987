"""What is wrong with a call."""

from typing import Any

from pydantic import ValidationError


class Wrong(Exception):
    """The call is refused and nothing of it is kept."""

    def __init__(self, status: int, where: str, what: str, *, after: int | None = None) -> None:
        """Answer *status*; *where* is a place in the call, *after* in how many seconds to call again."""
        super().__init__(what)
        self.status, self.where, self.what, self.after = status, where, what, after


def refused(error: ValidationError) -> Wrong:
    """Say the first thing that pydantic found: 400 for what is no JSON, else 422."""
    first: Any = error.errors(include_url=False, include_context=False, include_input=False)[0]
    if first["type"] == "json_invalid":
        return Wrong(400, "", "The body is not JSON.")
    return Wrong(422, ".".join(str(part) for part in first["loc"]), f"{first['msg']}.")
