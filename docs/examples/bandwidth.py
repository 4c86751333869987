"""Joins Bandwidth SMS to tidings' HTTP channel: Bandwidth calls /bandwidth here, tidings posts to /send."""

from datetime import UTC, datetime
from hmac import compare_digest
from os import environ as env

from aiohttp import ClientConnectorError, ClientSession, web
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

API = f"{env['BANDWIDTH_API']}/api/v2/users/{env['BANDWIDTH_ACCOUNT']}/messages"
OURS = {"applicationId": env["BANDWIDTH_APPLICATION"], "from": env["BANDWIDTH_NUMBER"]}
TIDINGS, WANTED = Webhook(env["TIDINGS_HTTP_SECRET"]), env["BANDWIDTH_HOOK_AUTHORIZATION"].encode()


def events_of(call):
    said, word = call["message"], call["type"].removeprefix("message-")
    event = {"external_id": said["id"], "sent_at": call["time"]}
    if word == "received":
        event |= {"type": "message", "address": f"tel:{said['from']}", "text": said.get("text") or ""}
        files = [{"url": url} for url in said.get("media") or [] if not url.endswith(".smil")]
        yield event | {"attachments": files, "raw": call}
    elif word in ("sent", "delivered", "failed", "read"):
        event |= {"type": "receipt", "status": word, "address": f"tel:{call['to']}"}
        yield event | {"code": str(call.get("errorCode", "")), "reason": call["description"]}


async def heard(request):
    if not compare_digest(request.headers.get("Authorization", "").encode("utf-8", "replace"), WANTED):
        return web.Response(status=401)
    calls, now = await request.json(), datetime.now(UTC)
    body = web.json_response({"events": [event for call in calls for event in events_of(call)]}).text
    headers = {"webhook-id": calls[0]["message"]["id"], "webhook-timestamp": str(int(now.timestamp()))}
    headers["webhook-signature"] = TIDINGS.sign(headers["webhook-id"], now, body)
    async with ClientSession() as us, us.post(env["TIDINGS_HOOKS"], data=body, headers=headers) as kept:
        return web.Response(status=kept.status)  # where it was not kept, Bandwidth calls again


async def asked(request):
    try:
        wants = TIDINGS.verify(await request.text(), request.headers)
    except WebhookVerificationError:
        return web.Response(status=401)
    if wants["ask"] == "who":
        return web.json_response({"who": f"Bandwidth, sends from {OURS['from']}"})
    message = OURS | {"to": [wants["address"][4:]], "text": wants["text"], "tag": wants["key"]}
    message["media"] = [file["url"] for file in wants["media"]]
    headers = {"Authorization": env["BANDWIDTH_AUTHORIZATION"]}
    try:
        async with ClientSession(headers=headers) as client, client.post(API, json=message) as answer:
            said, wait = await answer.json(), answer.headers.get("Retry-After")
    except ClientConnectorError:
        return web.json_response({"error": "unreachable"})
    result = {"provider_status": answer.status, "retry_after": wait, "reason": said.get("description")}
    return web.json_response(result | {"external_id": said.get("id")})


app = web.Application()
app.add_routes([web.post("/bandwidth", heard), web.post("/send", asked)])
web.run_app(app, host=env.get("HOST"), port=int(env.get("PORT", "8090")))
