"""The OpenAPI 3.1 description, made from what the calls take and answer."""

from collections.abc import Sequence
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from inbox.api.models import Answer, Refusal

REFUSALS: Final = {
    "400": "The call cannot be read, or has no key.",
    "401": "The token is not ours.",
    "404": "There is no such customer or order, or the API is switched off.",
    "408": "The body did not come in time.",
    "409": "It contradicts what is known: another customer's address, another call's key.",
    "413": "The body is too large.",
    "422": "Something in the call is not as described.",
    "429": "Too many calls at once or a minute, or wrong tokens; see Retry-After.",
    "503": "Nothing can be kept at the moment; see Retry-After.",
}
KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "Yours, another for each call: the same call with the same key is answered the same.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}


def described(calls: Sequence[tuple[str, str, type[BaseModel]]], url: str) -> dict[str, Any]:
    """Describe (path, summary, what it takes) of each call, served at *url*."""
    taken: list[tuple[type[BaseModel], Any]] = [(takes, "validation") for _, _, takes in calls]
    given: list[tuple[type[BaseModel], Any]] = [(one, "serialization") for one in (Answer, Refusal)]
    _, schemas = models_json_schema([*taken, *given], ref_template="#/components/schemas/{model}")
    return {
        "openapi": "3.1.0",
        "info": {"title": "tidings", "version": "1", "description": "Customers, orders and events."},
        "servers": [{"url": url}],
        "security": [{"token": []}],
        "paths": {path: {"post": _operation(path, summary, takes)} for path, summary, takes in calls},
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": schemas["$defs"],
        },
    }


def _operation(path: str, summary: str, takes: type[BaseModel]) -> dict[str, Any]:
    return {
        "summary": summary,
        "operationId": f"post_{path.rpartition('/')[2]}",
        "parameters": [KEY],
        "requestBody": {"required": True, "content": _content(takes)},
        "responses": {
            "200": {"description": "Kept, all of it.", "content": _content(Answer)},
            **{
                code: {"description": words, "content": _content(Refusal)} for code, words in REFUSALS.items()
            },
        },
    }


def _content(model: type[BaseModel]) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{model.__name__}"}}}
