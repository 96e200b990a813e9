"""The Bot API's methods by name, and which of them spend flood budgets."""

from __future__ import annotations

from collections.abc import Callable

from sandbox.telegram import asking, posting, special, topics
from sandbox.telegram.params import Params
from sandbox.telegram.world import World

Method = Callable[[World, Params], object]

METHODS: dict[str, Method] = {
    "getme": asking.get_me,
    "getchat": asking.get_chat,
    "getchatmember": asking.get_chat_member,
    "getchatadministrators": asking.get_chat_administrators,
    "leavechat": asking.leave_chat,
    "sendchataction": asking.send_chat_action,
    "answercallbackquery": asking.answer_callback_query,
    "sendmessage": posting.send_message,
    "senddocument": posting.send_document,
    "editmessagetext": posting.edit_message_text,
    "editmessagereplymarkup": posting.edit_message_reply_markup,
    "deletemessage": posting.delete_message,
    "sendmessagedraft": special.send_message_draft,
    "sendrichmessage": special.send_rich_message,
    "pinchatmessage": special.pin_chat_message,
    "setmessagereaction": special.set_message_reaction,
    "createforumtopic": topics.create_forum_topic,
    "closeforumtopic": topics.close_forum_topic,
    "reopenforumtopic": topics.reopen_forum_topic,
    "deleteforumtopic": topics.delete_forum_topic,
}
CHARGED = frozenset(
    (
        "sendmessage",
        "senddocument",
        "sendmessagedraft",
        "sendrichmessage",
        "editmessagetext",
        "editmessagereplymarkup",
        "createforumtopic",
    )
)
"""Methods that spend flood budgets; opening a topic is sending a message."""
