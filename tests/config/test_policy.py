"""What cannot be meant in a policy is refused with its line and a remedy; what can becomes the house."""

from pathlib import Path

import pytest

from config.errors import Mistake
from config.settings import load

KINDS = ("sms", "telegram", "webchat")
TEAM = '[[teams]]\nkey = "support"\nname = "Support"\n'
ANA = '[[agents]]\nkey = "ana"\nname = "Ana"\n'
RULE = '[[rules]]\nkey = "a"\n[rules.when]\n'
SAVED = '[[saved_replies]]\nkey = "a"\ntitle = "A"\n'
THEN = SAVED + 'texts.en = "x"\n'

MISTAKES = [
    pytest.param(TEAM + "hours = []\n", 4, "never open", id="hours that never open"),
    pytest.param(TEAM + 'hours = ["mon 9-18"]\n', 4, "written like", id="hours nobody can read"),
    pytest.param(TEAM + 'hours = ["mon 9:00-9:00"]\n', 4, "never opens", id="hours of no length"),
    pytest.param(TEAM + 'zone = "Mars"\n', 4, "no time zone 'Mars'", id="an unknown zone"),
    pytest.param(TEAM + 'holidays = "XX"\n', 4, "holidays of 'XX'", id="an unknown holiday country"),
    pytest.param(TEAM + 'holidays = "US-ZZ"\n', 4, "region 'ZZ' of US", id="an unknown holiday region"),
    pytest.param(TEAM + 'holidays = "portugal"\n', 4, "'PT' or 'US-CA'", id="a holiday country in words"),
    pytest.param(
        TEAM + "closed = [2026-12-24]\nopened = [2026-12-24]\n", 5, "both closed", id="closed and opened"
    ),
    pytest.param(
        TEAM + 'hours = ["mon-fri 9:00-18:00"]\nopened = [2026-12-26]\n',
        5,
        "is a Saturday",
        id="opened on a day without hours",
    ),
    pytest.param(TEAM + 'lead = "bob"\n' + ANA, 4, "no agent 'bob'", id="a lead who is nobody"),
    pytest.param(
        TEAM + 'lead = "ana"\n[[teams]]\nkey = "sales"\nname = "S"\n' + ANA + 'teams = ["sales"]\n',
        4,
        "is not in it",
        id="a lead who is not in the team",
    ),
    pytest.param(TEAM + 'reassign_after = "0m"\n', 4, "no time", id="no time to answer"),
    pytest.param(TEAM + 'reassign_after = "30 minutes"\n', 4, "'15m'", id="a time nobody can read"),
    pytest.param(TEAM + 'away.en = "x"\n', 4, "always there", id="words for a closing that never is"),
    pytest.param(
        TEAM + 'hours = ["mon 9:00-18:00"]\naway.xx = "x"\n', 5, "no language 'xx'", id="an unknown language"
    ),
    pytest.param(
        TEAM + 'hours = ["mon 9:00-18:00"]\naway.en = "{{ order }}"\n',
        5,
        "no variable 'order'",
        id="an unknown variable while closed",
    ),
    pytest.param(TEAM + "hold_seconds = 31\n", 4, "30", id="a hold too long"),
    pytest.param("teams = []\n", 1, "teams", id="no team at all"),
    pytest.param(ANA + 'teams = ["suport"]\n', 4, "'suport'", id="an unknown team"),
    pytest.param(ANA + 'languages = ["qqq"]\n', 4, "no language 'qqq'", id="an agent's unknown language"),
    pytest.param(ANA + "capacity = 0\n", 4, "capacity", id="an agent for nothing"),
    pytest.param(ANA + "shifts = []\n", 4, "never begin", id="shifts that never begin"),
    pytest.param(
        TEAM + 'hours = ["mon-fri 9:00-18:00"]\n' + ANA + 'shifts = ["mon 9:00-12:00", "sat 9:00-12:00"]\n',
        8,
        "'sat 9:00-12:00'",
        id="a shift outside the team's life",
    ),
    pytest.param(
        TEAM
        + 'hours = ["mon-fri 9:00-12:00"]\n'
        + ANA
        + 'zone = "Pacific/Auckland"\nshifts = ["mon-fri 9:00-12:00"]\n',
        9,
        "Pacific/Auckland",
        id="a shift on another clock",
    ),
    pytest.param(RULE + "words = []\n", 4, "never match: words is empty", id="a rule for nothing"),
    pytest.param(RULE + "within = []\n", 4, "within is empty", id="a rule in no hours"),
    pytest.param(
        RULE + 'within = ["mon 9:00-12:00"]\noutside = ["mon 8:00-13:00"]\n', 4, "empty", id="no hour is left"
    ),
    pytest.param(RULE + 'outside = ["mon-sun 0:00-24:00"]\n', 4, "whole week", id="outside of all"),
    pytest.param(
        RULE + 'within = ["mon 9:00-12:00"]\nwithin_team = "support"\n', 4, "contradict", id="two hours"
    ),
    pytest.param(
        TEAM + 'hours = ["mon 9:00-18:00"]\n' + RULE + 'within_team = "support"\noutside_team = "support"\n',
        8,
        "open and closed at once",
        id="in and out of a team's hours",
    ),
    pytest.param(RULE + 'outside_team = "support"\n', 4, "always open", id="outside of always"),
    pytest.param(RULE + 'within_team = "sales"\n', 4, "no team 'sales'", id="the hours of no team"),
    pytest.param(
        RULE + 'words = ["Café"]\n[[rules]]\nkey = "b"\n[rules.when]\nwords = ["cafe"]\n',
        7,
        "'a', which stands before it",
        id="the same when",
    ),
    pytest.param(
        '[[rules]]\nkey = "a"\n[[rules]]\nkey = "b"\n[rules.when]\ntiers = ["gold"]\n',
        5,
        "takes all of it",
        id="after a rule for all",
    ),
    pytest.param(
        RULE
        + 'tiers = ["gold", "iron"]\n[[rules]]\nkey = "b"\n[rules.when]\ntiers = ["gold"]\ntags = ["x"]\n',
        7,
        "takes all of it",
        id="after a wider rule",
    ),
    pytest.param(
        RULE + 'languages = ["pt"]\n[[rules]]\nkey = "b"\n[rules.when]\nlanguages = ["pt-BR"]\n',
        7,
        "takes all of it",
        id="after a rule for its language",
    ),
    pytest.param(RULE + 'tiers = ["silver"]\n', 4, "no tier 'silver'", id="an unknown tier"),
    pytest.param(RULE + 'channels = ["smss"]\n', 4, "Did you mean 'sms'", id="an unknown kind of channel"),
    pytest.param(RULE + 'languages = ["English"]\n', 4, "languages", id="a language in words"),
    pytest.param(RULE + 'stages = ["old"]\n', 4, "prospect, new, regular", id="an unknown stage"),
    pytest.param('[[rules]]\nkey = "a"\nteam = "x"\n', 3, "no team 'x'", id="a rule for no team"),
    pytest.param('[[rules]]\nkey = "a"\nskill = "x"\n', 3, "no agent has", id="a skill that nobody has"),
    pytest.param('[[rules]]\nkey = "a"\nreply.en = "{{ opens }}"\n', 3, "no variable", id="a rule's words"),
    pytest.param(
        RULE + 'tags = ["x"]\n[[rules]]\nkey = "a"\n[rules.when]\ntags = ["y"]\n',
        6,
        "'a' is already taken",
        id="two rules, one key",
    ),
    pytest.param("[tiers.vip]\n", 1, "has no rank", id="a tier without a rank"),
    pytest.param(
        '[tiers.gold]\nchannels.fax.first_reply = "1m"\n', 2, "no channel 'fax'", id="a tier's channel"
    ),
    pytest.param('[tiers.gold]\nfirst_reply = "5 minutes"\n', 2, "'15m'", id="a target nobody can read"),
    pytest.param(
        '[tiers.gold]\nfirst_reply = "20h"\n', 2, "later than the end", id="an answer after the end"
    ),
    pytest.param('[answering]\nunknown_tier = "x"\n', 2, "no tier 'x'", id="the unknown are of no tier"),
    pytest.param("[answering]\nbound = 0.5\n", 2, "bound", id="a bound below the target"),
    pytest.param("[answering]\nwarn_share = 1.0\n", 2, "warn_share", id="a warning when it is too late"),
    pytest.param(SAVED, 1, "texts is missing", id="a saved reply without words"),
    pytest.param(SAVED + "texts = {}\n", 4, "says nothing", id="a saved reply with no language"),
    pytest.param(SAVED + 'texts.en = "{{ nmae }}"\n', 4, "no variable 'nmae'", id="an unknown variable"),
    pytest.param(THEN + 'teams = ["x"]\n', 5, "no team 'x'", id="a saved reply of no team"),
    pytest.param(THEN + 'assign = "agent:bob"\n', 5, "no agent 'bob'", id="a saved reply to nobody"),
    pytest.param(THEN + 'assign = "bob"\n', 5, "'agent:<key>'", id="an assignment nobody can read"),
    pytest.param(THEN + 'resolve = "x"\n', 5, "no reason 'x'", id="a reason that is none"),
    pytest.param(
        THEN + 'snooze = "2d"\nresolve = "Not for us"\n', 5, "both set aside", id="set aside and resolved"
    ),
    pytest.param(THEN + 'snooze = "90d"\n', 5, "90 days", id="set aside for ever"),
    pytest.param(THEN + THEN, 6, "already taken", id="two saved replies, one key"),
    pytest.param('[desk]\nresolve_reasons = ["a", "a"]\n', 2, "twice", id="a reason twice"),
    pytest.param("[desk]\nresolve_reasons = []\n", 2, "resolve_reasons", id="no reason at all"),
    pytest.param("[desk]\nquestion = {}\n", 2, "no words to ask", id="a question without words"),
]


