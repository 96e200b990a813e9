"""Who may act in a linked chat, as pure functions of what Telegram says about the sender."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sent a message or tapped a button.

    `sender_chat_id` is set when somebody writes as a chat: an anonymous administrator as the
    group itself, anybody else as a channel of theirs; `user_id` is a placeholder then.
    """

    user_id: int | None
    sender_chat_id: int | None = None


def may_act(
    *,
    chat_id: int,
    private: bool,
    linked_by: int | None,
    sender: Sender,
    administrators: Collection[int],
) -> bool:
    """Say whether the sender may do more than read in a linked chat.

    In a private chat everybody may, since there is only one person. In a group the person who
    linked it and its administrators may, anonymous ones included; a channel is nobody.
    """
    if private:
        return True
    if sender.sender_chat_id is not None:
        return sender.sender_chat_id == chat_id
    if sender.user_id is None:
        return False
    return sender.user_id == linked_by or sender.user_id in administrators


def needs_administrators(*, private: bool, linked_by: int | None, sender: Sender) -> bool:
    """Say whether `may_act` depends on the administrators, so that they are asked only then."""
    return not private and sender.sender_chat_id is None and sender.user_id != linked_by
