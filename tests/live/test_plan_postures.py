"""Plan: views that stand still, roll over or catch up."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.entries.model import ToolStatus
from bot.live.chain import Chain, Link
from bot.live.desk import Ending, Farewell, Posture
from bot.live.modes.parts import CATCH_UP_LINKS
from bot.live.reconcile import EditKeys, EditPage, SendPage
from bot.rendering.page import Button
from tests.fakes.stories import DONE, STARTED, answer, command, story
from tests.live.chat import Chat, desk, words

NOTICE = Farewell(Ending.NOTICE)


class TestPostures:
    def test_mute_is_one_edit(self) -> None:
        """Muted, the view says so with Unmute and Stop, and nothing more is written."""
        chat = Chat()
        chat.catch_up(story(answer(1, "One")), desk())
        chat.catch_up(story(answer(1, "One")), desk(Posture.MUTED))
        chat.catch_up(story(answer(1, "One"), answer(2, "Two")), desk(Posture.MUTED))

        assert len(chat.steps) == 2
        assert "🔇 Muted" in chat.texts[0]
        assert "Two" not in chat.texts[0]
        link = chat.chain.newest
        assert link is not None
        assert link.message is not None
        assert link.message.keyboard == (
            (Button("🔊 Unmute", "unmute:5"), Button("⏹ Stop", "stop:5")),
        )

    def test_the_end_of_a_muted_turn_is_one_edit(self) -> None:
        """At the end one edit sets the end line; missed content is not posted."""
        chat = Chat()
        chat.catch_up(story(answer(1, "One")), desk(Posture.MUTED))
        assert chat.steps == []
        chat.catch_up(story(answer(1, "One")), desk())
        chat.catch_up(story(answer(1, "One")), desk(Posture.MUTED))
        chat.catch_up(story(answer(1, "One"), answer(2, "Two"), outcome=DONE), desk(Posture.MUTED))

        assert len(chat.steps) == 3
        assert "✅ Done" in chat.texts[0]
        assert "Muted" not in chat.texts[0]
        assert "Two" not in chat.texts[0]

    def test_unmute_catches_up(self) -> None:
        """After Unmute the view goes on with everything it missed."""
        chat = Chat()
        chat.catch_up(story(answer(1, "w1")), desk())
        chat.catch_up(story(answer(1, "w1")), desk(Posture.MUTED))
        chat.catch_up(story(answer(1, "w1"), answer(2, "w2")), desk())

        assert chat.words() == ["w1", "w2"]
        assert "Muted" not in chat.texts[0]

    def test_unmute_cleans_a_sealed_link(self) -> None:
        """A link that was sealed when mute came loses the line and the buttons again."""
        chat = Chat()
        told = story(answer(1, words(0, 60)), answer(2, words(60, 80)))
        chat.step(told, desk())
        assert chat.chain.links[-1].sealed
        chat.catch_up(told, desk(Posture.MUTED))
        assert "Muted" in chat.texts[0]
        step = chat.step(told, desk())
        assert isinstance(step, EditPage)
        assert step.page.message.keyboard == ()
        chat.catch_up(told, desk())

        assert "Muted" not in chat.texts[0]
        assert chat.words() == words(0, 140).split()

    def test_a_muted_link_of_another_run_ends_with_what_fits(self) -> None:
        """After a restart, when nobody knows what a muted link said, it still gets its end."""
        chat = Chat(Chain((Link(0, 100, STARTED),)))
        told = story(answer(1, words(0, 300)))
        chat.catch_up(told, desk(Posture.MUTED))
        assert chat.steps == []
        chat.catch_up(replace(told, outcome=DONE), desk(Posture.MUTED))

        (step,) = chat.steps
        assert isinstance(step, EditPage)
        assert step.page.message.keyboard == ()
        assert chat.texts[0].endswith("✅ Done · 12 s")
        assert chat.words() == words(0, len(chat.words())).split()
        assert chat.chain.links[0].sealed

    def test_a_later_muted_link_of_another_run_goes_on_after_the_sealed_ones(self) -> None:
        """It gets its end with what follows the sealed links, cut where it would have been cut."""
        chat = Chat()
        told = story(command(1, "make"), answer(2, words(0, 250), complete=False))
        chat.catch_up(told, desk())
        sealed, still_open = chat.chain.links[:-1], chat.chain.links[-1]
        assert len(sealed) == 2
        lost = Link(still_open.number, still_open.message_id, STARTED)
        chat.chain = replace(chat.chain, links=(*sealed, lost))
        more = story(
            command(1, "make", ToolStatus.SUCCEEDED),
            answer(2, words(0, 240) + " " + words(240, 200)),
            outcome=DONE,
        )
        live = Chat(replace(chat.chain), dict(chat.texts))
        live.catch_up(more, desk())
        chat.catch_up(more, desk(Posture.MUTED))

        assert len(chat.steps) == len(sealed) + 2
        assert chat.words() == words(0, len(chat.words())).split()
        assert chat.texts[2].rpartition("\n\n")[0] == live.texts[2]

    def test_a_muted_link_of_another_run_tells_what_was_rewritten(self) -> None:
        """Text that was replaced after its beginning was sealed is marked there, too."""
        chat = Chat()
        chat.catch_up(story(answer(1, words(0, 250), complete=False)), desk())
        *sealed, last = chat.chain.links
        lost = Link(last.number, last.message_id, STARTED)
        chat.chain = replace(chat.chain, links=(*sealed, lost))
        told = story(answer(1, "Quite another text w999"), outcome=DONE)
        chat.catch_up(told, desk(Posture.MUTED))

        assert "↻" in chat.texts[lost.number]
        assert chat.words()[-1] == "w999"

    def test_a_closed_link_of_another_run_keeps_its_text(self) -> None:
        """Where streaming was disabled before the restart, only buttons may be left."""
        chat = Chat(Chain((Link(0, 100, STARTED, sealed=True),)))
        chat.catch_up(story(answer(1, "w1"), outcome=DONE), desk(Posture.DISABLED))

        assert chat.steps == [EditKeys(0, 100, ())]

    def test_an_open_link_of_another_run_loses_its_buttons(self) -> None:
        """A view that was muted before the restart keeps no buttons when its mode has no view."""
        chat = Chat(Chain((Link(0, 100, STARTED),)))
        chat.catch_up(story(), desk(Posture.DISABLED))
        chat.catch_up(story(answer(1, "w1"), outcome=DONE), desk(Posture.DISABLED))

        assert chat.steps == [EditKeys(0, 100, ())]

    def test_an_end_line_stays_when_the_mode_goes_after_it(self) -> None:
        """Switched off while the notice waits, the view still says how the turn ended."""
        chat = Chat()
        over = story(answer(1, "w1"), outcome=DONE)
        chat.catch_up(over, desk())
        chat.catch_up(over, desk(Posture.DISABLED, farewell=NOTICE))

        assert chat.texts[0].endswith("✅ Done · 12 s")
        assert len(chat.notices) == 1

    def test_streaming_disabled_is_the_last_line(self) -> None:
        """A mode without a view closes it; back on, it goes on in a new link, nothing twice."""
        chat = Chat()
        chat.catch_up(story(answer(1, "w1")), desk())
        chat.catch_up(story(answer(1, "w1"), answer(2, "w2")), desk(Posture.DISABLED))
        assert chat.texts[0].endswith("Streaming disabled")
        assert chat.chain.links[0].message is not None
        assert chat.chain.links[0].message.keyboard == ()
        chat.catch_up(story(answer(1, "w1"), answer(2, "w2")), desk())

        assert chat.words() == ["w1", "w2"]
        assert chat.texts[0].endswith("Streaming disabled")
        assert isinstance(chat.steps[-1], SendPage)
        assert chat.steps[-1].reply_to == 100

    def test_back_on_a_new_link_comes_with_new_content_or_the_end(self) -> None:
        """When nothing was missed, the chat gets no empty link, but the turn's end all the same."""
        chat = Chat()
        for posture in (Posture.LIVE, Posture.DISABLED, Posture.LIVE):
            chat.catch_up(story(answer(1, "w1")), desk(posture))
        assert sorted(chat.texts) == [0]
        chat.catch_up(story(answer(1, "w1"), outcome=DONE), desk())

        assert chat.texts[1].endswith("✅ Done · 12 s")

    def test_nothing_is_sent_without_a_view(self) -> None:
        """A turn that begins in another mode sends nothing."""
        chat = Chat()
        chat.catch_up(story(answer(1, "One")), desk(Posture.DISABLED))

        assert chat.steps == []


