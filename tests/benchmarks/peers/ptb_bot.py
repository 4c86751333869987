"""A bot of python-telegram-bot behind aiohttp that stores a row of each message before it answers."""

import asyncio
import hmac
import sqlite3
import sys
from typing import Any

from aiohttp import web
from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters

SECRET = sys.argv[2]


async def store(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Keep who wrote what; on the disk when this returns."""
    message = update.effective_message
    assert message is not None
    row = (message.chat_id, message.message_id, message.date.isoformat(), message.text)
    context.bot_data["rows"].execute("INSERT INTO messages VALUES (?, ?, ?, ?)", row)


async def main() -> None:
    """Serve on the port named first, into a file in the folder named last."""
    bot = Application.builder().token("1:bench").updater(None).build()
    bot.add_handler(MessageHandler(filters.TEXT, store))
    rows = bot.bot_data["rows"] = sqlite3.connect(f"{sys.argv[3]}/rows.db", isolation_level=None)
    for pragma in ("journal_mode = WAL", "synchronous = FULL"):
        rows.execute(f"PRAGMA {pragma}")
    rows.execute("CREATE TABLE messages (chat INT, id INT, at TEXT, said TEXT, PRIMARY KEY (chat, id))")
    bot._initialized = True  # it would ask Telegram who it is

    async def hook(request: web.Request) -> web.Response:
        told = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        if not hmac.compare_digest(told, SECRET):
            return web.Response(status=401)
        update: Any = Update.de_json(await request.json(), bot.bot)
        await bot.process_update(update)
        return web.Response()

    site = web.Application()
    site.add_routes([web.post("/hooks/telegram", hook)])
    runner = web.AppRunner(site, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", int(sys.argv[1])).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
