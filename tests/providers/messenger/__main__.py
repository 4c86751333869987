"""Run the look-alike by itself: python -m tests.providers.messenger --port 9700."""

from tests.providers.meta_page.run import main

main("page")