class TestRollOver:
    def test_new_content_goes_into_a_new_link(self) -> None:
        """An old link is completed as it is, and only when there is something new."""
        chat = Chat()
        chat.catch_up(story(answer(1, "w1")), desk())
        chat.catch_up(story(answer(1, "w1")), desk(rolled_over=True))
        assert len(chat.steps) == 1
        told = story(answer(1, "w1 w2", complete=False))
        chat.step(told, desk(rolled_over=True))
        assert chat.chain.links[0].sealed
        chat.catch_up(told, desk())

        assert sorted(chat.texts) == [0, 1]
        assert "⏳" not in chat.texts[0]
        assert chat.words() == ["w1", "w2"]

    def test_a_link_without_content_is_not_left_behind(self) -> None:
        """However old it is, the first content goes into the link that only says it started."""
        chat = Chat()
        chat.catch_up(story(), desk(rolled_over=True))
        chat.catch_up(story(answer(1, "w1")), desk(rolled_over=True))

        assert sorted(chat.texts) == [0]
        assert chat.words() == ["w1"]


class TestCatchingUp:
    @pytest.mark.parametrize("standing", [0, 1])
    def test_five_full_links_and_an_open_one_are_no_backlog(self, standing: int) -> None:
        """Nothing is left out until more than five full links wait beyond those that exist."""
        entries = [answer(n, words(n * 40, 40)) for n in range(24)]
        whole: set[int] = set()
        short: set[int] = set()
        for count in range(1, 25):
            chat = Chat()
            if standing:
                chat.catch_up(story(entries[0]), desk())
            chat.catch_up(story(*entries[:count]), desk())
            left_out = "earlier entries" in "".join(chat.texts.values())
            (short if left_out else whole).add(len(chat.texts) - standing)

        assert max(whole) == CATCH_UP_LINKS + 1
        assert short <= {CATCH_UP_LINKS - 1, CATCH_UP_LINKS}

    def test_at_most_five_links_are_posted(self) -> None:
        """A backlog becomes one line with the number of entries, and at most five links."""
        chat = Chat()
        told = story(*(answer(n, words(n * 40, 40)) for n in range(60)))
        chat.catch_up(told, desk())

        assert 2 <= len(chat.texts) <= CATCH_UP_LINKS
        shown = chat.words()
        assert shown == words(2400 - len(shown), len(shown)).split()
        assert re.search(r"… \d+ earlier entries, /log", chat.texts[0])

    def test_what_was_left_out_never_comes(self) -> None:
        """Later writes go on after the backlog; nothing of it is posted after all."""
        chat = Chat()
        entries = [answer(n, words(n * 40, 40)) for n in range(60)]
        chat.catch_up(story(*entries), desk())
        shown = chat.words()
        chat.catch_up(story(*entries, answer(99, "w9999"), outcome=DONE), desk())

        assert chat.words() == [*shown, "w9999"]

    def test_an_open_link_is_completed_first(self) -> None:
        """A view that stood still completes its link before it leaves anything out."""
        chat = Chat()
        entries = [answer(n, words(n * 40, 40)) for n in range(60)]
        chat.catch_up(story(entries[0]), desk())
        chat.catch_up(story(*entries), desk())

        shown = chat.words()
        assert shown[:40] == words(0, 40).split()
        assert sum(text.count("earlier entries") for text in chat.texts.values()) == 1
        assert shown[-1] == "w2399"
        assert len(chat.texts) <= 1 + CATCH_UP_LINKS + 1


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 700), min_size=1, max_size=14), st.booleans())
def test_catching_up_is_said_once(lengths: list[int], standing: bool) -> None:
    """Whatever waits, with or without an open link: one line, and each word at most once."""
    chat, first = Chat(), 0
    entries = []
    for number, length in enumerate(lengths):
        entries.append(answer(number, words(first, length)))
        first += length
    if standing:
        chat.catch_up(story(replace(entries[0], complete=False)), desk())
    chat.catch_up(story(*entries), desk())
    chat.catch_up(story(*entries, outcome=DONE), desk())

    shown = chat.words()
    assert "\n".join(chat.texts.values()).count("earlier entr") <= 1 + standing
    assert len(set(shown)) == len(shown)
    assert shown == sorted(shown, key=lambda word: int(word[1:]))
