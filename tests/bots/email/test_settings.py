"""What an operator may set, and what is refused."""

import subprocess
import sys
from typing import Any

import pytest
from pydantic import ValidationError

from tests.bots.email.mails import SECRET, SECTION, settings
from tests.providers.mail.state import PASSWORD

WRONG = [
    pytest.param({"address": "Support <support@shop.example>"}, "written as", id="a name in the address"),
    pytest.param({"address": "support@shop.example\r\nX"}, "written as", id="two lines"),
    pytest.param({"imap_security": "none"}, "this very machine", id="a password without TLS over the net"),
    pytest.param(
        {"smtp_security": "none", "smtp_host": "192.0.2.1"}, "this very machine", id="the same, SMTP"
    ),
    pytest.param(
        {"unsubscribe_address": "Support@shop.example"}, "another than address", id="every mail a stop"
    ),
    pytest.param({"forms": ["web"]}, "written as", id="a form that is no address"),
    pytest.param({"username": 'a" LOGOUT'}, "pattern", id="a command in the login"),
    pytest.param({"imap_host": "imap.shop.example/x"}, "pattern", id="a path in the host"),
    pytest.param({"secret_key": "short"}, "16", id="a short secret"),
    pytest.param({"idle_seconds": 1_800}, "1680", id="longer than servers wait"),
    pytest.param({"colour": "blue"}, "not permitted", id="no such setting"),
]


@pytest.mark.parametrize(("change", "told"), WRONG)
def test_a_mistake_is_refused_and_its_value_not_repeated(change: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError) as raised:
        settings(**change)
    assert told in str(raised.value)
    for secret in (PASSWORD, SECRET):
        assert secret not in str(raised.value)


def test_what_follows_from_the_address() -> None:
    made = settings(address="Support@Shop.example", also_ours=["B@shop.example"])
    assert made.login == "Support@Shop.example"
    assert made.our_domain == "shop.example"
    assert made.ours == {"support@shop.example", "b@shop.example"}


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_on_this_very_machine_tls_may_be_left_out(host: str) -> None:
    assert settings(imap_host=host, imap_security="none").imap_host == host


def test_every_secret_says_where_it_comes_from() -> None:
    from bots.email.settings import Settings

    for name in SECTION.keys() - {"name"}:
        extra = Settings.model_fields[name].json_schema_extra
        assert isinstance(extra, dict)
        assert extra["env"]
        assert extra["where"]


def test_seeing_the_settings_loads_no_library_of_mail() -> None:
    code = (
        "import sys, bots.email; print({'aioimaplib', 'aiosmtplib', 'nh3', 'quotequail'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
