"""What an operator sets for Messenger."""

from pydantic import Field, SecretStr

from bots.meta_page_settings import APP, Digits, PageSettings


class Settings(PageSettings):
    """One Facebook page, whose messages and comments come by one app."""

    app_secret: SecretStr = Field(
        min_length=1,
        description="The app's secret: it signs Meta's hooks.",
        json_schema_extra={
            "env": "MESSENGER_APP_SECRET",
            "where": f"{APP}, App settings > Basic: App secret.",
        },
    )
    second_secret: SecretStr = Field(
        default=SecretStr(""),
        description="Another app's secret, where hooks of the page come from two apps; both are tried.",
        json_schema_extra={"env": "MESSENGER_SECOND_SECRET", "where": f"{APP}, App settings > Basic."},
    )
    old_app_secret: SecretStr = Field(
        default=SecretStr(""),
        description="The app's secret before it was reset: hooks signed with it are still taken.",
        json_schema_extra={"env": "MESSENGER_OLD_APP_SECRET", "where": "What app_secret was until today."},
    )
    verify_token: SecretStr = Field(
        min_length=8,
        description="A word of your own, typed in at Meta too: Meta shows it when it first asks our address.",
        json_schema_extra={
            "env": "MESSENGER_VERIFY_TOKEN",
            "where": "any 16 random characters, typed in beside the callback URL too.",
        },
    )
    access_token: SecretStr = Field(
        min_length=1,
        description="The page's access token: it opens Meta's API for this page.",
        json_schema_extra={
            "env": "MESSENGER_PAGE_TOKEN",
            "where": f"{APP}, Use cases > Messenger > Messenger API settings: Generate access tokens.",
        },
    )
    app_id: Digits = Field(
        min_length=1,
        description="The app's number: by it our own sends are told from those of other tools.",
        json_schema_extra={"env": "MESSENGER_APP_ID", "where": f"{APP}, at the top: App ID."},
    )
    account_id: Digits = Field(
        default="",
        description="The page's number; hooks of other pages of the app are then passed over.",
        json_schema_extra={"where": "the page, About > Page transparency: Page ID."},
    )
