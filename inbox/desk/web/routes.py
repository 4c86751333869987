"""Every address of the desk in the browser."""

from typing import TYPE_CHECKING

from aiohttp import web

from inbox.desk.web import actions, answering, pages, sign_in, stuck
from inbox.desk.web.guard import open_to_all, signed_in
from inbox.desk.web.live import live
from inbox.desk.web.site import make

if TYPE_CHECKING:
    from inbox.app import App

KEY = r"{id:\d{1,19}}"


def routes(app: "App") -> list[web.AbstractRouteDef]:
    """List the desk's addresses, each behind its guard."""
    site = make(app)
    shown = {
        "/desk": pages.queue,
        f"/desk/c/{KEY}": pages.conversation,
        f"/desk/c/{KEY}/customer": pages.customer,
        "/desk/owed": pages.owed,
        "/desk/find": pages.find,
    }
    done = {
        f"/desk/c/{KEY}/answer": answering.answer,
        f"/desk/c/{KEY}/draft": answering.draft,
        f"/desk/c/{KEY}/count": answering.counted,
        **{
            f"/desk/c/{KEY}/{name}": actions.about_conversation(do)
            for name, do in {
                "take": actions.take,
                "give-back": actions.give_back,
                "hand-over": actions.hand_over,
                "snooze": actions.snooze,
                "wake": actions.wake,
                "resolve": actions.resolve,
                "reopen": actions.reopen,
                "read": actions.read,
                "unread": actions.unread,
            }.items()
        },
        **{
            f"/desk/m/{KEY}/{name}": actions.about_message(do)
            for name, do in {
                "edit": actions.edit,
                "delete": actions.delete,
                "resend": actions.resend,
                "arrived": actions.arrived,
                "drop": actions.drop,
            }.items()
        },
        **{f"/desk/owed/{KEY}/{name}": stuck.acting(name) for name in stuck.ACTS},
        "/desk/me/available": actions.available,
        "/desk/sign-out": sign_in.leave,
    }
    return [
        web.get("/desk/sign-in", open_to_all(site, sign_in.ask)),
        web.post("/desk/sign-in", open_to_all(site, sign_in.enter)),
        web.get("/desk/static/{name}", open_to_all(site, pages.static)),
        web.get("/desk/live", signed_in(site, live), allow_head=False),  # a stream has no head alone
        *[web.get(path, signed_in(site, page)) for path, page in shown.items()],
        *[web.post(path, signed_in(site, page)) for path, page in done.items()],
    ]
