"""`tidings check` says of everything whether it is ok, off or missing, and where to get what is missing."""

from pathlib import Path

import pytest

import bots
from config.errors import Mistake
from config.settings import Settings, load
from config.where import SHIPPED
from inbox.app import build
from inbox.check import check
from inbox.findings import Finding

SMS = {"TWILIO_ACCOUNT_SID": "AC" + "0" * 32, "TWILIO_AUTH_TOKEN": "1" * 32, "TWILIO_NUMBER": "+34600123456"}


def settings(folder: Path, text: str = "", env: dict[str, str] | None = None) -> Settings:
    path = folder / "tidings.toml"
    path.write_text(text)
    kept = {
        "TIDINGS_DATABASE": f"sqlite:///{folder}/var/tidings.db",
        "TIDINGS_MEDIA_DIR": f"{folder}/var/media",
        "TIDINGS_SECRET_FILE": f"{folder}/var/secret.key",
    }
    return load(path, kept | (env or {}))


def found(made: Settings) -> dict[str, Finding]:
    return {finding.what: finding for finding in check(made)}


def test_the_shipped_deployment_lacks_nothing() -> None:
    findings = found(load(SHIPPED, {}))
    assert {what: finding.state for what, finding in findings.items()} == {
        **dict.fromkeys(bots.kinds(), "off"),
        "webchat": "ok",
        "slack": "off",
        "api": "off",
        "touches": "off",
        "join form": "off",
        "kept": "ok",
        "public address": "ok",
        "database": "ok",
        "media folder": "ok",
        "secret key": "ok",
    }


def test_what_goes_by_age_is_said(tmp_path: Path) -> None:
    told = "journal 30 days, messages for ever, files for ever, audit for ever"
    assert found(settings(tmp_path))["kept"].words == told
    kept = found(settings(tmp_path, "[retention]\nmessages_days = 730\naudit_days = 1095\n"))["kept"]
    assert kept.words == "journal 30 days, messages 730 days, files for ever, audit 1095 days"


def test_the_form_at_join_needs_a_channel_and_says_where_codes_go(tmp_path: Path) -> None:
    on = "[join]\nform = true\n"
    alone = found(settings(tmp_path, on))["join form"]
    assert (alone.state, alone.words) == ("missing", "No channel for texts or mail is on.")
    texts = found(settings(tmp_path, on, SMS))["join form"]
    assert texts.state == "ok"
    assert "/join, codes over sms, numbers of any country: name yours" in texts.words
    named = found(settings(tmp_path, on + 'countries = ["PT", "ES"]\n', SMS))["join form"]
    assert named.words.endswith("/join, codes over sms, numbers of PT, ES")


def test_a_mistake_in_the_touches_shows_before_the_start(tmp_path: Path) -> None:
    (tmp_path / "touches.toml").write_text('[[touches]]\nkey = "x"\nname = "X"\nstart = "birthdya"\n')
    findings = found(settings(tmp_path, f'[touches]\nfile = "{tmp_path}/touches.toml"\non = ["x"]\n'))
    assert findings["touches"].state == "missing"
    assert "touches.toml:4" in findings["touches"].words.replace(", line ", ":")
    findings = found(settings(tmp_path, '[touches]\non = ["birthday"]\n'))
    assert (findings["touches"].state, findings["touches"].words) == ("ok", "birthday")


def test_what_is_off_says_what_to_set_and_where_to_get_it(tmp_path: Path) -> None:
    findings = found(settings(tmp_path))
    assert "set TELEGRAM_BOT_TOKEN (" in findings["telegram"].words
    assert "@BotFather" in findings["telegram"].words
    assert all(name in findings["sms"].words for name in SMS)
    assert "set SLACK_BOT_TOKEN (api.slack.com/apps" in findings["slack"].words
    assert "[channels.webchat]" in findings["webchat"].words


def test_a_half_configured_channel_is_missing_what_it_lacks(tmp_path: Path) -> None:
    finding = found(settings(tmp_path, "", {**SMS, "TWILIO_AUTH_TOKEN": ""}))["sms"]
    assert finding.state == "missing"
    assert "TWILIO_AUTH_TOKEN is missing from the environment" in finding.words
    assert "\n" not in str(finding)


