"""A script on the other end of the HTTP channel, for tests."""

from tests.providers.http.server import ScriptLookAlike

__all__ = ["ScriptLookAlike"]
