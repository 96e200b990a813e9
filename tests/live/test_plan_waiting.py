"""A view that waits for a slot: one line, that becomes the view or says how the turn ended."""

from __future__ import annotations

from dataclasses import replace

from bot.live.desk import Chunks, Ending, Farewell, Posture
from bot.live.reconcile import EditKeys, EditPage, SendPage
from tests.fakes.stories import DONE, answer, story
from tests.live.chat import Chat, desk

WAITS = desk(Posture.WAITING)
TOLD = story(answer(1, "One."))
OVER = replace(TOLD, outcome=DONE)


class TestBeforeItsSlot:
    def test_it_is_one_line_with_buttons(self) -> None:
        """The line says for whom it stands; it is written once, whatever happens."""
        chat = Chat()
        chat.catch_up(story(), WAITS)
        chat.catch_up(TOLD, WAITS)
        (step,) = chat.steps
        assert isinstance(step, SendPage)
        assert chat.texts[0] == "⏳ waiting for a free slot · Fix login"
        assert [b.label for b in step.message.keyboard[0]] == ["🔇 Mute", "⏹ Stop", "⚙"]

    def test_it_becomes_the_view(self) -> None:
        """With a slot the line is edited into the view, with everything so far."""
        chat = Chat()
        chat.catch_up(story(), WAITS)
        chat.catch_up(TOLD, desk())
        assert isinstance(chat.steps[-1], EditPage)
        assert chat.texts[0].startswith("🤖 Task: Fix login")
        assert "💬 One." in chat.texts[0]

    def test_with_chunks_it_becomes_their_header(self) -> None:
        """Chunks reply to the line, which is the header then; nothing is edited any more."""
        chat = Chat()
        chat.catch_up(story(), WAITS)
        chat.catch_up(TOLD, desk(chunks=Chunks(300, due=True)))
        assert chat.texts[0].startswith("🤖 Task: Fix login")
        assert chat.texts[1] == "💬 One."
        assert chat.chain.links[0].keyboard == ()

    def test_a_turn_that_ends_waiting_says_how(self) -> None:
        """The line becomes the end line; what the turn did is told after it."""
        chat = Chat()
        chat.catch_up(story(), WAITS)
        chat.catch_up(OVER, replace(WAITS, farewell=Farewell(Ending.DIGEST, with_answer=True)))
        assert chat.texts[0] == "Fix login\n✅ Done · 12 s"
        assert chat.chain.links[0].keyboard == ()
        assert "One." in chat.notices[0]

    def test_a_turn_that_ends_before_its_line_has_none(self) -> None:
        """Nothing is said of a wait that is over."""
        chat = Chat()
        chat.catch_up(OVER, WAITS)
        assert chat.steps == []

    def test_in_a_mode_without_views_only_the_buttons_go(self) -> None:
        """Nothing was streamed, so nothing is said to be disabled."""
        chat = Chat()
        chat.catch_up(story(), WAITS)
        chat.catch_up(TOLD, desk(Posture.DISABLED))
        assert isinstance(chat.steps[-1], EditKeys)
        assert chat.texts[0] == "⏳ waiting for a free slot · Fix login"

    def test_muting_says_so_below_the_header(self) -> None:
        """A line that is muted looks as a muted view; unmuted it waits again."""
        chat = Chat()
        chat.catch_up(story(), WAITS)
        chat.catch_up(TOLD, desk(Posture.MUTED))
        assert chat.texts[0].startswith("🤖 Task: Fix login")
        assert chat.texts[0].endswith("🔇 Muted")
        chat.catch_up(TOLD, WAITS)
        assert chat.texts[0] == "⏳ waiting for a free slot · Fix login"


class TestAfterItsSlot:
    def test_a_view_that_lost_its_slot_stands_still(self) -> None:
        """Its last line says that it waits; with a slot again it goes on in the same message."""
        chat = Chat()
        chat.catch_up(TOLD, desk())
        more = story(answer(1, "One."), answer(2, "Two."))
        chat.catch_up(more, WAITS)
        assert chat.texts[0].endswith("💬 One.\n\n⏳ waiting for a free slot")
        chat.catch_up(more, desk())
        assert "💬 Two." in chat.texts[0]
        assert len(chat.texts) == 1
