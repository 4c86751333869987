"""Every address of the desk in the browser."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from aiohttp import web

from inbox.desk.web import (
    actions,
    answering,
    calling,
    consent,
    fairness_page,
    finding,
    guarding,
    merging,
    pages,
    pinning,
    preferring,
    profile,
    promises_page,
    promising,
    reactions,
    resolving,
    sending,
    sign_in,
    stuck,
    timeline,
)
from inbox.desk.web.actions import about_conversation, about_message
from inbox.desk.web.guard import Page, open_to_all, signed_in
from inbox.desk.web.live import live
from inbox.desk.web.site import make
from inbox.desk.web.touches import acts, once
from inbox.desk.web.touches.calendar_page import calendar
from inbox.desk.web.touches.kinds import kinds
from inbox.desk.web.touches.ledger import ledger
from inbox.desk.web.touches.report import download, report
from inbox.desk.web.touches.wording import wording

if TYPE_CHECKING:
    from inbox.app import App

KEY: Final = r"{id:\d{1,19}}"
SHOWN: Final[Mapping[str, Page]] = {
    "/desk": pages.queue,
    f"/desk/c/{KEY}": pages.conversation,
    f"/desk/c/{KEY}/customer": pages.customer,
    f"/desk/c/{KEY}/profile": profile.profile,
    f"/desk/c/{KEY}/merge": merging.merge,
    f"/desk/c/{KEY}/consent": consent.consent,
    f"/desk/c/{KEY}/consent.{{kind:csv|json}}": consent.download,
    f"/desk/c/{KEY}/resolve": resolving.question,
    "/desk/me": preferring.me,
    "/desk/promises": promises_page.page,
    f"/desk/c/{KEY}/saved": sending.saved,
    f"/desk/c/{KEY}/call": calling.ask,
    "/desk/new": sending.new,
    "/desk/owed": pages.owed,
    "/desk/fairness": fairness_page.page,
    "/desk/fairness.csv": fairness_page.download,
    "/desk/find": finding.find,
    "/desk/palette": finding.palette,
    f"/desk/customer/{KEY}": timeline.page,
    "/desk/touches": calendar,
    "/desk/touches/kinds": kinds,
    "/desk/touches/wording": wording,
    "/desk/touches/report": report,
    "/desk/touches/report.csv": download,
    "/desk/touches/once": once.begin,
    f"/desk/touches/once/{KEY}": once.look,
    f"/desk/c/{KEY}/touches": ledger,
}
DONE: Final[Mapping[str, Page]] = {
    f"/desk/c/{KEY}/answer": answering.answer,
    f"/desk/c/{KEY}/draft": answering.draft,
    f"/desk/c/{KEY}/count": answering.counted,
    f"/desk/c/{KEY}/meeting": answering.meeting,
    f"/desk/c/{KEY}/take": about_conversation(actions.take),
    f"/desk/c/{KEY}/give-back": about_conversation(actions.give_back),
    f"/desk/c/{KEY}/hand-over": about_conversation(actions.hand_over),
    f"/desk/c/{KEY}/snooze": about_conversation(actions.snooze),
    f"/desk/c/{KEY}/wake": about_conversation(actions.wake),
    f"/desk/c/{KEY}/resolve": about_conversation(actions.resolve),
    f"/desk/c/{KEY}/promise": about_conversation(promising.promise),
    f"/desk/p/{KEY}/kept": promising.about_promise(promising.kept),
    f"/desk/p/{KEY}/moved": promising.about_promise(promising.moved),
    f"/desk/p/{KEY}/let-go": promising.about_promise(promising.let_go),
    f"/desk/p/{KEY}/tell": promising.about_promise(promising.told),
    f"/desk/c/{KEY}/safe-mode": about_conversation(guarding.conversation),
    f"/desk/c/{KEY}/wish": about_conversation(guarding.wish),
    f"/desk/c/{KEY}/hold-touches": about_conversation(guarding.touches),
    f"/desk/c/{KEY}/saved": sending.use,
    f"/desk/c/{KEY}/call": calling.call,
    f"/desk/c/{KEY}/saved-new": about_conversation(sending.keep),
    f"/desk/c/{KEY}/saved-drop": about_conversation(sending.give_up),
    f"/desk/c/{KEY}/tag": about_conversation(sending.tag),
    f"/desk/l/{KEY}/change": sending.about_later(sending.change),
    f"/desk/l/{KEY}/cancel": sending.about_later(sending.cancel),
    "/desk/new": sending.begin,
    f"/desk/c/{KEY}/reopen": about_conversation(actions.reopen),
    f"/desk/c/{KEY}/read": about_conversation(actions.read),
    f"/desk/c/{KEY}/unread": about_conversation(actions.unread),
    f"/desk/c/{KEY}/profile": profile.write,
    f"/desk/c/{KEY}/merge": merging.decide,
    f"/desk/c/{KEY}/unmerge": about_conversation(merging.undo),
    f"/desk/c/{KEY}/consent": about_conversation(consent.write),
    f"/desk/m/{KEY}/edit": about_message(actions.edit),
    f"/desk/m/{KEY}/pin": about_message(pinning.pin),
    f"/desk/m/{KEY}/delete": about_message(actions.delete),
    f"/desk/m/{KEY}/resend": about_message(actions.resend),
    f"/desk/m/{KEY}/arrived": about_message(actions.arrived),
    f"/desk/m/{KEY}/drop": about_message(actions.drop),
    f"/desk/m/{KEY}/react": about_message(reactions.react),
    **{f"/desk/owed/{KEY}/{name}": stuck.acting(name) for name in stuck.ACTS},
    "/desk/touches/pause": acts.pause,
    "/desk/touches/resume": acts.resume,
    "/desk/touches/once": once.make,
    f"/desk/touches/once/{KEY}/approve": once.approve,
    f"/desk/touches/once/{KEY}/stop": once.stop,
    **{f"/desk/touches/{KEY}/{name}": acts.acting(name) for name in acts.ACTS},
    f"/desk/c/{KEY}/complaint": about_conversation(acts.complains),
    f"/desk/c/{KEY}/complaint-ended": about_conversation(acts.is_settled),
    "/desk/me/available": actions.available,
    "/desk/me/away": preferring.away,
    "/desk/me/prefer": preferring.prefer,
    "/desk/me/safe-mode": guarding.agent,
    "/desk/sign-out": sign_in.leave,
}


def routes(app: "App") -> list[web.AbstractRouteDef]:
    """List the desk's addresses, each behind its guard."""
    site = make(app)
    return [
        web.get("/desk/sign-in", open_to_all(site, sign_in.ask)),
        web.post("/desk/sign-in", open_to_all(site, sign_in.enter)),
        web.get("/desk/static/{name}", open_to_all(site, pages.static)),
        web.get("/desk/live", signed_in(site, live), allow_head=False),  # a stream has no head alone
        *[web.get(path, signed_in(site, page)) for path, page in SHOWN.items()],
        *[web.post(path, signed_in(site, page)) for path, page in DONE.items()],
    ]
