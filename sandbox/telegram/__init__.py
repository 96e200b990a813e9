"""A pretend Telegram: a strict Bot API server on a model, and a page that looks like a chat.

    telegram = Telegram()                          # Telegram(clock, limits=Limits.off(), token=…)
    ada = telegram.add_user(7, "Ada")              # private chat 7; the bot may write after /start
    telegram.add_group(-100_200_000_0001, "Shop", {7: "creator"})      # -100… is a supergroup
    telegram.add_bot_to_group(-100_200_000_0001, by=7)
    async with TelegramServer(telegram, latency_s=0.12) as server:     # port=0: any free one
        server.url                                 # the Bot API's base, and the page
        telegram.say(7, 7, "/start")               # → Message; reply_to=message_id
        view = await telegram.wait_for(lambda: telegram.bot_messages(7), timeout_s=5)
        tap = telegram.tap(7, 7, view[0].message_id, "🔇 Mute")     # label or data → callback id
        await telegram.wait_for(lambda: telegram.callback(tap).answer)  # Answer(text, show_alert)

The bot's token is `telegram.token`. Asked by tests: `messages(chat)`, `bot_messages(chat)` (both
without deleted ones), `message(chat, id)`, `calls` (list of `Call(at, method, chat_id, status,
description, params, message_id, fault)`), `refused()`, `flooded()`, `not_modified()`.
`Message`: chat_id, message_id, sender, from_bot, sent_at, text, entities, reply_markup,
button_labels, reply_to_message_id, quote, silent, link_preview, document, versions (`Version(at,
text, entities, markup)`), edited, deleted, deleted_at, service.

People also: `edit_message`, `delete_message(chat, id)`, `block(user)`, `unblock(user)`,
`remove_bot_from_group(chat, by)`, `set_bot_status(chat, status, by=)`, `set_member_status(chat,
user, status, by=)`. What a client would not let them do is a ValueError.

Faults: `telegram.faults.append(Fault("sendMessage", Close(), chat_id=7, nth=2, applied=True))`
with `Respond(status, description, retry_after)`, `HtmlPage(status)`, `Close()`, `Hang(seconds)`.

Without sockets (simulations on a fake clock): `telegram.call(method, Params.of({...})) -> Reply`;
the caller carries out `reply.fault` where there is one.
"""

from sandbox.telegram.budgets import Limits
from sandbox.telegram.cast import add_cast
from sandbox.telegram.faults import Close, Fault, Hang, HtmlPage, Respond
from sandbox.telegram.model import BOT, TOKEN, Call, Reply, Telegram
from sandbox.telegram.params import Params, Upload
from sandbox.telegram.server import TelegramServer
from sandbox.telegram.world import Answer, Callback, Chat, Message, User, Version

__all__ = [
    "BOT",
    "TOKEN",
    "Answer",
    "Call",
    "Callback",
    "Chat",
    "Close",
    "Fault",
    "Hang",
    "HtmlPage",
    "Limits",
    "Message",
    "Params",
    "Reply",
    "Respond",
    "Telegram",
    "TelegramServer",
    "Upload",
    "User",
    "Version",
    "add_cast",
]
