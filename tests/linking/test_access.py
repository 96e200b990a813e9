from __future__ import annotations

import pytest

from bot.linking.access import Sender, may_act, needs_administrators

GROUP = -1001
LINKER, ADMINISTRATOR, STRANGER, CHANNEL = 1, 2, 3, -1002


@pytest.mark.parametrize(
    ("sender", "allowed"),
    [
        (Sender(LINKER), True),
        (Sender(ADMINISTRATOR), True),
        (Sender(STRANGER), False),
        (Sender(STRANGER, sender_chat_id=GROUP), True),
        (Sender(STRANGER, sender_chat_id=CHANNEL), False),
        (Sender(LINKER, sender_chat_id=CHANNEL), False),
        (Sender(None), False),
    ],
    ids=["linker", "administrator", "stranger", "anonymous", "channel", "as a channel", "nobody"],
)
def test_group(sender: Sender, allowed: bool) -> None:
    """In a group the linker and the administrators act, anonymous ones too; a channel never."""
    assert allowed == may_act(
        chat_id=GROUP,
        private=False,
        linked_by=LINKER,
        sender=sender,
        administrators={ADMINISTRATOR},
    )


def test_group_whose_linker_is_unknown() -> None:
    """A link without a linker gives nobody a right by accident."""
    assert not may_act(
        chat_id=GROUP, private=False, linked_by=None, sender=Sender(None), administrators=()
    )


def test_private() -> None:
    """In a private chat there is only one person."""
    assert may_act(
        chat_id=STRANGER,
        private=True,
        linked_by=LINKER,
        sender=Sender(STRANGER),
        administrators=(),
    )


@pytest.mark.parametrize(
    ("private", "sender", "needed"),
    [
        (True, Sender(STRANGER), False),
        (False, Sender(LINKER), False),
        (False, Sender(STRANGER, sender_chat_id=GROUP), False),
        (False, Sender(STRANGER), True),
    ],
)
def test_administrators_are_asked_only_when_it_depends_on_them(
    private: bool, sender: Sender, needed: bool
) -> None:
    """Telegram is not asked for administrators where the answer would not matter."""
    assert needed == needs_administrators(private=private, linked_by=LINKER, sender=sender)