def written(folder: Path, text: str) -> Path:
    path = folder / "tidings.toml"
    path.write_text(text)
    return path


@pytest.mark.parametrize(("text", "line", "words"), MISTAKES)
def test_a_contradiction_is_refused_with_its_line(tmp_path: Path, text: str, line: int, words: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(Mistake) as caught:
        load(path, {}, KINDS)
    mistake = caught.value
    assert words in str(mistake)
    assert mistake.line == line
    assert mistake.file == str(path)
    assert mistake.remedy
    assert len(mistake.every()) == 1


TAKEN = [
    pytest.param(RULE + 'channels = ["shop"]\n[channels.shop]\nkind = "sms"\n', id="an account by its name"),
    pytest.param(RULE + 'languages = [""]\n', id="a language that nobody could tell"),
    pytest.param(RULE + 'words = ["a1"]\n[[rules]]\nkey = "b"\n', id="a rule for the rest"),
    pytest.param(
        RULE + 'tags = ["x"]\n[[rules]]\nkey = "b"\n[rules.when]\ntags = ["x", "y"]\n',
        id="a wider rule after",
    ),
    pytest.param(
        RULE
        + 'within = ["mon 9:00-12:00"]\n[[rules]]\nkey = "b"\n[rules.when]\nwithin = ["mon 9:00-12:00"]\n'
        + 'zone = "Asia/Tokyo"\n',
        id="the same hours on another clock",
    ),
    pytest.param(TEAM + 'lead = "ana"\n' + ANA, id="a lead who is in all teams"),
    pytest.param('[tiers.vip]\nrank = 1\n[answering]\nunknown_tier = "vip"\n', id="a tier of one's own"),
    pytest.param(
        TEAM
        + 'hours = ["mon-fri 22:00-6:00"]\n'
        + ANA
        + 'zone = "Pacific/Auckland"\nshifts = ["tue 10:00-11:00"]\n',
        id="a shift on the other side of the world",
    ),
]


@pytest.mark.parametrize("text", TAKEN)
def test_what_can_be_meant_is_taken(tmp_path: Path, text: str) -> None:
    load(written(tmp_path, text), {}, KINDS)
