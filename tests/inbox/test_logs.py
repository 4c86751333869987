"""Logs are one line an event, hold the conversation and never a secret."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any, Literal

import pytest
import structlog
from pydantic import SecretStr

from config.settings import Settings
from inbox.logs import Redaction, secrets_of, start_logs
from storage.leases import Stale


@pytest.fixture(autouse=True)
def _logs_left_as_found() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


LINES = [
    pytest.param(
        "POST https://api.telegram.org/bot42:AAH-xyz_1/getMe", "AAH-xyz_1", id="Telegram's token in a URL"
    ),
    pytest.param("GET /file/bot42:AAHxyz/photos/1.jpg", "AAHxyz", id="Telegram's token in a file's URL"),
    pytest.param("token xoxb-123-abc refused", "123-abc", id="a Slack bot token"),
    pytest.param("xapp-1-A0-2-f00", "A0-2-f00", id="a Slack app token"),
    pytest.param("Authorization: Bearer abcdef123", "abcdef123", id="a bearer"),
    pytest.param("Basic QUM6dG9rZW4=", "QUM6dG9rZW4", id="a basic pair"),
    pytest.param("GET /media/7?sig=abc.def&x=1", "abc.def", id="a signed link"),
    pytest.param("GET /desk/sign-in?token=abc HTTP/1.1", "abc", id="a sign-in link"),
    pytest.param("GET /desk/sign-in/abcdefghijklmnopqrstuv", "abcdefghijklmnop", id="a sign-in path"),
    pytest.param("GET /p/AAAAAAAAAAEAAA.s1gn-a_ture/copy", "s1gn-a_ture", id="a customer's page"),
    pytest.param("token = sealed:0123abcd:gAAAA-b_c==", "gAAAA-b_c", id="a sealed value"),
    pytest.param("Cookie: __Host-tidings_entry=abc-def", "abc-def", id="the cookie of the sign-in page"),
    pytest.param("postgresql://u:p4ss@h/d is away", "p4ss", id="a database's password"),
    pytest.param("{'auth_token': 'abc'}", "abc", id="a printed dictionary"),
    pytest.param("b'Cookie: tidings_session=abc-def; x'", "abc-def", id="a session in a refused header"),
    pytest.param(
        "b'X-Telegram-Bot-Api-Secret-Token: hush'", "hush", id="Telegram's secret in a refused header"
    ),
    pytest.param("b'X-Twilio-Signature: 0/aZ='", "0/aZ", id="a signature in a refused header"),
    pytest.param("the value s3cret-known is known", "s3cret-known", id="a known value"),
]


@pytest.mark.parametrize(("line", "secret"), LINES)
def test_a_secret_is_taken_out_of_a_line(line: str, secret: str) -> None:
    cleaned = Redaction(["s3cret-known"]).clean(line)
    assert secret not in cleaned
    assert "[hidden]" in cleaned


@pytest.mark.parametrize(
    "line",
    [
        "GET /desk/conversations/7?page=2",
        "error code: 30006, twilio says the number is a landline",
        "key ideas of a basic plan",
        "https://inbox.example.com:8080/hooks/telegram",
    ],
)
def test_what_is_no_secret_stays(line: str) -> None:
    assert Redaction(["s3cret-known"]).clean(line) == line


def test_a_name_that_means_a_secret_hides_its_value_at_any_depth() -> None:
    event = {
        "headers": {"X-Twilio-Signature": "abc", "Accept": "x"},
        "token": SecretStr("abc"),
        "tokens": 3,
        "calls": [{"api_key": b"abc"}],
    }
    out = Redaction([])(None, "info", event)
    assert out == {
        "headers": {"X-Twilio-Signature": "[hidden]", "Accept": "x"},
        "token": "[hidden]",
        "tokens": 3,
        "calls": [{"api_key": "[hidden]"}],
    }


def written(settings: Settings) -> io.StringIO:
    out = io.StringIO()
    start_logs(settings, ["s3cret-known"], out=out)
    return out


def test_json_lines_hold_the_conversation_the_level_and_the_time() -> None:
    out = written(Settings(log_format="json"))
    with structlog.contextvars.bound_contextvars(conversation=7):
        structlog.get_logger("inbox.outbox").info("sent", segments=2)
    line = json.loads(out.getvalue())
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "sent",
        "conversation": 7,
        "segments": 2,
        "level": "info",
        "logger": "inbox.outbox",
    }


def test_the_standard_library_speaks_in_the_same_form() -> None:
    out = written(Settings(log_format="json"))
    with structlog.contextvars.bound_contextvars(conversation=7):
        logging.getLogger("aiohttp.access").warning("GET /hooks/x?sig=%s", "abc")
    line = json.loads(out.getvalue())
    assert (line["event"], line["conversation"]) == ("GET /hooks/x?sig=[hidden]", 7)


def test_errors_are_told_without_their_secrets() -> None:
    for form in ("json", "console"):
        out = written(Settings(log_format=form))
        try:
            raise ValueError("s3cret-known and /bot42:AAHxyz/getMe")
        except ValueError:
            structlog.get_logger().exception("failed")
        assert "ValueError" in out.getvalue()
        assert "s3cret-known" not in out.getvalue()
        assert "AAHxyz" not in out.getvalue()


def test_libraries_that_tell_every_url_are_quiet() -> None:
    out = written(Settings(log_format="json", log_level="debug"))
    logging.getLogger("httpx").info("HTTP Request: POST https://api.telegram.org/bot42:AAHxyz/getMe")
    logging.getLogger("telegram.ext").debug("body")
    assert out.getvalue() == ""


def test_the_level_is_the_operators() -> None:
    out = written(Settings(log_format="json", log_level="warning"))
    structlog.get_logger("inbox").info("quiet")
    logging.getLogger("inbox").info("quiet")
    structlog.get_logger().warning("loud")
    assert [json.loads(line)["event"] for line in out.getvalue().splitlines()] == ["loud"]


def test_a_console_line_is_for_people_and_a_pipe_gets_json() -> None:
    out = written(Settings(log_format="console"))
    structlog.get_logger("inbox").info("sent", segments=2)
    assert "segments=2" in out.getvalue()
    assert "\x1b" not in out.getvalue()
    out = written(Settings(log_format="auto"))
    structlog.get_logger("inbox").info("sent")
    assert json.loads(out.getvalue())["event"] == "sent"


def test_nobodys_words_forge_a_line_or_move_the_cursor() -> None:
    said = "bad\r\n2026-11-24 [info] forged \x1b[2J \x9b2J \u2028 \x07"
    for form in ("console", "json"):
        out = written(Settings(log_format=form))
        logging.getLogger("aiohttp.server").warning("%s", said)
        structlog.get_logger().warning("hook", channel=said)
        try:
            raise ValueError(said)
        except ValueError:
            structlog.get_logger().exception("failed")
        assert set("\r\x1b\x07") & set(out.getvalue()) == set(), form
        assert not [
            line for line in out.getvalue().splitlines()[:2] if line.startswith("2026-11-24 [info] forged")
        ]


def test_the_settings_own_secrets_are_known() -> None:
    settings = Settings(secret_key=SecretStr("k" * 16), database="postgresql://u:hidden@h/d")
    assert set(secrets_of(settings)) >= {"k" * 16, "hidden"}


def _lines_of(level: Literal["info", "warning"], error: Exception) -> list[dict[str, Any]]:
    """Log a loop's mistake as the loops do; gives what stands in the log."""
    out = io.StringIO()
    start_logs(Settings(log_format="json", log_level=level), [], out=out)
    try:
        raise error
    except (Stale, KeyError):
        structlog.get_logger("inbox.assign").exception("assigning failed", team="support")
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_a_loop_that_another_node_has_by_now_is_news_and_no_mistake() -> None:
    [line] = _lines_of("info", Stale())
    assert (line["level"], line["event"], line["team"]) == ("info", "assigning failed", "support")
    assert line["why"] == "another node owns this loop by now"
    assert "exception" not in line
    assert "Traceback" not in str(line)
    assert _lines_of("warning", Stale()) == []


def test_any_other_mistake_of_a_loop_is_an_error_with_its_traceback() -> None:
    [line] = _lines_of("warning", KeyError("x"))
    assert line["level"] == "error"
    assert "Traceback" in line["exception"]
