"""Every address of the desk in the browser, with the operation of `inbox.desk.roles` that it is."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from aiohttp import web

from inbox.desk.web import (
    actions,
    answering,
    audit_page,
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
    taking,
    timeline,
)
from inbox.desk.web.actions import about_conversation, about_message
from inbox.desk.web.entering import entering
from inbox.desk.web.guard import Handler, Page, open_to_all, signed_in
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
SHOWN: Final[Mapping[str, tuple[str, Page]]] = {
    "/desk": ("see_queue", pages.queue),
    f"/desk/c/{KEY}": ("see_conversation", pages.conversation),
    f"/desk/c/{KEY}/customer": ("see_customer", pages.customer),
    f"/desk/c/{KEY}/profile": ("see_profile", profile.profile),
    f"/desk/c/{KEY}/merge": ("merge", merging.merge),
    f"/desk/c/{KEY}/consent": ("see_customer", consent.consent),
    f"/desk/c/{KEY}/consent.{{kind:csv|json}}": ("export_consent", consent.download),
    f"/desk/c/{KEY}/resolve": ("resolve", resolving.question),
    "/desk/me": ("see_self", preferring.me),
    "/desk/promises": ("see_promises", promises_page.page),
    f"/desk/c/{KEY}/saved": ("use_saved", sending.saved),
    f"/desk/c/{KEY}/call": ("call", calling.ask),
    "/desk/new": ("begin", sending.new),
    "/desk/owed": ("see_owed", pages.owed),
    "/desk/fairness": ("see_fairness", fairness_page.page),
    "/desk/fairness.csv": ("export_fairness", fairness_page.download),
    "/desk/audit": ("see_audit", audit_page.page),
    "/desk/audit.csv": ("export_audit", audit_page.download),
    f"/desk/c/{KEY}/export.zip": ("export_customer", taking.export),
    f"/desk/receipt/{KEY}": ("see_receipt", taking.receipt),
    "/desk/find": ("find", finding.find),
    "/desk/palette": ("find", finding.palette),
    f"/desk/customer/{KEY}": ("see_timeline", timeline.page),
    "/desk/touches": ("see_touches", calendar),
    "/desk/touches/kinds": ("see_touches", kinds),
    "/desk/touches/wording": ("see_touches", wording),
    "/desk/touches/report": ("see_report", report),
    "/desk/touches/report.csv": ("export_report", download),
    "/desk/touches/once": ("see_campaign", once.begin),
    f"/desk/touches/once/{KEY}": ("see_campaign", once.look),
    f"/desk/c/{KEY}/touches": ("see_customer", ledger),
}
DONE: Final[Mapping[str, tuple[str, Page]]] = {
    f"/desk/c/{KEY}/answer": ("reply", answering.answer),
    f"/desk/c/{KEY}/draft": ("draft", answering.draft),
    f"/desk/c/{KEY}/count": ("draft", answering.counted),
    f"/desk/c/{KEY}/meeting": ("draft", answering.meeting),
    f"/desk/c/{KEY}/take": ("take", about_conversation(actions.take)),
    f"/desk/c/{KEY}/give-back": ("give_back", about_conversation(actions.give_back)),
    f"/desk/c/{KEY}/hand-over": ("hand_over", about_conversation(actions.hand_over)),
    f"/desk/c/{KEY}/snooze": ("snooze", about_conversation(actions.snooze)),
    f"/desk/c/{KEY}/wake": ("wake", about_conversation(actions.wake)),
    f"/desk/c/{KEY}/resolve": ("resolve", about_conversation(actions.resolve)),
    f"/desk/c/{KEY}/promise": ("promise", about_conversation(promising.promise)),
    f"/desk/p/{KEY}/kept": ("keep_promise", promising.about_promise(promising.kept)),
    f"/desk/p/{KEY}/moved": ("postpone_promise", promising.about_promise(promising.moved)),
    f"/desk/p/{KEY}/let-go": ("withdraw_promise", promising.about_promise(promising.let_go)),
    f"/desk/p/{KEY}/tell": ("tell_promise", promising.about_promise(promising.told)),
    f"/desk/c/{KEY}/safe-mode": ("set_safe_mode", about_conversation(guarding.conversation)),
    f"/desk/c/{KEY}/wish": ("settle_wish", about_conversation(guarding.wish)),
    f"/desk/c/{KEY}/hold-touches": ("hold_touches", about_conversation(guarding.touches)),
    f"/desk/c/{KEY}/saved": ("use_saved", sending.use),
    f"/desk/c/{KEY}/call": ("call", calling.call),
    f"/desk/c/{KEY}/saved-new": ("save_reply", about_conversation(sending.keep)),
    f"/desk/c/{KEY}/saved-drop": ("drop_saved", about_conversation(sending.give_up)),
    f"/desk/c/{KEY}/tag": ("tag", about_conversation(sending.tag)),
    f"/desk/l/{KEY}/change": ("change_later", sending.about_later(sending.change)),
    f"/desk/l/{KEY}/cancel": ("cancel_later", sending.about_later(sending.cancel)),
    "/desk/new": ("begin", sending.begin),
    f"/desk/c/{KEY}/reopen": ("reopen", about_conversation(actions.reopen)),
    f"/desk/c/{KEY}/read": ("read_up_to", about_conversation(actions.read)),
    f"/desk/c/{KEY}/unread": ("mark_unread", about_conversation(actions.unread)),
    f"/desk/c/{KEY}/profile": ("change_customer", profile.write),
    f"/desk/c/{KEY}/merge": ("merge", merging.decide),
    f"/desk/c/{KEY}/unmerge": ("unmerge", about_conversation(merging.undo)),
    f"/desk/c/{KEY}/consent": ("write_consent", about_conversation(consent.write)),
    f"/desk/c/{KEY}/erase": ("erase_customer", about_conversation(taking.erase)),
    f"/desk/m/{KEY}/edit": ("edit_reply", about_message(actions.edit)),
    f"/desk/m/{KEY}/pin": ("pin", about_message(pinning.pin)),
    f"/desk/m/{KEY}/delete": ("delete_reply", about_message(actions.delete)),
    f"/desk/m/{KEY}/resend": ("resend", about_message(actions.resend)),
    f"/desk/m/{KEY}/arrived": ("arrived", about_message(actions.arrived)),
    f"/desk/m/{KEY}/drop": ("drop", about_message(actions.drop)),
    f"/desk/m/{KEY}/react": ("react", about_message(reactions.react)),
    **{f"/desk/owed/{KEY}/{name}": ("settle_owed", stuck.acting(name)) for name in stuck.ACTS},
    "/desk/touches/pause": ("pause_touches", acts.pause),
    "/desk/touches/resume": ("resume_touches", acts.resume),
    "/desk/touches/once": ("make_campaign", once.make),
    f"/desk/touches/once/{KEY}/approve": ("approve_campaign", once.approve),
    f"/desk/touches/once/{KEY}/stop": ("stop_campaign", once.stop),
    **{f"/desk/touches/{KEY}/{name}": ("decide_touch", acts.acting(name)) for name in acts.ACTS},
    f"/desk/c/{KEY}/complaint": ("complaint", about_conversation(acts.complains)),
    f"/desk/c/{KEY}/complaint-ended": ("complaint", about_conversation(acts.is_settled)),
    "/desk/me/available": ("set_available", actions.available),
    "/desk/me/away": ("set_away", preferring.away),
    "/desk/me/prefer": ("prefer", preferring.prefer),
    "/desk/me/safe-mode": ("set_safe_mode", guarding.agent),
    "/desk/me/sign-out-everywhere": ("sign_out", sign_in.leave_everywhere),
    "/desk/sign-out": ("sign_out", sign_in.leave),
}


def routes(app: "App") -> list[web.AbstractRouteDef]:
    """List the desk's addresses, each behind its guard."""
    site = make(app)

    def door(operation: str, page: Page) -> Handler:
        return signed_in(site, entering(operation, page))

    return [
        web.get("/desk/sign-in", open_to_all(site, sign_in.ask)),
        web.post("/desk/sign-in", open_to_all(site, sign_in.enter)),
        web.get("/desk/static/{name}", open_to_all(site, pages.static)),
        web.get("/desk/live", door("see_live", live), allow_head=False),  # a stream has no head alone
        *[web.get(path, door(*shown)) for path, shown in SHOWN.items()],
        *[web.post(path, door(*done)) for path, done in DONE.items()],
    ]
