"""Plan: step by step from what is delivered to what is wanted, each thing once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.entries.model import Answer, Entry, ToolStatus
from bot.entries.story import OutcomeKind
from bot.live.chain import Chain, Link
from bot.live.desk import Chunks, Desk, Ending, Farewell
from bot.live.plan import plan
from bot.live.reconcile import (
    EditKeys,
    EditPage,
    SendNotice,
    SendPage,
    Wanted,
    WantedPage,
    next_step,
)
from bot.rendering.page import Button, Message
from bot.rendering.rich_text import plain
from tests.fakes.stories import DONE, STARTED, answer, command, story
from tests.live.chat import Chat, desk, words


class TestSteps:
    def test_a_link_is_header_content_and_footer(self) -> None:
        """The parts of a message stand apart by one empty line each."""
        chat = Chat()
        chat.catch_up(story(answer(1, "Hello")), desk())

        head, content, foot = chat.texts[0].split("\n\n")
        assert head.startswith("🤖 Task: Fix login\n")
        assert (content, foot[0]) == ("💬 Hello", "⏳")

    def test_the_header_takes_at_most_a_third(self) -> None:
        """However long the prompt is, most of a first link is for the story; a long one is cut."""
        told = story()
        wordy = replace(told, header=replace(told.header, prompt="Please do this. " * 90))
        chat = Chat()
        chat.catch_up(wordy, desk(limit=300))

        head = chat.texts[0].partition("\n\n")[0]
        assert 75 < len(head) <= 100

    def test_pages_of_a_burst_count_on(self) -> None:
        """A plan numbers its pages from the open link's, one after the other."""
        told = story(answer(1, words(0, 300)))

        assert [page.number for page in plan(told, Chain(), desk()).pages] == [0, 1, 2]

    def test_a_burst_ends_as_a_view_that_grew(self) -> None:
        """Where links end does not depend on when they were written."""
        told = story(*(answer(n, words(n * 50, 50)) for n in range(7)))
        grown, burst = Chat(), Chat()
        for count in range(1, 8):
            grown.catch_up(story(*told.entries[:count]), desk())
        burst.catch_up(told, desk())

        assert len(burst.texts) > 3
        assert grown.texts == burst.texts

    def test_the_first_version_is_header_and_start(self) -> None:
        """Before the first entry there is one message: header, start, progress and buttons."""
        chat = Chat()
        chat.catch_up(story(), desk())

        (step,) = chat.steps
        assert isinstance(step, SendPage)
        assert step.reply_to is None
        assert "🚀 Task started…" in chat.texts[0]
        assert "⏳" in chat.texts[0]
        assert step.page.message.keyboard == (
            (Button("🔇 Mute", "mute:5"), Button("⏹ Stop", "stop:5"), Button("⚙", "settings")),
        )

    def test_content_takes_the_place_of_the_start(self) -> None:
        """The first entry is edited into the first message."""
        chat = Chat()
        chat.catch_up(story(), desk())
        chat.catch_up(story(answer(1, "Hello")), desk())

        assert isinstance(chat.steps[1], EditPage)
        assert "Task started" not in chat.texts[0]
        assert "💬 Hello" in chat.texts[0]

    def test_the_same_story_needs_no_step(self) -> None:
        """Nothing is written when nothing changed."""
        chat = Chat()
        told = story(answer(1, "Hello"))
        chat.catch_up(told, desk())

        assert chat.step(told, desk()) is None

    def test_a_full_link_is_completed_before_the_next_comes(self) -> None:
        """Roll-over is one edit that takes the keyboard, then the new link with it, as a reply."""
        chat = Chat()
        chat.catch_up(story(answer(1, words(0, 60))), desk())
        chat.catch_up(story(answer(1, words(0, 60)), answer(2, words(60, 80))), desk())

        _, edit, send = chat.steps
        assert isinstance(edit, EditPage)
        assert edit.page.message.keyboard == ()
        assert "⏳" not in edit.page.message.text.text
        assert isinstance(send, SendPage)
        assert send.reply_to == 100
        assert send.page.message.keyboard
        assert send.page.message.text.text.startswith("↪ Fix login")
        assert chat.words() == words(0, 140).split()

    def test_a_burst_sends_full_pages_finished(self) -> None:
        """Full pages of a burst come without keyboard; only the last has one."""
        chat = Chat()
        chat.catch_up(story(*(answer(n, words(n * 70, 70)) for n in range(4))), desk())

        assert all(isinstance(step, SendPage) for step in chat.steps)
        keyboards = [bool(s.page.message.keyboard) for s in chat.steps if isinstance(s, SendPage)]
        assert keyboards == [False] * (len(keyboards) - 1) + [True]
        assert chat.words() == words(0, 280).split()

    def test_the_end_takes_footer_and_keyboard(self) -> None:
        """The last edit brings the end line; the notice follows, replying to the newest link."""
        chat = Chat()
        notice = Farewell(Ending.NOTICE, with_answer=True)
        chat.catch_up(story(answer(1, "Hello")), desk(farewell=notice))
        chat.catch_up(story(answer(1, "Hello"), outcome=DONE), desk(farewell=notice))

        *_, edit, last = chat.steps
        assert isinstance(edit, EditPage)
        assert edit.page.message.keyboard == ()
        assert "✅ Done" in chat.texts[0]
        assert isinstance(last, SendNotice)
        assert last.reply_to == 100
        assert last.message.silent is False
        assert "Hello" in chat.notices[0]
        assert len(chat.notices) == 1

    def test_notice_and_links_wait_for_each_other(self) -> None:
        """No notice comes before the content is complete."""
        told = story(answer(1, words(0, 200)), outcome=DONE)
        chat = Chat()
        chat.catch_up(told, desk(farewell=Farewell(Ending.NOTICE)))

        assert isinstance(chat.steps[-1], SendNotice)
        assert not any(isinstance(step, SendNotice) for step in chat.steps[:-1])


