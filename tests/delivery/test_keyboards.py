"""A message's buttons: changed alone, its text stays as Telegram has it."""

from __future__ import annotations

from bot.live.ports import Delivered, MessageGone, Resting
from bot.rendering.page import Message
from bot.rendering.rich_text import bold, join
from sandbox.telegram import Fault, Respond
from tests.delivery.test_surface import ADA, KEYBOARD, PRIVATE_CHAT, opened

TEXT = Message(join(["Look ", bold("here")]), KEYBOARD)


async def test_buttons_go_and_the_text_stays() -> None:
    """Taking the buttons away changes neither text nor entities."""
    async with opened() as scene:
        message = await scene.sent(TEXT)
        before = message.text, message.entities
        outcome = await scene.surface.edit_keyboard(PRIVATE_CHAT, message.message_id, ())
        after = scene.telegram.message(ADA, message.message_id)
    assert outcome == Delivered(message.message_id)
    assert (after.text, after.entities) == before
    assert after.reply_markup is None


async def test_the_same_buttons_are_success() -> None:
    """What Telegram calls not modified is as it should be."""
    async with opened() as scene:
        message = await scene.sent(TEXT)
        outcome = await scene.surface.edit_keyboard(PRIVATE_CHAT, message.message_id, KEYBOARD)
    assert outcome == Delivered(message.message_id, changed=False)


async def test_a_deleted_message_has_no_buttons() -> None:
    """A person may have deleted it."""
    async with opened() as scene:
        outcome = await scene.surface.edit_keyboard(PRIVATE_CHAT, 4711, ())
    assert outcome == MessageGone()


async def test_flood_control_rests_the_lane() -> None:
    """A refusal of such an edit is a refusal like any other."""
    async with opened() as scene:
        message = await scene.sent(TEXT)
        flood = Respond(429, "Too Many Requests: retry after 7", retry_after=7)
        scene.telegram.faults.append(Fault("editMessageReplyMarkup", flood))
        outcome = await scene.surface.edit_keyboard(PRIVATE_CHAT, message.message_id, ())
        assert outcome == Resting(7)
        assert scene.lanes.state(ADA).resting_until is not None
