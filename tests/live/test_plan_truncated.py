"""One message only: what is newest is there, and a line says that something is missing."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.entries.model import ToolStatus
from bot.live.reconcile import SendPage
from tests.fakes.stories import DONE, answer, command, story
from tests.live.chat import LIMIT, Chat, desk, words

ONE = desk(truncate=True)


def body(chat: Chat) -> str:
    return chat.texts[0].split("\n\n", 1)[1]


class TestOneMessage:
    def test_what_fits_is_whole(self) -> None:
        """Before the message is full it is like any other."""
        grown, one = Chat(), Chat()
        told = story(answer(1, "Hello."))
        grown.catch_up(told, desk())
        one.catch_up(told, ONE)
        assert grown.texts == one.texts

    def test_the_oldest_is_dropped(self) -> None:
        """The first line of a full body is dots, and the newest content is there."""
        chat = Chat()
        for count in range(1, 20):
            chat.catch_up(story(*(answer(n, words(n * 10, 10)) for n in range(count))), ONE)
        assert len(chat.texts) == 1
        assert body(chat).startswith("…\n")
        assert chat.words()[-1] == "w189"
        assert chat.words() == sorted(chat.words(), key=lambda word: int(word[1:]))
        assert len(chat.texts[0]) > LIMIT / 2

    def test_a_long_answer_shows_its_end(self) -> None:
        """What is longer than a message alone loses its own beginning."""
        chat = Chat()
        chat.catch_up(story(answer(1, words(0, 500))), ONE)
        assert chat.words()[-1] == "w499"
        assert body(chat).startswith("…\n")

    def test_it_ends_as_others_do(self) -> None:
        """The end line stands below the newest content, the buttons go."""
        chat = Chat()
        told = story(answer(1, words(0, 500)))
        chat.catch_up(told, ONE)
        chat.catch_up(replace(told, outcome=DONE), ONE)
        assert chat.texts[0].endswith("✅ Done · 12 s")
        assert chat.chain.links[0].keyboard == ()
        assert sum(isinstance(step, SendPage) for step in chat.steps) == 1

    def test_a_result_is_marked_in_place(self) -> None:
        """Nothing is ever sealed, so a tool that has ended is marked where it stands."""
        chat = Chat()
        chat.catch_up(story(command(1, "make"), answer(2, "Waiting.")), ONE)
        chat.catch_up(story(command(1, "make", ToolStatus.SUCCEEDED), answer(2, "Waiting.")), ONE)
        assert chat.texts[0].count("make") == 1
        assert "make ✓" in chat.texts[0]


class TestChanges:
    def test_a_chain_goes_on_from_one_message(self) -> None:
        """What was dropped is not shown again when the chat wants a chain."""
        chat = Chat()
        chat.catch_up(story(*(answer(n + 1, words(n * 60, 60)) for n in range(4))), ONE)
        first = chat.words()[0]
        told = story(*(answer(n + 1, words(n * 60, 60)) for n in range(5)))
        chat.catch_up(told, desk())
        assert len(chat.texts) > 1
        assert chat.words()[-1] == "w299"
        assert "earlier" in chat.texts[0]
        assert chat.words().count(first) <= 1
        assert len(chat.words()) == len(set(chat.words()))

    def test_a_chain_stays_and_its_last_link_goes_on_alone(self) -> None:
        """Sealed links stay as they are; the open one drops its oldest content."""
        chat = Chat()
        chat.catch_up(story(answer(1, words(0, 200))), desk())
        sealed = {n: chat.texts[n] for n in range(len(chat.texts) - 1)}
        links = len(chat.texts)
        chat.catch_up(story(answer(1, words(0, 900))), ONE)
        assert len(chat.texts) == links
        assert {n: chat.texts[n] for n in sealed} == sealed
        assert chat.words()[-1] == "w899"


@given(st.lists(st.integers(1, 60), min_size=1, max_size=8), st.integers(256, 1200))
def test_it_always_fits_and_ends_with_the_newest(sizes: list[int], limit: int) -> None:
    """However the story grows, there is one message that fits and whose last word is the newest."""
    chat, count = Chat(), 0
    at = desk(limit=limit, truncate=True)
    entries = []
    for number, size in enumerate(sizes):
        entries.append(answer(number, words(count, size)))
        count += size
        chat.catch_up(story(*entries), at)
        assert len(chat.texts) == 1
        assert len(chat.texts[0]) <= limit
        assert chat.words()[-1] == f"w{count - 1}"