class TestLateResults:
    def test_it_is_a_line_at_the_end(self) -> None:
        """The result of a tool on a sealed page is one line below what was last then."""
        chat = Chat()
        before = story(command(1, "make"), answer(2, words(0, 150)))
        chat.catch_up(before, desk())
        assert chat.chain.links[0].sealed
        after = story(command(1, "make", ToolStatus.FAILED, "broken"), *before.entries[1:])
        chat.catch_up(after, desk())
        more = story(*after.entries, answer(3, "and w900"))
        chat.catch_up(more, desk())

        last = chat.texts[max(chat.texts)]
        assert last.count("✗") == 1
        assert last.index("✗") < last.index("w900")
        assert "✗" not in chat.texts[0]
        assert sum(text.count("broken") for text in chat.texts.values()) == 1

    def test_it_is_shown_once(self) -> None:
        """A late result that is sealed in its turn does not come again."""
        chat = Chat()
        entries: list[Entry] = [command(1, "make"), answer(2, words(0, 150))]
        chat.catch_up(story(*entries), desk())
        entries[0] = command(1, "make", ToolStatus.SUCCEEDED)
        for n in range(3, 8):
            chat.catch_up(story(*entries), desk())
            entries.append(answer(n, words(n * 200, 60)))
        chat.catch_up(story(*entries, outcome=DONE), desk())

        assert sum(text.count("✓") for text in chat.texts.values()) == 1


class TestRewritten:
    def test_what_follows_the_common_beginning_is_shown(self) -> None:
        """Text that is replaced after its page was sealed goes on where both still agree."""
        chat = Chat()
        chat.catch_up(story(answer(1, words(0, 200), complete=False)), desk())
        sealed = len(chat.words())
        assert chat.chain.links[0].sealed
        new = words(0, 60) + " " + words(500, 20)
        chat.catch_up(story(answer(1, new, complete=False)), desk())

        assert sealed == 200
        assert chat.words()[-20:] == words(500, 20).split()

    def test_other_text_is_marked(self) -> None:
        """When less than half is common, the new text comes whole, after a mark."""
        chat = Chat()
        chat.catch_up(story(answer(1, words(0, 200), complete=False)), desk())
        chat.catch_up(story(answer(1, "Quite another text w999", complete=False)), desk())

        assert "↻" in chat.texts[max(chat.texts)]
        assert chat.words()[-1] == "w999"

    def test_a_shorter_text_adds_nothing(self) -> None:
        """A text that only lost its end after sealing brings nothing new."""
        chat = Chat()
        chat.catch_up(story(answer(1, words(0, 200), complete=False)), desk())
        first = chat.texts[0]
        shown = chat.chain.shown["x/1"].length
        chat.catch_up(story(answer(1, words(0, 200)[: shown - 40])), desk())

        assert chat.texts[0] == first
        assert "↻" not in "".join(chat.texts.values())


class TestAfterARestart:
    def test_a_link_waits_for_the_end_that_is_about_to_be_told(self) -> None:
        """Where nothing runs any more the link does not say again that it does."""
        told = story(answer(1, "One."))
        chain = Chain((Link(0, 7, STARTED),))

        assert next_step(plan(replace(told, closing=True), chain, desk()), chain) is None
        assert isinstance(next_step(plan(told, chain, desk()), chain), EditPage)
        ended = plan(replace(told, outcome=DONE), chain, desk())
        assert isinstance(next_step(ended, chain), EditPage)

    @pytest.mark.parametrize(
        "at",
        [desk(), desk(truncate=True), desk(chunks=Chunks(300))],
        ids=["realtime", "truncated", "chunked"],
    )
    def test_a_reset_has_taken_the_log_away(self, at: Desk) -> None:
        """The link, of which nothing is known, loses its buttons, and the end line comes below."""
        reset = story(outcome=replace(DONE, kind=OutcomeKind.RESET))
        chat = Chat(Chain((Link(0, 100, STARTED),)))
        chat.catch_up(reset, at)

        assert chat.steps[0] == EditKeys(0, 100, ())
        assert chat.texts[1].endswith("↩ Reset")
        assert all(link.keyboard == () for link in chat.chain.links)


