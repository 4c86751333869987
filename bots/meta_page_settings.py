"""What an operator sets for a Facebook page or an Instagram account: what both have in common."""

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints

APP: Final = "developers.facebook.com, your app"
Digits = Annotated[str, StringConstraints(pattern=r"^[0-9]{0,32}$")]
Origin = Annotated[str, StringConstraints(pattern=r"^https?://[^/\s]+$")]


class PageSettings(BaseModel):
    """One account of ours at Meta; its folder says from where each secret comes."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    app_secret: SecretStr = Field(min_length=1, description="The app's secret: it signs Meta's hooks.")
    second_secret: SecretStr = Field(
        default=SecretStr(""), description="Another secret that hooks may be signed with."
    )
    old_app_secret: SecretStr = Field(
        default=SecretStr(""),
        description="The app's secret before it was reset: hooks signed with it are still taken.",
    )
    verify_token: SecretStr = Field(
        min_length=8,
        description="A word of your own, typed in at Meta too: Meta shows it when it first asks our address.",
    )
    access_token: SecretStr = Field(min_length=1, description="Opens Meta's API for this account.")
    app_id: Digits = Field(default="", description="The app's number, by which our own sends are told.")
    account_id: Digits = Field(
        default="", description="The account's number; hooks of other accounts are then passed over."
    )
    human_agent: bool = Field(
        default=False,
        description="Whether Meta gave the app the Human Agent feature: agents may then answer for 7 days.",
    )
    rate: float = Field(default=10.0, gt=0, le=40, description="Messages a second for the account.")
    version: Annotated[str, StringConstraints(pattern=r"^v[0-9]+\.[0-9]+$")] = Field(
        default="v25.0", description="The version of Meta's API."
    )
    timeout: float = Field(default=15.0, gt=0, le=120, description="Seconds to wait for Meta's answer.")
    base_url: Origin = Field(default="https://graph.facebook.com", description="Meta's API, without a path.")
