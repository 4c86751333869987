"""The `tidings` command says what is wrong where, and what is kept."""

import base64
import json
import re
import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from inbox.cli import tidings as command_line

TELEGRAM = {"TELEGRAM_BOT_TOKEN": "42:" + "A" * 35, "TELEGRAM_WEBHOOK_SECRET": "hush"}
UPDATE = {
    "update_id": 1,
    "message": {
        "message_id": 5,
        "date": 1767225600,
        "chat": {"id": 42, "type": "private"},
        "from": {"id": 42, "is_bot": False, "first_name": "Ana", "language_code": "pt"},
        "text": "Olá \ud83d\ude00",
    },
}

Tidings = Callable[..., Result]


@pytest.fixture
def tidings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tidings:
    """Run the command in an empty folder, as an operator would."""
    monkeypatch.chdir(tmp_path)

    def run(*words: str, config: str | None = None, **env: str) -> Result:
        if config is not None:
            Path("tidings.toml").write_text(config)
        return CliRunner().invoke(command_line, words, env=env)

    return run


def captured(said: str, **more: Any) -> str:
    Path("hook.json").write_text(
        json.dumps(
            {
                "method": "POST",
                "url": "https://in.example/hooks/telegram",
                "headers": {
                    "Content-Type": "application/json",
                    "X-Telegram-Bot-Api-Secret-Token": "hush",
                },
                "body": said,
                **more,
            }
        )
    )
    return "hook.json"


@pytest.mark.parametrize("command", [["run"], ["check"], ["sign-in"], ["owed", "list"], ["journal", "list"]])
def test_a_mistake_ends_every_command_before_it_begins(tidings: Tidings, command: list[str]) -> None:
    result = tidings(*command, config='\nprot = 1\nlanguage = "English"\n')
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "tidings.toml:2: prot is not known here. Did you mean 'port'?" in result.stderr
    assert "tidings.toml:3: language" in result.stderr
    assert [path.name for path in Path.cwd().iterdir()] == ["tidings.toml"]