class TestReconcile:
    def test_pages_come_in_order_and_the_notice_last(self) -> None:
        """The first page that differs is the next step, whatever comes after it."""
        one, two = (WantedPage(n, Message(plain(str(n))), plain(str(n))) for n in (0, 1))
        wanted = Wanted((one, two), (Message(plain("over")),))
        chain = Chain()

        assert next_step(wanted, chain) == SendPage(one, None)
        chain = chain.with_link(Link(0, 7, STARTED, Message(plain("old"))))
        assert next_step(wanted, chain) == EditPage(one, 7)
        chain = chain.with_link(Link(0, 7, STARTED, one.message))
        assert next_step(wanted, chain) == SendPage(two, 7)
        chain = chain.with_link(Link(1, 8, STARTED, two.message))
        assert next_step(wanted, chain) == SendNotice(Message(plain("over")), 8)
        chain = replace(chain, notice_ids=(9,))
        assert next_step(wanted, chain) is None

    def test_a_notice_alone_replies_to_nothing(self) -> None:
        """Without a view the notice stands alone."""
        wanted = Wanted((), (Message(plain("over")),))

        assert next_step(wanted, Chain()) == SendNotice(Message(plain("over")), None)

    def test_what_is_not_known_is_written(self) -> None:
        """After a restart the open link's text is not known: it is edited to what is wanted."""
        page = WantedPage(0, Message(plain("x")), plain("x"))
        chain = Chain((Link(0, 7, STARTED - timedelta(hours=1)),))

        assert next_step(Wanted((page,)), chain) == EditPage(page, 7)

    def test_a_lost_link_is_sent_again(self) -> None:
        """When Telegram no longer has the open link, its page comes as a new one."""
        chat = Chat()
        chat.catch_up(story(answer(1, "w1")), desk())
        chat.chain = chat.chain.without(0)
        chat.catch_up(story(answer(1, "w1 w2")), desk())

        assert isinstance(chat.steps[-1], SendPage)
        assert chat.words() == ["w1", "w2"]


class Agent:
    """Tells a story entry by entry; every word it says is numbered."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.said = 0

    def act(self, what: str, count: int) -> None:
        """Say something new, go on with what was said, or run a command."""
        last = self.entries[-1] if self.entries else None
        if what == "grow" and last is not None and isinstance(last.content, Answer):
            text = f"{last.content.text} {self._words(count)}"
            self.entries[-1] = replace(last, content=Answer(text))
            return
        if last is not None:
            self.entries[-1] = replace(last, complete=True)
        number = len(self.entries)
        if what == "run":
            self.entries.append(command(number, self._words(1)))
        else:
            self.entries.append(answer(number, self._words(count), complete=False))

    def _words(self, count: int) -> str:
        self.said += count
        return words(self.said - count, count)


GROWTH = st.lists(
    st.tuples(st.sampled_from(["say", "grow", "run"]), st.integers(1, 90), st.integers(0, 3)),
    min_size=1,
    max_size=25,
)


@settings(max_examples=120, deadline=None)
@given(GROWTH, st.sampled_from([420, 700, 4096]))
def test_everything_is_shown_once_and_in_order(
    growth: list[tuple[str, int, int]], limit: int
) -> None:
    """However a turn grows, and however rarely its view writes: each word once, in order.

    Boundaries never move: a sealed link's text is never edited again.
    """
    chat, agent, at = Chat(), Agent(), desk(limit=limit)
    sealed: dict[int, str] = {}
    for what, count, writes in growth:
        agent.act(what, count)
        for _ in range(writes):
            chat.step(story(*agent.entries), at)
            for link in chat.chain.links:
                text = chat.texts[link.number]
                assert not link.sealed or sealed.setdefault(link.number, text) == text
    chat.catch_up(story(*agent.entries), at)
    chat.catch_up(story(*agent.entries, outcome=DONE), at)

    if ", /log" not in "".join(chat.texts.values()):
        assert chat.words() == words(0, agent.said).split()
    assert all(len(text) <= limit for text in chat.texts.values())


@pytest.mark.parametrize("limit", [256, 300, 512, 4096])
def test_every_link_fits(limit: int) -> None:
    """Whatever the message length is set to, no link is longer."""
    chat = Chat()
    told = story(*(answer(n, words(n * 9, 9)) for n in range(9)), title="A long title " * 30)
    chat.catch_up(told, desk(limit=limit))

    assert max(map(len, chat.texts.values())) <= limit
