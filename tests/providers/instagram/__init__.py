"""A look-alike of Instagram on loopback."""

from tests.providers.meta_page import MetaPageLookAlike

__all__ = ["InstagramLookAlike"]


class InstagramLookAlike(MetaPageLookAlike):
    """Instagram with one account of ours."""

    def __init__(self) -> None:
        super().__init__(kind="instagram")
