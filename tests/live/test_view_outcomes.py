"""What a view does when Telegram or the database refuses."""

from __future__ import annotations

from bot.live.ports import (
    ChatGone,
    MessageGone,
    NoRights,
    NotSent,
    Refused,
    Resting,
)
from tests.fakes.live import (
    linked,
)
from tests.live.stage import stage


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

    async def test_a_refusal_is_not_hammered(self) -> None:
        """What Telegram refuses three times in a row is given up."""
        async with stage() as s:
            s.surface.outcomes = [Refused("bug")] * 10
            await s.begin()
            await s.clock.advance(600)

            assert s.surface.calls == 3

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