def test_a_secret_of_before_that_still_stands_is_told(tmp_path: Path) -> None:
    env = {**SMS, "TWILIO_OLD_AUTH_TOKEN": "2" * 32, "TIDINGS_API_TOKEN": "3" * 32}
    made = settings(tmp_path, "", {**env, "TIDINGS_OLD_API_TOKEN": "4" * 32})
    findings = found(made)
    assert "TWILIO_OLD_AUTH_TOKEN still good: take it out" in findings["sms"].words
    assert "TIDINGS_OLD_API_TOKEN still good" in findings["api"].words
    assert "2222" not in "".join(map(str, findings.values()))
    assert "still good" not in "".join(map(str, found(settings(tmp_path, "", SMS)).values()))


def test_a_channel_that_is_ok_says_where_its_hooks_go(tmp_path: Path) -> None:
    finding = found(settings(tmp_path, 'public_url = "https://in.example"', SMS))["sms"]
    assert finding.state == "ok"
    assert "https://in.example/hooks/sms" in finding.words
    assert SMS["TWILIO_AUTH_TOKEN"] not in str(finding)


@pytest.mark.parametrize(
    ("text", "state"),
    [
        pytest.param("[slack]\nchannel = 'C012'", "ok", id="one Slack channel for all"),
        pytest.param("[[teams]]\nkey='a'\nname='A'\nslack_channel='C012'", "ok", id="one for each team"),
        pytest.param("", "missing", id="nowhere to post"),
    ],
)
def test_slack_needs_a_place_for_every_team(tmp_path: Path, text: str, state: str) -> None:
    env = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}
    assert found(settings(tmp_path, text, env))["slack"].state == state


def test_a_folder_that_cannot_be_made_is_missing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    env = {
        "TIDINGS_MEDIA_DIR": f"{tmp_path}/file/media",
        "TIDINGS_DATABASE": f"sqlite:///{tmp_path}/file/a.db",
        "TIDINGS_SECRET_FILE": f"{tmp_path}/file/secret.key",
    }
    findings = found(settings(tmp_path, "", env))
    states = [findings[what].state for what in ("media folder", "database", "secret key")]
    assert states == ["missing"] * 3
    assert "cannot be written" in findings["media folder"].words


def test_looking_makes_nothing(tmp_path: Path) -> None:
    check(settings(tmp_path, "[channels.webchat]"))
    assert [path.name for path in tmp_path.iterdir()] == ["tidings.toml"]


def test_a_databases_password_is_not_shown(tmp_path: Path) -> None:
    finding = found(settings(tmp_path, "", {"TIDINGS_DATABASE": "postgresql://u:hidden@h/d"}))["database"]
    assert finding.words == "postgresql://u:***@h/d"


@pytest.mark.parametrize(
    ("key", "secret", "state", "words"),
    [
        ("key", "hidden", "ok", "s3://files/of/us at https://s3.example"),
        ("", "", "ok", "with the machine's own role"),
        ("key", "", "missing", "TIDINGS_MEDIA_SECRET"),
        ("", "hidden", "missing", "media_key_id"),
    ],
)
def test_a_bucket_has_both_halves_of_its_key_or_none(
    tmp_path: Path, key: str, secret: str, state: str, words: str
) -> None:
    text = f'media = "s3://files/of/us"\nmedia_endpoint = "https://s3.example"\nmedia_key_id = "{key}"\n'
    finding = found(settings(tmp_path, text, {"TIDINGS_MEDIA_SECRET": secret}))["bucket"]
    assert finding.state == state
    assert words in finding.words
    assert "hidden" not in str(finding)


NATS = {"TIDINGS_JOURNAL": "nats://a,b,c"}
POSTGRES = {"TIDINGS_DATABASE": "postgresql://tidings@db/tidings"}


@pytest.mark.parametrize(
    ("env", "state", "words"),
    [
        pytest.param(NATS, "missing", "share a PostgreSQL", id="on-sqlite"),
        pytest.param(NATS | POSTGRES, "missing", "set TIDINGS_SECRET_KEY", id="each-its-own-secret"),
        pytest.param(
            NATS | POSTGRES | {"TIDINGS_SECRET_KEY": "k" * 32}, "ok", "at a, b, c; three copies", id="whole"
        ),
    ],
)
def test_many_nodes_need_a_database_and_a_secret_together(
    tmp_path: Path, env: dict[str, str], state: str, words: str
) -> None:
    finding = found(settings(tmp_path, env=env))["journal"]
    assert finding.state == state
    assert words in finding.words


def test_a_house_does_not_start_with_a_journal_of_many_nodes_on_sqlite(tmp_path: Path) -> None:
    with pytest.raises(Mistake, match="no database together"):
        build(settings(tmp_path, env=NATS))
