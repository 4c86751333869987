"""The pages of /join as they are shown: the ways to opt in with the form, the code, and that it holds."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import phonenumbers
from aiohttp import web

from config.touch_policy import Subject
from inbox.preferences.join import shown, told
from inbox.preferences.join_codes import Codes, Slip
from inbox.preferences.join_wish import LONGEST, TEXTS, TICK, Choice, Fields, carriers, choices
from inbox.preferences.join_words import WORDS, words
from inbox.preferences.pages import Pages
from inbox.preferences.words import language_of
from inbox.preferences.words import words as page_words

if TYPE_CHECKING:
    from inbox.app import App

START: Final = "START"
NOTHING: Final[Mapping[str, str]] = {}


class JoinPages:
    """Shows the pages of one house."""

    def __init__(self, app: "App", pages: Pages, codes: Codes) -> None:
        """Fill the templates of *pages*; *codes* marks the forms."""
        self._app, self._pages, self._codes = app, pages, codes

    def form(
        self,
        request: web.Request,
        *,
        fields: Fields = NOTHING,
        wrong: Mapping[str, str] = NOTHING,
        said: str = "",
        status: int = 200,
        wait: int = 0,
    ) -> web.Response:
        """Show how to opt in, with the form where it is on.

        *said* and *wrong* name sentences of `join_words`: one for all, and those that stand by a field.
        """
        language, asking = self.language(request), bool(self.ways())
        speech, values = words(language), {"example": self._example(), "minutes": wait}
        return self._pages.page(
            "join.html",
            language,
            status=status,
            asking=asking,
            field=self._field(speech),
            choices=self.choices(language),
            form_token=self._codes.form(self._app.clock()) if asking else "",
            typed=fields.get("where", "")[:LONGEST],
            ticked={name.removeprefix(TICK) for name in fields if name.startswith(TICK)},
            said=speech[said].format(**values) if said else "",
            wrong={name: speech[why].format(**values) for name, why in wrong.items()},
            **told(self._app.channels, self._subjects, language),
        )

    def code(self, request: web.Request, *, wrong: str = "") -> web.Response:
        """Ask for the code, and show again what it allows."""
        language, slip = self.language(request), self.slip(request)
        speech = words(language)
        if slip is None or not self.ways():
            return self._plain(language, speech["code_title"], speech["over"], status=404, again=True)
        labels = {one.key: one.label for one in self.choices(language)}
        return self._pages.page(
            "join_code.html",
            language,
            status=422 if wrong else 200,
            join=speech,
            where=slip.shown,
            labels=[labels[key] for key in slip.subjects if key in labels],
            start=START,
            wrong={"code": speech[wrong]} if wrong else {},
        )

    def done(self, request: web.Request) -> web.Response:
        """Say that it holds."""
        language = self.language(request)
        speech = words(language)
        return self._plain(language, speech["done_title"], speech["done"].format(stop=WORDS[language][1]))

    def busy(self, request: web.Request) -> web.Response:
        """Say that nothing could be kept."""
        language = self.language(request)
        speech = page_words(language)
        return self._plain(language, speech["busy_title"], speech["busy"], status=503)

    def slip(self, request: web.Request) -> Slip | None:
        """Read the slip of a code's page."""
        return self._codes.slip(request.match_info["token"], self._app.clock())

    def ways(self) -> dict[str, str]:
        """Name the channels that carry codes, by scheme; none where the form is off."""
        return carriers(self._app.channels) if self._app.settings.join.form else {}

    def choices(self, language: str) -> list[Choice]:
        """List what can be ticked."""
        return choices(self._subjects, self._app.settings.business, language)

    def countries(self) -> tuple[str, ...]:
        """List the countries whose numbers are texted; none are all."""
        own = self._app.settings.touches.country
        return self._app.settings.join.countries or ((own,) if own else ())

    def language(self, request: web.Request) -> str:
        """Choose the visitor's language."""
        return language_of(request, self._app.settings.language)

    @property
    def _subjects(self) -> Sequence[Subject]:
        return self._app.first_word.book.subjects

    def _plain(
        self, language: str, title: str, text: str, *, status: int = 200, again: bool = False
    ) -> web.Response:
        values: dict[str, Any] = {"title": title, "text": text, "again": again, "join": words(language)}
        return self._pages.page("join_done.html", language, status=status, **values)

    def _field(self, speech: Mapping[str, str]) -> dict[str, str]:
        """Describe the one field for a number, a mailbox, or either."""
        ways = self.ways()
        abroad = speech["where_abroad"] if TEXTS in ways and len(self.countries()) != 1 else ""
        if len(ways) > 1:
            return {"label": speech["where_both"], "mode": "text", "complete": "on", "hint": abroad}
        if TEXTS in ways:
            return {"label": speech["where_text"], "mode": "tel", "complete": "tel", "hint": abroad}
        return {"label": speech["where_mail"], "mode": "email", "complete": "email", "hint": ""}

    def _example(self) -> str:
        """Write a mobile number of the first country as people do; +44 where any is good."""
        region = next(iter(self.countries()), "GB")
        number = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
        return (
            shown(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)) if number else ""
        )
