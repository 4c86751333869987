"""A look-alike of Messenger on loopback."""

from tests.providers.meta_page import MetaPageLookAlike

__all__ = ["MessengerLookAlike"]


class MessengerLookAlike(MetaPageLookAlike):
    """Messenger with one account of ours."""

    def __init__(self) -> None:
        super().__init__(kind="page")
