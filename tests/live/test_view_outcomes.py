"""What a view does when Telegram or the database refuses."""

from __future__ import annotations

from dataclasses import replace

from bot.live.ports import (
    ChatGone,
    ChatMoved,
    LinkedChat,
    MessageGone,
    NoRights,
    NotSent,
    PerhapsDelivered,
    Refused,
    Resting,
    TargetGone,
    ThreadGone,
    TokenRefused,
)
from tests.fakes.live import (
    linked,
)
from tests.live.stage import stage


def in_topic(topic: int) -> LinkedChat:
    return replace(linked(chat_id=-9), topic=topic)


class TestOutcomes:
    async def test_a_rest_only_delays(self) -> None:
        """A write that flood control refuses is planned again."""
        async with stage() as s:
            s.surface.outcomes = [Resting(3)]
            await s.begin()
            await s.clock.advance(1)

            assert len(s.chat()) == 1

    async def test_a_call_that_did_not_leave_is_made_again(self) -> None:
        """After 1, 2, 4 s, with the newest content."""
        async with stage() as s:
            s.surface.outcomes = [NotSent("x"), NotSent("x")]
            await s.begin()
            assert s.chat() == []
            await s.clock.advance(1)
            assert s.chat() == []
            await s.clock.advance(3)

            assert len(s.chat()) == 1
            assert s.store.intents == {}

    async def test_a_deleted_message_goes_on_in_a_new_one(self) -> None:
        """When the open link is gone, the view goes on in a new link."""
        async with stage() as s:
            await s.begin()
            s.surface.outcomes = [MessageGone()]
            s.say(0, "Hello")
            await s.clock.advance(2)

            assert len(s.chat()) == 2
            assert "Hello" in s.chat()[1].text

    async def test_a_chat_that_is_gone_is_left_alone(self) -> None:
        """No further call goes to a chat that is gone, and the turn ends all the same."""
        async with stage() as s:
            s.surface.outcomes = [ChatGone("blocked")]
            await s.begin()
            await s.clock.advance(1)
            calls = s.surface.calls
            assert s.backend.emits == {}
            await s.end()

            assert s.surface.calls == calls == 1
            assert s.gone == [(1, "blocked")]
            assert s.store.ended == {1: "done"}

    async def test_what_is_refused_is_said_more_simply(self) -> None:
        """A page that Telegram refuses is sent without its formatting."""
        async with stage() as s:
            s.surface.outcomes = [Refused("bug")]
            await s.begin()
            await s.clock.advance(2)

            (link,) = s.chat()
            assert link.text.startswith("🤖 Task: Fix login")
            assert link.message.text.entities == ()
            assert s.surface.files == []

    async def test_what_is_refused_twice_comes_as_a_file(self) -> None:
        """A page that is refused in any form is a document, and what follows is a message again."""
        async with stage() as s:
            s.surface.outcomes = [Refused("bug"), Refused("bug")]
            await s.begin()
            s.say(0, "Hello")
            await s.clock.advance(5)
            s.say(1, "More")
            await s.clock.advance(5)

            ((name, file),) = s.surface.files
            assert name == "page-1.md"
            assert "Hello" in file.text
            assert file.labels == []
            link = s.chat()[1]
            assert "More" in link.text
            assert "Hello" not in link.text
            assert link.reply_to == file.message_id
            assert link.message.text.entities != ()

    async def test_an_open_link_that_is_refused_goes_on_in_a_file(self) -> None:
        """What an edit cannot say is said by a document that replies to the message."""
        async with stage() as s:
            await s.begin()
            s.surface.outcomes = [Refused("bug"), Refused("bug")]
            s.say(0, "Hello")
            await s.clock.advance(5)

            ((_, file),) = s.surface.files
            assert "Hello" in file.text
            assert file.reply_to == s.chat()[0].message_id

    async def test_a_notice_that_is_refused_is_simpler(self) -> None:
        """The notice is never lost, either."""
        async with stage() as s:
            await s.begin()
            s.surface.outcomes = [Refused("bug"), Refused("bug")]
            s.surface.only_sends = True
            await s.end()
            await s.clock.advance(5)

            ((name, file),) = s.surface.files
            assert name == "notice-1.md"
            assert file.text.startswith("✅ Task completed")
            assert s.store.ended == {1: "done"}

    async def test_a_refusal_is_not_hammered(self) -> None:
        """What Telegram refuses in every form is left alone for ten minutes, and not given up."""
        async with stage() as s:
            s.surface.outcomes = [Refused("bug")] * 4
            await s.begin()
            await s.clock.advance(600)
            assert s.surface.calls == 3
            await s.clock.advance(10)

            assert s.surface.calls == 5
            assert len(s.chat()) == 1

    async def test_buttons_that_are_refused_hold_nothing_up(self) -> None:
        """Where Telegram never takes the buttons away, the notice comes and the view ends."""
        async with stage(linked(stream_mode="chunked", chunk_interval_s=5)) as s:
            await s.begin()
            s.say(0, "Hello there.")
            await s.clock.advance(12)
            assert s.chat()[0].labels
            s.surface.outcomes = [Refused("bug")] * 3
            await s.end()
            await s.clock.advance(10)

            assert [sent.text.startswith("✅ Task completed") for sent in s.chat()] == [False, True]
            assert s.chat()[1].reply_to == s.chat()[0].message_id
            assert s.store.ended == {1: "done"}

    async def test_a_reply_target_that_is_gone_is_left_out(self) -> None:
        """A link whose target is gone is sent without it, at once."""
        async with stage() as s:
            await s.begin()
            s.surface.outcomes = [TargetGone()]
            s.surface.only_sends = True
            s.say(0, "word " * 900)
            await s.clock.advance(2)

            assert [sent.reply_to for sent in s.chat()] == [None, None]

    async def test_a_closed_topic_is_tried_again(self) -> None:
        """A closed topic is left alone for ten minutes."""
        async with stage() as s:
            s.surface.outcomes = [ThreadGone(closed=True)]
            await s.begin()
            await s.clock.advance(590)
            assert s.surface.calls == 1
            await s.clock.advance(20)

            assert len(s.chat()) == 1

    async def test_a_refused_token_leaves_the_view_as_it_is(self) -> None:
        """The bot ends, and the next one goes on: nothing is marked as ended."""
        async with stage() as s:
            s.surface.outcomes = [TokenRefused()]
            await s.begin()
            await s.end()
            await s.clock.advance(600)

            assert s.surface.calls == 1
            assert s.store.ended == {}

    async def test_without_rights_the_chat_is_left_for_ten_minutes(self) -> None:
        """No right to write: tried again after ten minutes, or when the settings change."""
        async with stage() as s:
            s.surface.outcomes = [NoRights(), NoRights()]
            await s.begin()
            await s.clock.advance(300)
            assert s.surface.calls == 1
            s.followers.chat_changed(linked(stream_flush_interval_ms=1000))
            await s.clock.advance(590)
            assert s.surface.calls == 2
            await s.clock.advance(20)

            assert len(s.chat()) == 1