@pytest.mark.parametrize(
    ("config", "env", "words"),
    [
        pytest.param("[channels.telegrm]", {}, "tidings.toml:1: There is no kind", id="a kind misspelt"),
        pytest.param(
            "\n[channels.telegram]", {}, "tidings.toml:2: TELEGRAM_BOT_TOKEN is missing", id="a secret"
        ),
        pytest.param("[slack]", {}, "tidings.toml:1: SLACK_BOT_TOKEN is missing", id="half of Slack"),
        pytest.param('host = "300.1.1.1"', {}, "tidings.toml:1: There is no address", id="no such address"),
    ],
)
def test_run_refuses_a_mistake_and_makes_no_database(
    tidings: Tidings, config: str, env: dict[str, str], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inbox.commands.run.socket.getaddrinfo", _no_such_address)
    result = tidings("run", config=config, **env)
    assert result.exit_code == 2
    assert words in result.stderr
    assert not Path("var/tidings.db").exists()


def _no_such_address(*_: Any, **__: Any) -> None:
    raise OSError(-2, "Name or service not known")


def test_check_reports_a_line_a_channel_and_exits_by_what_is_missing(tidings: Tidings) -> None:
    result = tidings("check", config="[channels.webchat]")
    assert result.exit_code == 0
    lines = [line.split()[:2] for line in result.stdout.splitlines()]
    assert ["webchat", "ok"] in lines
    assert ["telegram", "off"] in lines
    result = tidings("check", config="[channels.telegram]")
    assert result.exit_code == 1
    assert "TELEGRAM_BOT_TOKEN is missing" in result.stdout


def test_check_live_asks_the_providers_and_exits_1_if_one_does_not_know_us(tidings: Tidings) -> None:
    result = tidings("check", "--live", config="[channels.webchat]")
    assert result.exit_code == 0, result.output
    assert re.search(r"^webchat live +ok +our own page", result.stdout, re.MULTILINE)
    nowhere = '[channels.telegram]\napi_url = "http://127.0.0.1:9"'
    result = tidings("check", "--live", config=nowhere, **TELEGRAM)
    assert result.exit_code == 1
    assert re.search(r"^telegram live +failed +\S", result.stdout, re.MULTILINE)
    assert TELEGRAM["TELEGRAM_BOT_TOKEN"] not in result.output
    assert "Traceback" not in result.output


def test_what_each_channel_can_do_is_a_table(tidings: Tidings) -> None:
    result = tidings("channels", config="[channels.webchat]\n[channels.telegram]", **TELEGRAM)
    assert result.exit_code == 0, result.output
    head, *rows = result.stdout.splitlines()
    assert head.split() == ["webchat", "telegram"]
    [text] = [row for row in rows if row.startswith("text ")]
    assert text.split("  ")[-1].strip() == "4,096 characters"
    assert not Path("var").exists()
    result = tidings("channels", config="[channels.telegram]")
    assert result.exit_code == 2
    assert "TELEGRAM_BOT_TOKEN is missing" in result.stderr


def test_a_captured_hook_is_read_without_being_kept(tidings: Tidings) -> None:
    file = captured(json.dumps(UPDATE))
    result = tidings("hooks", "read", "telegram", file, **TELEGRAM)
    assert result.exit_code == 0, result.output
    (event,) = [json.loads(line) for line in result.stdout.splitlines()]
    assert event["kind"] == "message"
    assert event["address"] == "telegram:42"
    assert event["text"] == "Olá 😀"
    assert event["attachments"] == []
    assert event["external_id"]
    assert datetime.fromisoformat(event["sent_at"]).isoformat() == "2026-01-01T00:00:00+00:00"
    assert "raw" not in event
    assert not Path("var").exists()
    assert '"raw"' in tidings("hooks", "read", "telegram", file, "--raw", **TELEGRAM).stdout


def test_a_body_that_is_not_text_comes_in_base64(tidings: Tidings) -> None:
    body = base64.b64encode(json.dumps(UPDATE).encode()).decode()
    file = captured("", body=None, body_base64=body)
    result = tidings("hooks", "read", "telegram", file, **TELEGRAM)
    assert json.loads(result.stdout)["text"] == "Olá 😀"


def test_a_channel_may_be_called_by_its_section(tidings: Tidings) -> None:
    env = {f"HELP_{name}": value for name, value in TELEGRAM.items()}
    config = '[channels.help]\nkind = "telegram"'
    for word in ("help", "telegram"):
        result = tidings("hooks", "read", word, captured(json.dumps(UPDATE)), config=config, **env)
        assert json.loads(result.stdout)["address"] == "telegram:42"


REFUSED = [
    pytest.param(
        {"headers": {"X-Telegram-Bot-Api-Secret-Token": "forged"}},
        1,
        "BadSignature: ",
        id="a forged signature",
    ),
    pytest.param({"headers": {}}, 1, "BadSignature: ", id="no signature"),
    pytest.param({"body": "{"}, 1, "Malformed: ", id="a body that cannot be read"),
    pytest.param({"body": 3}, 2, "body is a text", id="a body that is no text"),
    pytest.param({"headers": []}, 2, "headers are names", id="headers that are none"),
    pytest.param({"body": None, "body_base64": "*"}, 2, "not base64", id="no base64"),
]


@pytest.mark.parametrize(("more", "code", "words"), REFUSED)
def test_a_refused_hook_says_why_and_prints_nothing(
    tidings: Tidings, more: dict[str, Any], code: int, words: str
) -> None:
    result = tidings("hooks", "read", "telegram", captured(json.dumps(UPDATE), **more), **TELEGRAM)
    assert (result.exit_code, result.stdout) == (code, "")
    assert words in result.stderr
    assert "hush" not in result.stderr


def test_a_file_nested_without_end_is_told(tidings: Tidings) -> None:
    Path("deep.json").write_text("[" * 100_000)
    result = tidings("hooks", "read", "telegram", "deep.json", **TELEGRAM)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "not JSON" in result.stderr


def test_a_file_that_is_no_hook_and_a_kind_that_is_none_are_told(tidings: Tidings) -> None:
    Path("hook.json").write_text("nothing")
    result = tidings("hooks", "read", "telegram", "hook.json", **TELEGRAM)
    assert (result.exit_code, "not JSON" in result.stderr) == (2, True)
    result = tidings("hooks", "read", "pigeon", "hook.json")
    assert (result.exit_code, "no kind of channel 'pigeon'" in result.stderr) == (2, True)
    result = tidings("hooks", "read", "telegram", "hook.json")
    assert (result.exit_code, "TELEGRAM_BOT_TOKEN is missing" in result.stderr) == (2, True)


def test_sign_in_prints_a_link_for_an_agent_of_the_policy(tidings: Tidings) -> None:
    config = '[[agents]]\nkey="ana"\nname="Ana"\n[[agents]]\nkey="rui"\nname="Rui"\n'
    first = tidings("sign-in", config=config)
    assert first.stdout.startswith("http://localhost:8080/desk/sign-in?token=")
    assert tidings("sign-in", "rui").stdout != first.stdout
    assert "There are: ana, rui." in tidings("sign-in", "eva").stderr
    kept = sqlite3.connect("var/tidings.db").execute(
        "SELECT agents.key FROM sign_in_links JOIN agents ON agents.id = agent_id ORDER BY agents.key"
    )
    assert kept.fetchall() == [("ana",), ("rui",)]
    assert first.stdout.strip().rpartition("=")[2].encode() not in Path("var/tidings.db").read_bytes()


OWED = """
INSERT INTO customers (id, created_at) VALUES (1, 0);
INSERT INTO addresses (id, customer_id, address, channel, created_at) VALUES (1, 1, 'tel:+1', 'sms', 0);
INSERT INTO conversations (id, customer_id, address_id, channel, team, state, opened_at, last_at)
  VALUES (1, 1, 1, 'sms', 'support', 'open', 0, 0);
INSERT INTO deliveries (id, lane, kind, conversation_id, "key", state, owed_at, due_at, code, reason) VALUES
  (7, 'sms', 'message', 1, 'a', 'failed', 0, 0, '30006', 'A landline.'),
  (8, 'sms', 'message', 1, 'b', 'sent', 0, 0, '', '');
"""


def test_what_is_owed_is_listed_sent_again_and_dropped(tidings: Tidings) -> None:
    assert "Nothing is owed." in tidings("owed", "list").stderr
    sqlite3.connect("var/tidings.db").executescript(OWED)
    (line,) = tidings("owed", "list").stdout.splitlines()
    words = " ".join(line.split())
    assert words == "7 1970-01-01 00:00:00 sms message failed tries 0 30006 A landline."
    assert tidings("owed", "resend", "7").exit_code == 0
    assert "ready" in tidings("owed", "list").stdout
    assert tidings("owed", "drop", "7").exit_code == 0
    assert tidings("owed", "list").stdout == ""
    for command in ("resend", "drop"):
        result = tidings("owed", command, "8")
        assert (result.exit_code, "no delivery 8" in result.stderr) == (1, True)


def journalled(state: str, headers: dict[str, str]) -> None:
    insert = (
        "INSERT INTO hooks (id, channel, received_at, method, url, headers, body, state, error)"
        " VALUES (9, 'telegram', 0, 'POST', 'https://in.example/hooks/telegram', ?, ?, ?, 'KeyError: x')"
    )
    with sqlite3.connect("var/tidings.db") as database:
        database.execute(insert, (json.dumps(headers), json.dumps(UPDATE).encode(), state))


def test_the_journal_lists_shows_and_replays_what_failed(tidings: Tidings) -> None:
    assert "Every hook was applied." in tidings("journal", "list").stderr
    journalled("failed", {"x-telegram-bot-api-secret-token": "hush"})
    assert "failed   KeyError: x" in tidings("journal", "list").stdout
    shown = tidings("journal", "show", "9").stdout
    assert shown.startswith("POST https://in.example/hooks/telegram\n")
    assert json.dumps(UPDATE) in shown
    assert "x-telegram-bot-api-secret-token: [hidden]" in shown
    assert tidings("journal", "show", "10").exit_code == 1
    result = tidings("journal", "replay", "--all", **TELEGRAM)
    assert (result.exit_code, result.stderr) == (0, "")
    assert tidings("journal", "list").stdout == ""
    assert "applied" in tidings("journal", "list", "--all").stdout
    kept = sqlite3.connect("var/tidings.db").execute("SELECT text FROM messages").fetchall()
    assert kept == [("Olá 😀",)]
    assert tidings("journal", "replay", "9", **TELEGRAM).exit_code == 0
    assert sqlite3.connect("var/tidings.db").execute("SELECT count(*) FROM messages").fetchone() == (1,)


def test_a_replay_that_fails_says_why_and_keeps_the_hook(tidings: Tidings) -> None:
    tidings("journal", "list")
    journalled("failed", {"x-telegram-bot-api-secret-token": "forged"})
    result = tidings("journal", "replay", "9", "10", **TELEGRAM)
    assert result.exit_code == 1
    assert "9: BadSignature" in result.stderr
    assert "10: there is no such hook" in result.stderr
    assert "9  1970" in tidings("journal", "list").stdout
    assert tidings("journal", "replay").exit_code == 2
    assert tidings("journal", "replay", "9", "--all").exit_code == 2


def test_the_manifest_is_for_socket_mode_or_for_the_public_address(tidings: Tidings) -> None:
    written = yaml.safe_load(tidings("slack", "manifest").stdout)
    assert written["settings"]["socket_mode_enabled"] is True
    assert "request_url" not in written["settings"]["event_subscriptions"]
    assert "chat:write" in written["oauth_config"]["scopes"]["bot"]
    result = tidings("slack", "manifest", "--http", TIDINGS_PUBLIC_URL="https://in.example")
    settings = yaml.safe_load(result.stdout)["settings"]
    assert settings["socket_mode_enabled"] is False
    assert settings["event_subscriptions"]["request_url"] == "https://in.example/slack/events"
    assert settings["interactivity"]["request_url"] == "https://in.example/slack/interactivity"
    result = tidings("slack", "manifest", "--http")
    assert (result.exit_code, "public_url" in result.stderr) == (1, True)
