"""Instagram: one professional account of ours."""

from dataclasses import replace
from typing import ClassVar, Final

from bots.instagram.settings import Settings
from bots.instagram.spec import SIDE, SPEC
from bots.meta_page import MetaPage

FACEBOOK: Final = "https://graph.facebook.com"


class Instagram(MetaPage):
    """One Instagram account: its direct messages, and what customers write under its posts."""

    who_fields = "username,name,user_id"  # with Instagram login `id` holds in our app alone
    reaction_words: ClassVar[dict[str, str]] = {"❤️": "love"}

    def __init__(self, settings: Settings) -> None:
        """Keep the account's settings."""
        side = replace(
            SIDE, app_id=settings.app_id, account_id=settings.account_id, username=settings.username
        )
        super().__init__(settings, SPEC, side)
        if settings.base_url == FACEBOOK:  # the token is the page's, and `me` the page
            self.who_fields = "instagram_business_account{id,username}"
