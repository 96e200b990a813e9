"""What is refused of a message: its text, entities, keyboard, target or kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.telegram.refusals import NOT_MODIFIED
from tests.sandbox.telegram.desk import ADA, SUPER, Desk, entity
from tests.sandbox.telegram.refusals.case import Given, bad, send


def at(desk: Desk, **params: Any) -> Given:
    """Return parameters that aim at a message of the bot."""
    return {"chat_id": ADA, "message_id": desk.send("hello").message_id, **params}


def theirs(desk: Desk) -> Given:
    """Aim at a person's message."""
    message = desk.telegram.say(ADA, ADA, "mine")
    return {"chat_id": ADA, "message_id": message.message_id, "text": "x"}


def forced(desk: Desk) -> Given:
    """Aim at a message that asks for an answer."""
    message = desk.send(reply_markup={"force_reply": True})
    return {"chat_id": ADA, "message_id": message.message_id, "text": "x"}


def document(desk: Desk) -> Given:
    """Aim at a file's message."""
    return {"chat_id": ADA, "message_id": desk.send_file().message_id, "text": "x"}


def button(**action: str) -> Callable[[Desk], Given]:
    """Arrange a send with one button."""
    return send(reply_markup={"inline_keyboard": [[{"text": "x", **action}]]})


EDITS = (
    bad(
        "text, entities and keyboard are what they are",
        NOT_MODIFIED,
        lambda desk: at(desk, text="hello"),
        "editMessageText",
    ),
    bad(
        "the message is gone, or never was",
        "message to edit not found",
        lambda _: {"chat_id": ADA, "message_id": 999, "text": "x"},
        "editMessageText",
    ),
    bad("a person wrote it", "message can't be edited", theirs, "editMessageText"),
    bad("it asks for an answer", "message can't be edited", forced, "editMessageText"),
    bad(
        "it is a file",
        "there is no text in the message to edit",
        document,
        "editMessageText",
    ),
    bad(
        "4,097 characters",
        "MESSAGE_TOO_LONG",
        lambda desk: at(desk, text="x" * 4097),
        "editMessageText",
    ),
    bad(
        "the message is gone",
        "message to delete not found",
        lambda _: {"chat_id": ADA, "message_id": 999},
        "deleteMessage",
    ),
    bad(
        "another's message in a group, without being administrator",
        "message can't be deleted",
        lambda desk: {
            "chat_id": SUPER,
            "message_id": desk.telegram.say(SUPER, ADA, "hi").message_id,
        },
        "deleteMessage",
    ),
    bad(
        "the message is gone",
        "message to pin not found",
        lambda _: {"chat_id": ADA, "message_id": 999},
        "pinChatMessage",
    ),
    bad(
        "the message is gone",
        "message to react not found",
        lambda _: {"chat_id": ADA, "message_id": 999},
        "setMessageReaction",
    ),
)

TEXTS = (
    bad("4,097 characters", "message is too long", send(text="x" * 4097)),
    bad("32,769 bytes", "text is too long", send(text="x" * 32_769)),
    bad("no text", "message text is empty", send(text="")),
    bad("blanks and invisible characters only", "text must be non-empty", send(text=" \u200b\n")),
    bad(
        "`<b>x` as HTML",
        "can't parse entities: Can't find end tag corresponding to start tag \"b\"",
        send(text="<b>x", parse_mode="HTML"),
    ),
    bad(
        "`<i>bold</b>` as HTML",
        'can\'t parse entities: Unmatched end tag at byte offset 7, expected "</i>", found "</b>"',
        send(text="<i>bold</b>", parse_mode="HTML"),
    ),
    bad(
        "`<h1>x</h1>` as HTML",
        'can\'t parse entities: Unsupported start tag "h1" at byte offset 0',
        send(text="<h1>x</h1>", parse_mode="HTML"),
    ),
    bad(
        "`a.b` as MarkdownV2",
        "can't parse entities: "
        "Character '.' is reserved and must be escaped with the preceding '\\'",
        send(text="a.b", parse_mode="MarkdownV2"),
    ),
    bad(
        "`*x` as MarkdownV2",
        "can't parse entities: Can't find end of Bold entity at byte offset 0",
        send(text="*x", parse_mode="MarkdownV2"),
    ),
    bad(
        "an entity that begins inside an emoji",
        "entity begins in a middle of a UTF-16 symbol at byte offset 4",
        send(text="😀b", entities=[entity("bold", 1, 1)]),
    ),
    bad(
        "an entity that begins behind the text",
        "entity begins after the end of the text at UTF-16 offset 4",
        send(text="abc", entities=[entity("bold", 4, 1)]),
    ),
    bad(
        "an entity that ends behind the text",
        "entity beginning at UTF-16 offset 1 ends after the end of the text at UTF-16 offset 4",
        send(text="abc", entities=[entity("bold", 1, 3)]),
    ),
    bad(
        "a link without a public host",
        "entity URL invalid: http://localhost:3000/x",
        send(entities=[entity("text_link", 0, 1, url="http://localhost:3000/x")]),
    ),
    bad("65 bytes of callback data", "BUTTON_DATA_INVALID", button(callback_data="x" * 65)),
    bad("a button to no public host", "BUTTON_URL_INVALID", button(url="http://localhost/")),
    bad(
        "101 buttons",
        "reply markup is too long",
        send(reply_markup={"inline_keyboard": [[{"text": "x", "callback_data": "x"}]] * 101}),
    ),
    bad(
        "the message replied to is gone",
        "message to be replied not found",
        send(reply_parameters={"message_id": 999}),
    ),
    bad(
        "in a group",
        "TEXTDRAFT_PEER_INVALID",
        lambda _: {"chat_id": SUPER, "draft_id": 1, "text": "x"},
        "sendMessageDraft",
    ),
    bad(
        "neither blocks nor markup",
        "RICH_MESSAGE_CONTENT_REQUIRED",
        lambda _: {"chat_id": ADA, "rich_message": {}},
        "sendRichMessage",
    ),
    bad(
        "an e-mail address that is none",
        "RICH_MESSAGE_EMAIL_INVALID",
        lambda _: {
            "chat_id": ADA,
            "rich_message": {
                "blocks": [
                    {
                        "type": "paragraph",
                        "text": {"type": "email_address", "text": "x", "email_address": "a@b"},
                    }
                ]
            },
        },
        "sendRichMessage",
    ),
)
