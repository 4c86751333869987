"""What an operator sets for Instagram."""

from pydantic import Field, SecretStr

from bots.meta_page_settings import APP, Digits, Origin, PageSettings


class Settings(PageSettings):
    """One professional Instagram account, joined by Instagram login or through its Facebook page."""

    app_secret: SecretStr = Field(
        min_length=1,
        description="The secret that signs Meta's hooks: with Instagram login the Instagram app's own.",
        json_schema_extra={
            "env": "INSTAGRAM_APP_SECRET",
            "where": f"{APP}, Instagram > API setup with Instagram login: Instagram app secret.",
        },
    )
    second_secret: SecretStr = Field(
        default=SecretStr(""),
        description="The Meta app's secret, where hooks may be signed with that one; both are tried.",
        json_schema_extra={
            "env": "INSTAGRAM_SECOND_SECRET",
            "where": f"{APP}, App settings > Basic: App secret.",
        },
    )
    old_app_secret: SecretStr = Field(
        default=SecretStr(""),
        description="The app's secret before it was reset: hooks signed with it are still taken.",
        json_schema_extra={"env": "INSTAGRAM_OLD_APP_SECRET", "where": "What app_secret was until today."},
    )
    verify_token: SecretStr = Field(
        min_length=8,
        description="A word of your own, typed in at Meta too: Meta shows it when it first asks our address.",
        json_schema_extra={
            "env": "INSTAGRAM_VERIFY_TOKEN",
            "where": "any 16 random characters, typed in beside the callback URL too.",
        },
    )
    access_token: SecretStr = Field(
        min_length=1,
        description="The account's access token, or with Facebook login the page's.",
        json_schema_extra={
            "env": "INSTAGRAM_ACCESS_TOKEN",
            "where": f"{APP}, Instagram > API setup with Instagram login: Generate access tokens.",
        },
    )
    app_id: Digits = Field(
        default="",
        description="The app's number: echoes that bear it are our own sends. Not every echo has one.",
        json_schema_extra={"where": f"{APP}, at the top: App ID."},
    )
    account_id: Digits = Field(
        default="",
        description="The account's number; hooks of other accounts of the app are then passed over.",
        json_schema_extra={"where": "the answer of `tidings check --live`, or the hooks: entry.id."},
    )
    username: str = Field(
        default="",
        pattern=r"^[a-z0-9._]{0,30}$",
        description="The account's name without @: our own comments are told by it too.",
    )
    base_url: Origin = Field(
        default="https://graph.instagram.com",
        description="The API of Instagram login; with Facebook login it is https://graph.facebook.com.",
    )
