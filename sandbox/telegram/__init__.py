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

Groups: `add_forum(chat, title, members)`, `add_topic(chat, name) → topic`, `close_topic`,
`reopen_topic`, `delete_topic(chat, topic)`; `say(…, topic=)`, `Message.topic` (0 is General);
`upgrade_group(chat) → new id` (the old one is then refused with `migrate_to_chat_id`),
`delete_group(chat)`, `deactivate(user)`, `add_channel`. The bot may not write: status "restricted"
("not enough rights …"), `deny(chat, "access" | "forbidden" | None)`. Whose voice:
`say(…, voice=AsChannel(id, title) | AsGroup() | Forwarded(user))`.

Faults: `telegram.faults.append(Fault("sendMessage", Close(), chat_id=7, nth=2, applied=True))`
with `Respond(status, description, retry_after, migrate_to_chat_id)`, `HtmlPage(status)`, `Close()`,
`Hang(seconds)`. The method may be several; `when=lambda params: …` chooses by the parameters and
`times=3` strikes three matching calls in a row. `telegram.faults.struck` has each
`(fault, call)` that fired; its `len` is what is still to come. A 429 by a fault lets the chat rest.
`telegram.down = True` is an outage: nothing is applied and connections are reset.

Budgets: `Limits(private_burst, private_per_s, group_per_minute, token_per_s, group_burst,
penalty)`, `Limits.off()`, `Limits.random(dice)`, `telegram.limit(chat, limits)` for one chat. A
call inside the `retry_after` of its chat is in `telegram.inside_rest()`; with `penalty` it is
refused and makes the rest longer.

Without sockets (simulations on a fake clock): `telegram.call(method, Params.of({...})) -> Reply`;
the caller carries out `reply.fault` where there is one.
"""

from sandbox.telegram.budgets import Limits
from sandbox.telegram.calls import Call, Reply
from sandbox.telegram.cast import add_cast
from sandbox.telegram.faults import Close, Fault, Hang, HtmlPage, Respond
from sandbox.telegram.model import BOT, TOKEN, Telegram
from sandbox.telegram.params import Params, Upload
from sandbox.telegram.server import TelegramServer
from sandbox.telegram.voices import AsChannel, AsGroup, Forwarded
from sandbox.telegram.world import Answer, Callback, Chat, Message, Topic, User, Version

__all__ = [
    "BOT",
    "TOKEN",
    "Answer",
    "AsChannel",
    "AsGroup",
    "Call",
    "Callback",
    "Chat",
    "Close",
    "Fault",
    "Forwarded",
    "Hang",
    "HtmlPage",
    "Limits",
    "Message",
    "Params",
    "Reply",
    "Respond",
    "Telegram",
    "TelegramServer",
    "Topic",
    "Upload",
    "User",
    "Version",
    "add_cast",
]
