"""Messenger: one Facebook page of ours."""

from dataclasses import replace

from bots.messenger.settings import Settings
from bots.messenger.spec import SIDE, SPEC
from bots.meta_page import MetaPage


class Messenger(MetaPage):
    """One Facebook page: what customers write to it, and what they write under its posts."""

    def __init__(self, settings: Settings) -> None:
        """Keep the page's settings."""
        side = replace(SIDE, app_id=settings.app_id, account_id=settings.account_id)
        super().__init__(settings, SPEC, side)
