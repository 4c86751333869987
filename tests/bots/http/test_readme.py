"""The sections that the documentation shows are ones that an operator can paste."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

import bots

ROOT = Path(bots.__file__).parents[1]
SECRETS: dict[str, dict[str, Any]] = {
    "http": {"secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"},
    "letters": {},
    "slackconnect": {"bot_token": "xoxb-1", "app_token": "xapp-1", "secret_key": "s" * 16},
}
PAGES = [f"bots/{kind}/README.md" for kind in SECRETS] + ["docs/http-channel.md"]


@pytest.mark.parametrize("page", PAGES)
def test_every_section_shown_is_valid(page: str) -> None:
    shown = re.findall(r"```toml\n(.*?)```", (ROOT / page).read_text(), re.DOTALL)
    sections = {name: one for text in shown for name, one in tomllib.loads(text)["channels"].items()}
    assert sections
    for name, section in sections.items():
        kind = section.pop("kind", name)
        model = bots.find(kind).Settings.model_validate({**SECRETS[kind], **section})
        assert bots.find(kind).open_channel(model, name).spec.kind == kind


def test_every_setting_is_documented() -> None:
    page = (ROOT / "docs" / "http-channel.md").read_text()
    settings = set(bots.find("http").Settings.model_fields) - {"secret", "old_secret", "url"}
    assert [name for name in settings if f"`{name}`" not in page] == []


def test_every_variable_of_the_example_is_documented() -> None:
    page, script = (ROOT / "docs" / name for name in ("http-channel.md", "examples/bandwidth.py"))
    names = re.findall(r"env(?:\[|\.get\()['\"]([A-Z_]+)", script.read_text())
    assert len(names) > 8
    assert [name for name in names if f"`{name}`" not in page.read_text()] == []
