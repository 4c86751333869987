"""The configuration is read whole, or every mistake in it names its file, line and remedy."""

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from config.errors import Mistake
from config.filling import is_secret
from config.joining import JoinKnobs
from config.policy import AgentEntry, Policy, Team
from config.retention import RetentionKnobs
from config.rules import RuleEntry, WhenEntry
from config.saved import DeskKnobs, SavedEntry
from config.settings import Settings, load
from config.tiers import SHIPPED_TIERS, AnsweringKnobs, ChannelTarget, TargetEntry, TierEntry, whole_tiers
from config.touch_policy import TouchKnobs
from config.where import SHIPPED

POLICY_MODELS = (Team, AgentEntry, RuleEntry, WhenEntry, TierEntry, AnsweringKnobs, SavedEntry, DeskKnobs)


def written(folder: Path, text: str) -> Path:
    path = folder / "tidings.toml"
    path.write_text(text)
    return path


def test_the_shipped_file_serves_the_web_chat_to_one_team_and_one_admin() -> None:
    settings = load(SHIPPED, {})
    assert settings.channels == {"webchat": {}}
    assert settings.slack is None
    assert (settings.host, settings.port) == ("127.0.0.1", 8080)
    assert [team.key for team in settings.policy.teams] == ["support"]
    assert [(a.key, a.role, a.teams) for a in settings.policy.agents] == [("first", "admin", ("support",))]


def test_the_shipped_file_is_valid_with_every_comment_taken_out(tmp_path: Path) -> None:
    text, uncommented = re.subn(r"(?m)^# (?=\[|\w+ = )", "", SHIPPED.read_text())
    assert uncommented > 20
    settings = load(written(tmp_path, text), {})
    assert set(settings.channels) == {"webchat", "telegram", "sms", "shop"}
    assert settings.slack == {}
    assert settings.policy.agents[0].zone == "Europe/Lisbon"
    assert [len(getattr(settings.policy, noun)) for noun in ("rules", "tiers", "saved_replies")] == [3, 4, 2]
    assert settings.public_url == "https://inbox.example.com"


def test_the_shipped_file_shows_every_knob() -> None:
    text = SHIPPED.read_text()
    hidden = {name for name, info in Settings.model_fields.items() if is_secret(info)}
    hidden |= {"source", "policy", "channels", "slack", "touches", "retention", "join"}
    for name in set(Settings.model_fields) - hidden:
        assert re.search(rf"(?m)^# {name} = ", text), name
    for model in (*POLICY_MODELS, TouchKnobs, RetentionKnobs, JoinKnobs):
        shown = [re.search(rf"(?m)^# ({name} = |\[\w+\.{name}\])", text) for name in model.model_fields]
        assert None not in shown, [*zip(model.model_fields, shown, strict=True)]


def test_the_values_shown_in_comments_are_the_defaults(tmp_path: Path) -> None:
    text = SHIPPED.read_text().partition("# ── Who answers")[0]
    shown = load(written(tmp_path, re.sub(r"(?m)^# (?=\w+ = )", "", text)), {})
    apart = {"channels", "source", "public_url"}
    assert shown.model_dump(exclude=apart) == load(SHIPPED, {}).model_dump(exclude=apart)


def test_the_tiers_shown_in_comments_are_ours(tmp_path: Path) -> None:
    found = re.search(r"(?ms)^# \[tiers.*?^$", SHIPPED.read_text())
    assert found is not None
    settings = load(written(tmp_path, re.sub(r"(?m)^# ", "", found[0])), {})
    assert settings.policy.tiers.keys() == SHIPPED_TIERS.keys()
    assert whole_tiers(settings.policy.tiers) == whole_tiers({}) == dict(SHIPPED_TIERS)


def test_the_knobs_of_answering_shown_in_comments_are_ours(tmp_path: Path) -> None:
    found = re.search(r"(?ms)^# \[answering\].*?^$", SHIPPED.read_text())
    assert found is not None
    settings = load(written(tmp_path, re.sub(r"(?m)^# ", "", found[0])), {})
    assert settings.policy.answering == AnsweringKnobs()


@pytest.mark.parametrize(
    "model", [Settings, Policy, *POLICY_MODELS, TargetEntry, ChannelTarget, TouchKnobs, JoinKnobs]
)
def test_every_knob_has_its_sentence(model: type[BaseModel]) -> None:
    for name, info in model.model_fields.items():
        assert info.description, name
        assert re.search(r"[.]$|answers$|said$", info.description), name


