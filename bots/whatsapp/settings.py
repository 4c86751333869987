"""What an operator sets for one WhatsApp number."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints

APP = "developers.facebook.com, your app"
Number = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,32}$")]


class Settings(BaseModel):
    """One number of ours at Meta, and the app through which it speaks."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    access_token: SecretStr = Field(
        min_length=1,
        description="The token of a system user who may send and read messages.",
        json_schema_extra={
            "env": "WHATSAPP_ACCESS_TOKEN",
            "where": "business.facebook.com, Settings > System users > Generate token, never expiring.",
        },
    )
    phone_number_id: Number = Field(
        description="Meta's identifier of our number: digits, and not the number itself.",
        json_schema_extra={
            "env": "WHATSAPP_PHONE_NUMBER_ID",
            "where": f"{APP} > WhatsApp > API Setup: Phone number ID.",
        },
    )
    app_secret: SecretStr = Field(
        min_length=1,
        description="The app's secret; Meta signs its hooks with it.",
        json_schema_extra={
            "env": "WHATSAPP_APP_SECRET",
            "where": f"{APP} > App settings > Basic: App secret.",
        },
    )
    old_app_secret: SecretStr = Field(
        default=SecretStr(""),
        description="The app's secret before it was reset, accepted as well; to be taken out afterwards.",
        json_schema_extra={"env": "WHATSAPP_OLD_APP_SECRET", "where": "What app_secret was until today."},
    )
    verify_token: SecretStr = Field(
        min_length=1,
        description="What Meta repeats when our address is entered at the app.",
        json_schema_extra={
            "env": "WHATSAPP_VERIFY_TOKEN",
            "where": "any random characters, the same at the app: WhatsApp > Configuration > Verify token.",
        },
    )
    business_account_id: Annotated[str, StringConstraints(pattern=r"^[0-9]{0,32}$")] = Field(
        default="",
        description="The WhatsApp Business account that has the templates; without it none are offered.",
        json_schema_extra={
            "env": "WHATSAPP_BUSINESS_ACCOUNT_ID",
            "where": f"{APP} > WhatsApp > API Setup: WhatsApp Business Account ID.",
        },
    )
    rate: float = Field(
        default=80.0,
        gt=0,
        le=1000,
        description="Messages a second: 80, 1000 once Meta raised it, 20 for a number that also has the app.",
    )
    timeout: float = Field(default=15.0, gt=0, le=120, description="Seconds to wait for Meta's answer.")
    templates_minutes: float = Field(
        default=30.0, gt=0, description="How often the approved templates are asked for, in minutes."
    )
    retry_seconds: float = Field(
        default=5.0, gt=0, description="First wait after templates did not come, in seconds; it doubles."
    )
    version: Annotated[str, StringConstraints(pattern=r"^v[0-9]{1,3}\.[0-9]$")] = Field(
        default="v25.0", description="The version of Meta's Graph API."
    )
    base_url: Annotated[str, StringConstraints(pattern=r"^https?://[^/\s]+$")] = Field(
        default="https://graph.facebook.com",
        description="Meta's Graph API, without a path; a look-alike's in tests.",
    )
