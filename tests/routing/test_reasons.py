"""Every code that anybody writes has its sentence."""

import ast
import re
from pathlib import Path

from routing.reasons import CHANNEL_WHYS, OUTCOMES, REASONS, ZONE_SOURCES

ROOT = Path(__file__).parents[2]
NAMED = (
    "no_consent consent_expired opted_out opted_out_same_number no_channel channel_not_registered"
    " window_closed template_not_sendable us_marketing_templates_not_delivered jurisdiction_closed_all_day"
    " jurisdiction_cap window_closed_before_allowed_hours open_complaint customer_wrote_first taken_by_agent"
    " order_returned already_sent_this_occasion cooldown_300_days duplicate_address expired missing_variable"
    " incomplete_birthdate placeholder_birthdate underage suppressed_deceased"
    " instance_changed_confirm_before_sending"
)
NEVER = re.compile(
    r"\b(tickets?|contacts?|users?|threads?|payloads?|campaigns?|gateway|please|oops|he|she)\b|!"
)


def written() -> set[str]:
    """Find the codes that routing writes: of `reason="…"`, and what functions that answer a str return."""
    found = set()
    for path in (ROOT / "routing").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.keyword) and node.arg == "reason":
                found |= {one.value for one in ast.walk(node.value) if isinstance(one, ast.Constant)}
    for name, functions in {"consent": ["standing"], "choosing": ["obstacle", "_template"]}.items():
        for node in ast.walk(ast.parse((ROOT / f"routing/{name}.py").read_text())):
            if isinstance(node, ast.FunctionDef) and node.name in functions:
                returned = [one.value for one in ast.walk(node) if isinstance(one, ast.Return) and one.value]
                found |= {
                    one.value for part in returned for one in ast.walk(part) if isinstance(one, ast.Constant)
                }
    return {one for one in found if isinstance(one, str) and one}


def test_every_code_that_is_written_has_a_sentence() -> None:
    codes = written()
    assert len(codes) > 25
    assert codes - REASONS.keys() == set()


def test_the_codes_of_the_rules_are_there() -> None:
    assert set(NAMED.split()) - REASONS.keys() == set()
    assert {"own", "device", "region", "phone", "country", "account"} == ZONE_SOURCES.keys()
    assert {"preference", "writes_most", "order", "only"} == CHANNEL_WHYS.keys()
    assert {"sent", "not_sent", "cancelled", "held_then_sent", "deferred", "shown"} <= OUTCOMES.keys()
    assert {"control", "paused", "quarantined", "not_scheduled", "expired"} <= OUTCOMES.keys()


def test_a_sentence_is_one_for_people() -> None:
    for code, sentence in REASONS.items():
        assert re.fullmatch(r"[a-z0-9_]{3,64}", code)
        assert sentence[0].isupper(), code
        assert sentence.endswith("."), code
        assert sentence.count(".") == 1, code
        assert not NEVER.search(sentence.lower()), code


def test_no_two_codes_read_the_same() -> None:
    assert len(set(REASONS.values())) == len(REASONS)
