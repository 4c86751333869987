"""A look-alike of Meta's Send API, comments and hooks, for a Facebook page or an Instagram account."""

from tests.providers.meta_page.server import MetaPageLookAlike

__all__ = ["MetaPageLookAlike"]