MISTAKES = [
    pytest.param('port = "x"\n', {}, 1, "port", id="a number that is none"),
    pytest.param("\nport = 70000\n", {}, 2, "port", id="a port that cannot be"),
    pytest.param('hsot = "::"\n', {}, 1, "Did you mean 'host'", id="a knob misspelt"),
    pytest.param('x = 1\n\nbusiness = "a', {}, 3, "TOML", id="not TOML"),
    pytest.param("[a\n", {}, 1, "TOML", id="a table without its end"),
    pytest.param('a = """\nb\n', {}, 2, "TOML", id="a text without its end"),
    pytest.param('secret_key = "k"\n', {}, 1, "TIDINGS_SECRET_KEY", id="the secret key in the file"),
    pytest.param(
        'database = "postgresql://u:hidden@h/d"\n', {}, 1, "TIDINGS_DATABASE", id="a password in the file"
    ),
    pytest.param(
        'database = "postgresql://u@h/d?password=hidden"\n',
        {},
        1,
        "before the @",
        id="a password as a parameter",
    ),
    pytest.param('database = "mysql://h/d"\n', {}, 1, "sqlite", id="a database that is not known"),
    pytest.param(
        'public_url = "inbox.example.com"\n', {}, 1, "https://", id="a public address without scheme"
    ),
    pytest.param('source = "x"\n', {}, 1, "source", id="a name of ours that is no knob"),
    pytest.param("channels = 3\n", {}, 1, "channels", id="channels that are no sections"),
    pytest.param('[[teams]]\nkey = "a"\n', {}, 1, "teams.0.name is missing", id="a team without a name"),
    pytest.param(
        '[[teams]]\nkey="a"\nname="A"\n[[teams]]\nname="B"\nkey="a"\n',
        {},
        6,
        "already taken",
        id="two teams, one key",
    ),
    pytest.param(
        '[[agents]]\nkey = "a"\nname = "A"\nteams = ["sales"]\n',
        {},
        4,
        "'sales'",
        id="a team that is not there",
    ),
    pytest.param(
        '[[agents]]\nkey = "a"\nname = "A"\nzone = "Mars"\n', {}, 4, "Mars", id="a zone that is none"
    ),
    pytest.param(
        '[[agents]]\nkey = "a"\nname = "A"\nrole = "boss"\n', {}, 4, "role", id="a role that is none"
    ),
    pytest.param('[[agents]]\nkey = "A B"\nname = "A"\n', {}, 2, "short word", id="a key that is no word"),
    pytest.param(
        '[[teams]]\nkey = "a"\nname = "A"\nslack_channel = "#help"\n',
        {},
        4,
        "starts with C",
        id="a Slack name",
    ),
    pytest.param("", {"TIDINGS_PORT": "many"}, 0, "TIDINGS_PORT", id="a mistake in the environment"),
]


@pytest.mark.parametrize(("text", "env", "line", "words"), MISTAKES)
def test_a_mistake_names_its_file_line_and_remedy(
    tmp_path: Path, text: str, env: dict[str, str], line: int, words: str
) -> None:
    path = written(tmp_path, text)
    with pytest.raises(Mistake) as caught:
        load(path, env)
    mistake = caught.value
    assert mistake.line == line
    assert mistake.file == ("environment" if env else str(path))
    assert words in str(mistake)
    assert len(mistake.every()) == 1
    assert "hidden" not in str(mistake)


def test_all_mistakes_are_told_at_once_in_the_order_of_their_lines(tmp_path: Path) -> None:
    path = written(tmp_path, 'port = "x"\nhsot = "y"\n[[agents]]\nkey = "a"\nname = "A"\nzone = "Mars"\n')
    with pytest.raises(Mistake) as caught:
        load(path, {})
    assert [mistake.line for mistake in caught.value.every()] == [1, 2, 6]


def test_a_file_that_is_not_there_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(Mistake, match="cannot be read: No such file"):
        load(tmp_path / "none.toml", {})


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, 'port = 1\nhost = "::1"\n')
    settings = load(path, {"TIDINGS_PORT": "9", "TIDINGS_DATABASE": "postgresql://u:hidden@h/d", "PORT": "5"})
    assert (settings.port, settings.host) == (9, "::1")
    assert settings.database == "postgresql://u:hidden@h/d"


def test_without_a_public_address_it_is_this_machine_at_our_port(tmp_path: Path) -> None:
    assert load(written(tmp_path, "port = 9000"), {}).public_url == "http://localhost:9000"
    env = {"TIDINGS_PUBLIC_URL": "https://a.example/"}
    assert load(written(tmp_path, ""), env).public_url == "https://a.example"


def test_secrets_are_never_shown() -> None:
    env = {"TIDINGS_SECRET_KEY": "hidden" * 4, "TIDINGS_DATABASE": "postgresql://u:hidden@h/d"}
    assert "hidden" not in repr(load(SHIPPED, env))


def test_an_agent_without_teams_is_in_all(tmp_path: Path) -> None:
    text = '[[teams]]\nkey="a"\nname="A"\n[[teams]]\nkey="b"\nname="B"\n[[agents]]\nkey="x"\nname="X"\n'
    policy = load(written(tmp_path, text), {}).policy
    assert policy.agents[0].teams == ("a", "b")
    assert (policy.team("b").name, policy.first_team.key) == ("B", "a")
    with pytest.raises(KeyError, match="no team 'c'"):
        policy.team("c")