class TestAnotherPlace:
    async def test_a_group_that_moved_is_followed(self) -> None:
        """The view goes on under the new id, in a new link that replies to nothing."""
        async with stage(linked(chat_id=-9)) as s:
            await s.begin()
            s.say(0, "Hello")
            await s.clock.advance(2)
            s.surface.outcomes = [ChatMoved(-1_000_000_000_009)]
            s.say(1, "More")
            await s.clock.advance(2)
            assert s.moved == [(1, -1_000_000_000_009)]
            s.followers.chat_changed(linked(chat_id=-1_000_000_000_009))
            await s.clock.advance(2)
            await s.end()

            old, (link, notice) = s.chat(-9), s.chat(-1_000_000_000_009)
            assert [("Hello" in one.text, "More" in one.text) for one in (*old, link)] == [
                (True, False),
                (False, True),
            ]
            assert link.reply_to is None
            assert notice.reply_to == link.message_id
            (view,) = s.store.views.values()
            assert [m.message_id for m in view.messages] == [
                0,
                link.message_id,
                notice.message_id,
            ]

    async def test_a_topic_that_is_gone_is_told_of(self) -> None:
        """A deleted topic is somebody else's to move; the view goes on where the link is then."""
        async with stage(in_topic(5)) as s:
            s.surface.outcomes = [ThreadGone()]
            await s.begin()
            await s.clock.advance(2)
            assert s.moved == [(1, 0)]
            s.followers.chat_changed(in_topic(0))
            await s.clock.advance(2)

            (link,) = s.chat(-9)
            assert link.reply_to is None

    async def test_a_chat_that_did_not_move_is_asked_again(self) -> None:
        """As long as the link has not moved, Telegram is asked now and then."""
        async with stage(linked(chat_id=-9)) as s:
            s.surface.outcomes = [ChatMoved(-10)] * 2
            await s.begin()
            await s.clock.advance(61)

            assert len(s.moved) == 2
            assert len(s.chat(-9)) == 1

    async def test_what_was_in_doubt_there_is_left_behind(self) -> None:
        """A search ends with the place it was made in."""
        async with stage(linked(chat_id=-9)) as s:
            s.surface.outcomes = [PerhapsDelivered("timeout"), ChatMoved(-10)]
            await s.begin()
            await s.clock.advance(2)
            s.followers.chat_changed(linked(chat_id=-10))
            await s.clock.advance(2)

            assert len(s.chat(-10)) == 1
            assert s.store.intents == {}


class TestASickDatabase:
    async def test_the_view_goes_on_from_memory(self) -> None:
        """When nothing can be stored, everything is shown all the same, and once."""
        async with stage() as s:
            await s.begin()
            s.store.sick = True
            s.say(0, "word " * 900)
            s.say(1, "tail")
            await s.clock.advance(3)
            await s.end()

            assert sum(sent.text.count("word") for sent in s.chat()[:-1]) == 900
            assert [sent.text.count("tail") for sent in s.chat()[:-1]] == [0, 1]
