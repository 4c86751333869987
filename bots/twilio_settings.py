"""What an operator sets for a Twilio account, whichever of its channels is meant."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints

CONSOLE = "Twilio Console, Account > API keys & tokens"
URL_PATTERN = r"^https?://[^/\s]+$"

AccountSid = Annotated[
    str,
    StringConstraints(pattern=r"^AC[0-9a-fA-F]{32}$"),
    Field(
        description="The account's identifier: AC and 32 hexadecimal digits.",
        json_schema_extra={
            "env": "TWILIO_ACCOUNT_SID",
            "where": f"{CONSOLE}: Account SID.",
            "needed": True,
        },
    ),
]
AuthToken = Annotated[
    SecretStr,
    Field(
        min_length=1,
        description="The account's secret: it signs Twilio's hooks and opens Twilio's API.",
        json_schema_extra={
            "env": "TWILIO_AUTH_TOKEN",
            "where": f"{CONSOLE}: Auth Token.",
            "needed": True,
        },
    ),
]


class TwilioSettings(BaseModel):
    """One Twilio account.

    Account and token are shared by all the account's channels, so that neither switches one on by itself:
    that is for the sender which a folder requires.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    account_sid: AccountSid = ""
    auth_token: AuthToken = SecretStr("")
    old_auth_token: SecretStr = Field(
        default=SecretStr(""),
        description="The token of before, while it is being changed: hooks signed with it are still taken.",
        json_schema_extra={
            "env": "TWILIO_OLD_AUTH_TOKEN",
            "where": f"{CONSOLE}: the Auth Token before a new one is promoted; take it out a day later.",
        },
    )
    timeout: float = Field(default=15.0, gt=0, le=120, description="Seconds to wait for Twilio's answer.")
    base_url: Annotated[str, StringConstraints(pattern=URL_PATTERN)] = Field(
        default="https://api.twilio.com", description="Twilio's API, without a path; a look-alike's in tests."
    )

    def check_account(self) -> None:
        """Raise ValueError where the account or its token is missing."""
        if not self.account_sid or not self.auth_token.get_secret_value():
            raise ValueError(
                "account_sid (TWILIO_ACCOUNT_SID) and auth_token (TWILIO_AUTH_TOKEN) are needed; "
                f"where to get them: {CONSOLE}"
            )
