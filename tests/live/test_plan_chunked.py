"""Chunks: what is new comes in messages of its own, by the clock or by its size, once."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.entries.model import ToolStatus
from bot.entries.story import OutcomeKind
from bot.live.chain import Chain, LinkKind
from bot.live.desk import Chunks, Desk, Ending, Farewell, Posture
from bot.live.reconcile import EditKeys, EditPage, SendPage
from tests.fakes.stories import DONE, answer, command, story
from tests.live.chat import Chat, desk, words

WAITS = desk(chunks=Chunks(chars=300))
DUE = desk(chunks=Chunks(chars=300, due=True))
NOTICE = Farewell(Ending.NOTICE)


def kinds(chat: Chat) -> list[LinkKind]:
    return [link.kind for link in chat.chain.links]


class TestWhenAChunkComes:
    def test_nothing_comes_before_its_time(self) -> None:
        """What is less than a chunk waits for the clock."""
        chat = Chat()
        chat.catch_up(story(answer(1, "Hello.")), WAITS)
        assert chat.steps == []

        chat.catch_up(story(answer(1, "Hello.")), DUE)
        assert [type(step) for step in chat.steps] == [SendPage]

    def test_nothing_new_is_no_message(self) -> None:
        """When time is up and there is nothing, nothing is sent."""
        chat = Chat()
        chat.catch_up(story(answer(1, "Hello.")), DUE)
        chat.catch_up(story(answer(1, "Hello.")), DUE)
        assert len(chat.steps) == 1
        assert not Chat().step(story(), DUE)

    def test_enough_comes_at_once(self) -> None:
        """As soon as more than a chunk waits it is sent, and the rest goes on waiting."""
        chat = Chat()
        told = story(answer(1, words(0, 100)))
        chat.catch_up(told, WAITS)
        assert 1 <= len(chat.texts) < 4
        assert all(len(text) < 300 + 200 for text in chat.texts.values())
        shown = chat.words()
        assert shown == [f"w{n}" for n in range(len(shown))]
        assert len(shown) < 100

        chat.catch_up(told, DUE)
        assert chat.words() == [f"w{n}" for n in range(100)]

    def test_a_sentence_that_is_being_written_waits_for_its_next_word(self) -> None:
        """A chunk ends between words: what was sent is never edited."""
        chat = Chat()
        chat.catch_up(story(answer(1, "It is in ord", complete=False)), DUE)
        assert chat.texts[0].endswith("It is in")
        chat.catch_up(story(answer(1, "It is in order. Next", complete=False)), DUE)
        assert chat.texts[1] == "order."

    def test_a_word_alone_waits(self) -> None:
        """Where nothing can be cut, nothing is sent, not even the mark before it."""
        chat = Chat()
        chat.catch_up(story(answer(1, "Hel", complete=False)), DUE)
        assert chat.steps == []

    def test_a_late_result_is_a_line_of_the_next_chunk(self) -> None:
        """A tool that was sent while it ran is not edited."""
        chat = Chat()
        chat.catch_up(story(command(1, "make")), DUE)
        chat.catch_up(story(command(1, "make", ToolStatus.SUCCEEDED)), DUE)
        assert "make" in chat.texts[0]
        assert "✓" not in chat.texts[0]
        assert chat.texts[1] == "⚡ make ✓"


class TestButtons:
    def test_they_are_on_the_newest_chunk_only(self) -> None:
        """A chunk loses its buttons before the next one comes, its text stays."""
        chat = Chat()
        chat.catch_up(story(answer(1, "One.")), DUE)
        chat.catch_up(story(answer(1, "One."), answer(2, "Two.")), DUE)
        send, strip, again = chat.steps
        assert isinstance(send, SendPage)
        assert [b.label for b in send.message.keyboard[0]] == ["🔇 Mute", "⏹ Stop", "⚙"]
        assert strip == EditKeys(0, 100, ())
        assert isinstance(again, SendPage)
        assert again.reply_to == 100

    def test_muting_is_a_short_message_with_unmute(self) -> None:
        """Mute says so in a message of its own, and Unmute in another."""
        chat = Chat()
        told = story(answer(1, "One."))
        chat.catch_up(told, DUE)
        chat.catch_up(told, replace(DUE, posture=Posture.MUTED))
        assert chat.texts[1] == "🔇 Muted"
        assert kinds(chat) == [LinkKind.CHUNK, LinkKind.MUTED]
        last = chat.steps[-1]
        assert isinstance(last, SendPage)
        assert [b.label for b in last.message.keyboard[0]] == ["🔊 Unmute", "⏹ Stop"]

        more = story(answer(1, "One."), answer(2, "Two."))
        chat.catch_up(more, replace(DUE, posture=Posture.MUTED))
        assert len(chat.texts) == 2
        chat.catch_up(more, DUE)
        assert [chat.texts[2], chat.texts[3]] == ["🔊 Unmuted", "💬 Two."]
        assert [bool(link.keyboard) for link in chat.chain.links] == [False, False, False, True]

    def test_unmute_without_a_slot_says_that_it_waits(self) -> None:
        """The short message about the mute is not left with its buttons; chunks go on later."""
        chat = Chat()
        told = story(answer(1, "One."))
        chat.catch_up(told, DUE)
        chat.catch_up(told, replace(DUE, posture=Posture.MUTED))
        chat.catch_up(told, replace(DUE, posture=Posture.WAITING))
        assert chat.texts[2] == "⏳ waiting for a free slot"
        assert [bool(link.keyboard) for link in chat.chain.links] == [False, False, True]
        chat.catch_up(story(answer(1, "One."), answer(2, "Two.")), DUE)
        assert chat.texts[3] == "💬 Two."

    def test_a_muted_turn_ends_where_it_was_muted(self) -> None:
        """One edit of the short message sets the end line; what was missed is not posted."""
        chat = Chat()
        chat.catch_up(story(answer(1, "One.")), DUE)
        chat.catch_up(story(answer(1, "One.")), replace(DUE, posture=Posture.MUTED))
        over = story(answer(1, "One."), answer(2, "Two."), outcome=DONE)
        before = len(chat.steps)
        chat.catch_up(over, replace(DUE, posture=Posture.MUTED, farewell=NOTICE))
        edit = chat.steps[before]
        assert isinstance(edit, EditPage)
        assert chat.texts[1].startswith("✅ Done")
        assert edit.message.keyboard == ()
        assert len(chat.steps) == before + 2
        assert len(chat.notices) == 1

    def test_a_chunk_that_is_gone_gets_none(self) -> None:
        """Deleted, or left in another chat: the next chunk has the buttons, nobody looks for it."""
        for gone in (Chain.left, lambda chain: chain.lost(0)):
            chat = Chat()
            chat.catch_up(story(answer(1, "One.")), DUE)
            chat.chain = gone(chat.chain)
            before = len(chat.steps)
            chat.catch_up(story(answer(1, "One.")), DUE)
            assert len(chat.steps) == before
            chat.catch_up(story(answer(1, "One."), answer(2, "Two.")), DUE)
            assert chat.chain.links[-1].keyboard


class TestTheEnd:
    def test_the_last_chunk_ends_with_the_end_line(self) -> None:
        """What is left comes at once, with how it ended below it."""
        chat = Chat()
        chat.catch_up(story(answer(1, "One.")), DUE)
        chat.catch_up(story(answer(1, "One."), answer(2, "Two."), outcome=DONE), WAITS)
        assert chat.texts[1] == "💬 Two.\n\n✅ Done · 12 s"
        assert all(link.keyboard == () for link in chat.chain.links)

    def test_with_nothing_left_it_stands_alone(self) -> None:
        """Without a notice the end line is a message of its own."""
        chat = Chat()
        chat.catch_up(story(answer(1, "One.")), DUE)
        chat.catch_up(story(answer(1, "One."), outcome=DONE), WAITS)
        assert chat.texts[1] == "✅ Done · 12 s"

    def test_with_nothing_left_the_notice_is_the_end(self) -> None:
        """With a notice there is no end line."""
        chat = Chat()
        chat.catch_up(story(answer(1, "One.")), DUE)
        ended = story(answer(1, "One."), outcome=DONE)
        chat.catch_up(ended, replace(WAITS, farewell=NOTICE))
        assert len(chat.texts) == 1
        assert len(chat.notices) == 1
        assert all(link.keyboard == () for link in chat.chain.links)

    def test_a_failed_cleanup_is_said_in_any_case(self) -> None:
        """The notice does not tell of it, so the end line comes."""
        chat = Chat()
        chat.catch_up(story(answer(1, "One.")), DUE)
        failed = replace(DONE, cleanup_failed=True, cleanup_exit_code=1)
        chat.catch_up(story(answer(1, "One."), outcome=failed), replace(WAITS, farewell=NOTICE))
        assert chat.texts[1] == "✅ Done · 12 s\n⚠️ cleanup failed (exit 1)"
        assert len(chat.notices) == 1

    def test_a_turn_that_did_nothing_has_one_message(self) -> None:
        """Header and end line, or only the notice."""
        silent, told = Chat(), Chat()
        silent.catch_up(story(outcome=DONE), WAITS)
        told.catch_up(story(outcome=DONE), replace(WAITS, farewell=NOTICE))
        assert silent.texts[0].startswith("🤖 Task: Fix login")
        assert silent.texts[0].endswith("✅ Done · 12 s")
        assert (told.texts, len(told.notices)) == ({}, 1)

    def test_a_reset_turn_says_so(self) -> None:
        """A reset has no notice, so that its end line comes in any case."""
        chat = Chat()
        reset = replace(DONE, kind=OutcomeKind.RESET)
        chat.catch_up(story(answer(1, "One.")), DUE)
        chat.catch_up(story(answer(1, "One."), outcome=reset), replace(WAITS, farewell=NOTICE))
        assert chat.texts[1] == "↩ Reset"
        assert chat.notices == []


class TestChangesOfMode:
    def test_a_view_that_grew_is_completed_and_chunks_reply_to_it(self) -> None:
        """Footer and buttons leave the last link; what it shows is not shown again."""
        chat = Chat()
        chat.catch_up(story(answer(1, "One.")), desk())
        chat.catch_up(story(answer(1, "One."), answer(2, "Two.")), DUE)
        assert "⏳" not in chat.texts[0]
        assert chat.texts[1] == "💬 Two."
        assert chat.steps[-1].reply_to == 100  # type: ignore[union-attr]  # it is a send
        assert chat.chain.links[0].keyboard == ()

    def test_a_view_that_grew_ends_with_a_whole_word(self) -> None:
        """The beginning of a word moves to the message that has the rest of it."""
        chat = Chat()
        chat.catch_up(story(answer(1, "It is in ord", complete=False)), desk())
        told = story(answer(1, "It is in order."))
        for growing in (True, False):
            entry = replace(told.entries[0], complete=not growing)
            chat.catch_up(story(entry), DUE)
        assert chat.texts[0].endswith("It is in")
        assert chat.texts[1] == "order."

    def test_a_view_goes_on_below_the_last_chunk(self) -> None:
        """The last chunk loses its buttons, and a link replies to it."""
        chat = Chat()
        chat.catch_up(story(answer(1, "One.")), DUE)
        chat.catch_up(story(answer(1, "One."), answer(2, "Two.")), desk())
        assert chat.texts[1].startswith("↪ Fix login\n\n💬 Two.")
        assert [bool(link.keyboard) for link in chat.chain.links] == [False, True]

    def test_streaming_disabled_is_a_message_of_its_own(self) -> None:
        """A mode without views says so once below the last chunk."""
        chat = Chat()
        off = replace(DUE, posture=Posture.DISABLED)
        chat.catch_up(story(answer(1, "One.")), DUE)
        for count in (2, 3):
            told = story(*(answer(n, f"w{n}.") for n in range(1, count)))
            chat.catch_up(told, off)
        assert chat.texts[1] == "Streaming disabled"
        assert len(chat.texts) == 2
        assert all(link.keyboard == () for link in chat.chain.links)

    def test_an_end_is_not_called_disabled(self) -> None:
        """Switched off when the turn is over, there is nothing left to disable."""
        chat = Chat()
        over = story(answer(1, "One."), outcome=DONE)
        chat.catch_up(story(answer(1, "One.")), DUE)
        chat.catch_up(over, replace(DUE, posture=Posture.DISABLED, farewell=NOTICE))
        assert chat.texts == {0: chat.texts[0]}
        assert chat.chain.links[0].keyboard == ()
        assert len(chat.notices) == 1


def test_a_long_text_without_blanks_is_not_held() -> None:
    """What grows beyond a chunk without a blank or a mark comes by its size, whole and once."""
    chat, text = Chat(), "汉字" * 500
    for length in range(0, len(text), 100):
        chat.catch_up(
            story(answer(1, text[:length], complete=False)), desk(chunks=Chunks(chars=200))
        )
    assert len(chat.texts) >= 3
    chat.catch_up(story(answer(1, text), outcome=DONE), desk(chunks=Chunks(chars=200)))

    shown = "".join(chat.texts[number] for number in sorted(chat.texts))
    assert shown.count("汉") == shown.count("字") == 500


CHUNKED = st.builds(
    lambda due, chars: desk(chunks=Chunks(chars=chars, due=due)),
    st.booleans(),
    st.sampled_from([200, 300, 1000]),
)
STILL = st.sampled_from([Posture.MUTED, Posture.DISABLED, Posture.WAITING])
DESKS = st.one_of(
    CHUNKED,
    st.just(desk()),
    st.just(desk(rolled_over=True)),
    st.builds(lambda at, posture: replace(at, posture=posture), CHUNKED | st.just(desk()), STILL),
)


@given(st.lists(st.tuples(DESKS, st.integers(0, 12)), max_size=12), CHUNKED | st.just(desk()))
def test_however_the_mode_changes_everything_is_shown_once(
    changes: list[tuple[Desk, int]], last: Desk
) -> None:
    """Whatever a chat chooses while a turn runs: in the end every word is there, once, in order."""
    chat, count = Chat(), 0
    for at, more in changes:
        count += more
        text = words(0, count)
        chat.catch_up(story(*([answer(1, text, complete=False)] if count else [])), at)
    whole = [answer(1, words(0, count))] if count else []
    chat.catch_up(story(*whole, answer(2, "The end."), outcome=DONE), last)

    assert chat.words() == [f"w{n}" for n in range(count)]
    assert sum(text.count("The end.") for text in chat.texts.values()) == 1
    assert all(link.keyboard == () for link in chat.chain.links)
    for step in chat.steps:
        if isinstance(step, EditPage):
            assert step.page.kind in (LinkKind.PAGE, LinkKind.LAST)
