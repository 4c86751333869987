"""Channels come from their sections and the environment, each by its own class."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bots.channel import Hook
from bots.errors import BadSignature
from bots.webchat import WebChat
from config.errors import Mistake
from config.settings import Settings, load
from inbox.channels import account_called, accounts, open_channels, settings_of, slack_settings
from inbox.secret import with_any_secret

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SMS = {"TWILIO_ACCOUNT_SID": "AC" + "0" * 32, "TWILIO_AUTH_TOKEN": "1" * 32, "TWILIO_NUMBER": "+34600123456"}
TELEGRAM = {"TELEGRAM_BOT_TOKEN": "42:" + "A" * 35}
SLACK = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}


def settings(folder: Path, text: str, env: dict[str, str]) -> Settings:
    path = folder / "tidings.toml"
    path.write_text(text)
    return with_any_secret(load(path, {"TIDINGS_SECRET_FILE": str(folder / "key"), **env}))


ON = [
    pytest.param("", {}, {}, id="nothing said, nothing on"),
    pytest.param("[channels.webchat]", {}, {"webchat": "webchat"}, id="a section"),
    pytest.param("", TELEGRAM, {"telegram": "telegram"}, id="a secret in the environment"),
    pytest.param("[channels.telegram]", TELEGRAM, {"telegram": "telegram"}, id="both are one"),
    pytest.param("", {"TELEGRAM_BOT_TOKEN": ""}, {}, id="an empty secret"),
    pytest.param("", {"TIDINGS_SECRET_KEY": "k" * 16}, {}, id="the house's own secret switches nothing on"),
    pytest.param('[channels.shop]\nkind = "sms"', {}, {"shop": "sms"}, id="a second account"),
    pytest.param(
        '[channels.shop]\nkind = "sms"',
        SMS,
        {"shop": "sms", "sms": "sms"},
        id="a second account beside the first",
    ),
]


@pytest.mark.parametrize(("text", "env", "on"), ON)
def test_what_is_written_or_has_its_secrets_is_on(
    tmp_path: Path, text: str, env: dict[str, str], on: dict[str, str]
) -> None:
    assert {a.name: a.kind for a in accounts(settings(tmp_path, text, env))} == on


MISTAKES = [
    pytest.param("[channels.telegrm]", {}, 1, "Did you mean 'telegram'?", id="a kind misspelt"),
    pytest.param('\n[channels.a]\nkind = "b"', {}, 3, "no kind of channel 'b'", id="no such kind"),
    pytest.param('[channels.slack]\nkind = "sms"', {}, 1, "cannot be named", id="a name of ours"),
    pytest.param('[channels."a b"]\nkind = "sms"', {}, 1, "cannot be named", id="a name that is no word"),
    pytest.param("[channels.webchat]\nfoo = 1", {}, 2, "foo is not known", id="a key that is not known"),
    pytest.param(
        "[channels.telegram]", {}, 1, "TELEGRAM_BOT_TOKEN is missing", id="a secret that is missing"
    ),
    pytest.param('[channels.x1]\nkind = "telegram"', TELEGRAM, 1, "X1_TELEGRAM_BOT_TOKEN", id="a prefix"),
    pytest.param(
        '[channels.telegram]\ntoken = "hidden"',
        TELEGRAM,
        2,
        "must not stand in a file",
        id="a secret written",
    ),
]


@pytest.mark.parametrize(("text", "env", "line", "words"), MISTAKES)
def test_a_mistake_in_a_channel_names_its_line(
    tmp_path: Path, text: str, env: dict[str, str], line: int, words: str
) -> None:
    with pytest.raises(Mistake) as caught:
        open_channels(settings(tmp_path, text, env))
    assert caught.value.line == line
    assert words in str(caught.value)
    assert "hidden" not in str(caught.value)


def test_a_second_account_has_secrets_of_its_own(tmp_path: Path) -> None:
    env = {f"SHOP_2_{name}": value for name, value in SMS.items()} | {"SHOP_2_TWILIO_NUMBER": "+15005550006"}
    made = settings(tmp_path, '[channels.shop-2]\nkind = "sms"', SMS | env)
    numbers = [settings_of(account, made).model_dump()["number"] for account in accounts(made)]
    assert numbers == ["+15005550006", "+34600123456"]


def test_channels_are_opened_by_their_names(tmp_path: Path) -> None:
    opened = open_channels(settings(tmp_path, '[channels.help]\nkind = "webchat"\n', {}))
    assert list(opened) == ["help"]
    assert isinstance(opened["help"], WebChat)


def test_every_mistake_of_every_channel_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(Mistake) as caught:
        open_channels(settings(tmp_path, "[channels.sms]\n[channels.telegram]", {}))
    assert {mistake.line for mistake in caught.value.every()} == {1, 2}


def test_a_channel_is_called_by_its_name_or_its_kind(tmp_path: Path) -> None:
    made = settings(tmp_path, '[channels.shop]\nkind = "sms"', {})
    assert account_called("shop", made).name == "shop"
    assert account_called("sms", made).name == "shop"
    assert account_called("telegram", made).name == "telegram"
    with pytest.raises(Mistake, match="no kind of channel 'pigeon'"):
        account_called("pigeon", made)


def test_slack_is_off_until_it_is_written_or_has_its_token(tmp_path: Path) -> None:
    assert slack_settings(settings(tmp_path, "", {})) is None
    slack = slack_settings(settings(tmp_path, "[slack]\nchannel = 'C0123'", SLACK))
    assert slack is not None
    assert slack.socket_mode


@pytest.mark.parametrize(
    ("text", "env", "words"),
    [
        pytest.param("[slack]", {}, "SLACK_BOT_TOKEN is missing", id="nothing in the environment"),
        pytest.param("", {"SLACK_BOT_TOKEN": "xoxb-1"}, "Socket Mode", id="no way for events to come in"),
        pytest.param("[slack]", SLACK, "No Slack channel for support", id="nowhere to post"),
        pytest.param("[slack]\nchanel = 'C1'", SLACK, "Did you mean 'channel'?", id="a key misspelt"),
    ],
)
def test_half_of_slack_is_a_mistake(tmp_path: Path, text: str, env: dict[str, str], words: str) -> None:
    with pytest.raises(Mistake, match=r"tidings\.toml") as caught:
        slack_settings(settings(tmp_path, text, env))
    assert words in str(caught.value)


def test_every_channel_tells_a_hook_that_nobody_signed_without_reading_it(tmp_path: Path) -> None:
    channels = open_channels(settings(tmp_path, "[channels.webchat]", {**SMS, **TELEGRAM}))
    hook = Hook(method="POST", url="https://in.example/hooks", headers={}, body=b"\xff", received_at=NOON)
    assert {*channels} == {"webchat", "sms", "telegram"}
    for channel in channels.values():
        with pytest.raises(BadSignature):
            channel.check(hook)
