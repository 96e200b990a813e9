from __future__ import annotations

from typing import Any

import pytest
from aiogram.types import Message

from tests.sandbox.telegram.desk import ADA, BAD, SUPER, Desk


def test_a_draft_is_shown_and_not_stored(desk: Desk) -> None:
    """In private it is taken, empty too; it needs a number and a length that fits."""
    draft: dict[str, Any] = {"chat_id": ADA, "draft_id": 1}
    before = desk.telegram.messages(ADA)
    assert desk.call("sendMessageDraft", **draft, text="so f").body["result"] is True
    assert desk.call("sendMessageDraft", **draft).body["result"] is True
    assert desk.telegram.messages(ADA) == before
    assert desk.refusal("sendMessageDraft", chat_id=ADA)[1] == BAD + "draft_id must be non-zero"
    long = desk.refusal("sendMessageDraft", **draft, text="x" * 4097)
    assert long[1] == BAD + "message is too long"


def test_a_rich_message_is_stored_as_it_came(desk: Desk) -> None:
    """Its blocks come back, and an edit may turn it into text."""
    link = {"type": "email_address", "text": "mail", "email_address": "ada@example.com"}
    rich = {"blocks": [{"type": "paragraph", "text": ["write to ", link]}]}
    reply = desk.call("sendRichMessage", chat_id=ADA, rich_message=rich)
    body: Any = reply.body["result"]
    assert body["rich_message"] == rich
    assert Message.model_validate(body).rich_message is not None
    at = {"chat_id": ADA, "message_id": body["message_id"]}
    assert "rich_message" not in str(desk.call("editMessageText", **at, text="x").body)


@pytest.mark.parametrize(
    ("rich", "words"),
    [
        ({"html": "<p>x", "markdown": "x"}, "RICH_MESSAGE_CONTENT_REQUIRED"),
        ({"html": "x" * 32_769}, "RICH_MESSAGE_TEXT_INVALID"),
    ],
)
def test_bad_rich_messages_are_refused(desk: Desk, rich: dict[str, str], words: str) -> None:
    """One form of content is taken, up to its length."""
    refused = desk.refusal("sendRichMessage", chat_id=ADA, rich_message=rich)
    assert refused == (400, BAD + words)


def test_pins_and_reactions_need_their_message(desk: Desk) -> None:
    """In a group pinning is for administrators, reacting for all."""
    at = {"chat_id": SUPER, "message_id": desk.send(chat_id=SUPER).message_id}
    assert desk.call("setMessageReaction", **at).body["result"] is True
    assert desk.refusal("pinChatMessage", **at)[0] == 400
    desk.telegram.set_bot_status(SUPER, "administrator", by=ADA)
    assert desk.call("pinChatMessage", **at).body["result"] is True
