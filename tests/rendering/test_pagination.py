"""Pagination: every block once, in order, each page within its room."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.entries.model import Answer, Entry, ErrorText, Thinking
from bot.rendering.block import Block
from bot.rendering.entry import entry_blocks
from bot.rendering.markdown import PAGE_ENTITIES, Room
from bot.rendering.pagination import body, paginate, split
from bot.rendering.rich_text import Entity, RichText, bold, join, plain
from tests.fakes.stories import options


def whole(text: str, key: str = "x", gap: int = 2, *, label: bool = False) -> Block:
    return Block(plain(text), key, gap=gap, label=label)


def texts(source: str, key: str = "x/1") -> list[Block]:
    return entry_blocks(Entry(key, Answer(source), complete=True), options())


def pages_of(blocks: list[Block], room: int) -> list[str]:
    return [body(page.blocks).text for page in paginate(blocks, lambda _: room)]


class TestFilling:
    def test_nothing_is_one_empty_page(self) -> None:
        """There is always a page, and an empty one is not full."""
        (page,) = paginate([], lambda _: 100)

        assert page.blocks == ()
        assert not page.full

    def test_blocks_share_a_page_while_they_fit(self) -> None:
        """Blocks are separated by their gap, and none stands above the first."""
        assert pages_of([whole("aa"), whole("bb", gap=1), whole("cc")], 8) == ["aa\nbb", "cc"]
        assert pages_of([whole("aa"), whole("bb", gap=1), whole("cc")], 9) == ["aa\nbb\n\ncc"]

    def test_a_page_is_full_to_the_last_character(self) -> None:
        """A block that fits exactly stays; one more character moves it."""
        assert pages_of([whole("a" * 7), whole("bbb", gap=1)], 11) == ["a" * 7 + "\nbbb"]
        assert pages_of([whole("a" * 8), whole("bbb", gap=1)], 11) == ["a" * 8, "bbb"]

    def test_only_the_last_page_is_not_full(self) -> None:
        """A page is full exactly when something follows."""
        pages = paginate([whole("a" * 9), whole("b" * 9), whole("c" * 9)], lambda _: 10)

        assert [page.full for page in pages] == [True, True, False]

    def test_each_page_has_its_own_room(self) -> None:
        """The first page may have less room than the later ones; numbers count from `first`."""
        asked: list[int] = []

        def room(number: int) -> int:
            asked.append(number)
            return 3 if number == 4 else 100

        pages = paginate([whole("aaa"), whole("bbb"), whole("ccc")], room, first=4)

        assert [body(page.blocks).text for page in pages] == ["aaa", "bbb\n\nccc"]
        assert asked == [4, 5]
        asked.clear()
        paginate([whole("aaa")], room)
        assert asked == [0]

    def test_what_no_page_can_hold_is_cut_visibly(self) -> None:
        """A block that cannot be split and is larger than a page loses its end, with a mark."""
        assert pages_of([whole("a" * 20), whole("b")], 10) == ["a" * 9 + "…", "b"]
        assert pages_of([whole("abc")], 1) == ["…"]
        assert pages_of([whole("abc")], 2) == ["a…"]
        (page,) = paginate([Block(bold("a" * 20), "x")], lambda _: 10)
        assert body(page.blocks).entities == (Entity("bold", 0, 9),)

    def test_a_label_does_not_end_a_page(self) -> None:
        """A label goes with what it labels."""
        blocks = [whole("a" * 6), whole("L", label=True), whole("b" * 9, gap=1)]

        assert pages_of(blocks, 12) == ["a" * 6, "L\n" + "b" * 9]
        assert pages_of([whole("a"), *blocks], 16) == ["a\n\n" + "a" * 6, "L\n" + "b" * 9]

    def test_labels_alone_are_shown(self) -> None:
        """A label without anything after it is shown, even where it stands alone."""
        assert pages_of([whole("L", label=True)], 10) == ["L"]
        assert pages_of([whole("a" * 9), whole("L", label=True)], 10) == ["a" * 9, "L"]

    def test_a_page_has_at_most_so_many_entities(self) -> None:
        """A page ends before Telegram would drop formatting."""
        many = RichText("b" * 60, tuple(Entity("bold", n, 1) for n in range(60)))
        blocks = [Block(many, "x"), Block(many, "x"), whole("c")]

        pages = paginate(blocks, lambda _: 4000)

        assert [len(page.blocks) for page in pages] == [1, 2]
        assert all(len(body(page.blocks).entities) <= PAGE_ENTITIES for page in pages)

    def test_quotes_count_as_entities(self) -> None:
        """Every quotation takes one of a page's entities."""
        blocks = [Block(plain("q"), f"x/{n}", wrap="blockquote") for n in range(PAGE_ENTITIES + 5)]

        pages = paginate(blocks, lambda _: 4000)

        assert [len(page.blocks) for page in pages] == [PAGE_ENTITIES, 5]

    def test_of_too_many_the_least_important_go(self) -> None:
        """A block that nothing can split is shown with what a message may have of formatting."""
        many = RichText(
            "b" * 200,
            tuple(Entity("italic" if n % 2 else "code", 2 * n, 1) for n in range(100)),
        )

        (page,) = paginate([Block(many, "x")], lambda _: 4000)

        kept = body(page.blocks).entities
        assert len(kept) == PAGE_ENTITIES
        assert sum(entity.type == "code" for entity in kept) == 50

    def test_text_goes_on_where_its_formatting_is_too_much(self) -> None:
        """A paragraph with more formatting than a message may have is split, and loses none."""
        words = " ".join(f"`c{n}` and some words more" for n in range(150))

        pages = [body(page.blocks) for page in paginate(texts(words), lambda _: 4000)]

        assert [len(page.entities) for page in pages] == [PAGE_ENTITIES, 60]

    def test_what_follows_is_not_counted_with_it(self) -> None:
        """A page that begins with much formatting has room for less of what comes then."""
        one = " ".join(f"`a{n}` and some words more" for n in range(60))
        two = " ".join(f"`b{n}` and some words more" for n in range(60))
        blocks = [*texts(one), *texts(two, "x/2")]

        pages = [body(page.blocks) for page in paginate(blocks, lambda _: 4000)]

        assert [len(page.entities) for page in pages] == [60, 60]

    def test_much_formatting_may_share_a_page(self) -> None:
        """A long paragraph is split where the page has had its share of formatting."""
        one = " ".join(f"`a{n}` and some words more" for n in range(20))
        two = " ".join(f"`b{n}` and some words more" for n in range(120))
        blocks = [*texts(one), *texts(two, "x/2")]

        pages = [body(page.blocks) for page in paginate(blocks, lambda _: 4000)]

        assert [len(page.entities) for page in pages] == [PAGE_ENTITIES, 50]

    def test_text_counts_for_more_than_formatting(self) -> None:
        """Where nearly every word is formatted, some of it goes instead of many messages more."""
        pages = paginate(texts(" ".join(f"`c{n}`" for n in range(500))), lambda _: 3000)

        shown = [body(page.blocks) for page in pages]
        assert len(shown) == 1
        assert "c499" in shown[0].text
        assert len(shown[0].entities) == PAGE_ENTITIES


class TestSplitting:
    def test_a_short_block_moves_whole(self) -> None:
        """A paragraph that is short for a page is not torn apart."""
        pages = pages_of([whole("a" * 60), *texts("short words here")], 75)

        assert pages == ["a" * 60, "💬 short words here"]

    def test_a_long_block_fills_the_page(self) -> None:
        """A long paragraph is split where it leaves a word whole."""
        first, second = pages_of([whole("a" * 40), *texts("word " * 14)], 80)

        assert first.startswith("a" * 40 + "\n\n💬 word")
        assert len(first) > 70
        assert first.endswith("word")
        assert second.startswith("word")

    def test_little_room_is_left_empty(self) -> None:
        """Where only a few characters are left, a long block begins on the next page."""
        first, second = pages_of([whole("a" * 70), *texts("word " * 14)], 80)

        assert first == "a" * 70
        assert second.startswith("💬 word")

    def test_what_cannot_be_split(self) -> None:
        """Whole blocks, and blocks without room, are not split."""
        (block,) = texts("some words to be cut")

        assert split(whole("abc def"), Room(4)) is None
        assert split(block, Room(0)) is None
        halves = split(block, Room(10))
        assert halves is not None
        assert halves[1].gap == 1
        assert halves[0].end == halves[1].start

    @settings(max_examples=150, deadline=None)
    @given(
        st.lists(
            st.one_of(
                st.integers(1, 120).map(lambda n: " ".join(f"w{i}" for i in range(n))),
                st.integers(1, 40).map(lambda n: "```py\n" + "x = 1\n" * n + "```"),
                st.integers(1, 30).map(lambda n: "\n".join(f"- item {i}" for i in range(n))),
                st.text(st.characters(codec="utf-8", categories=["L", "So", "Nd"]), min_size=1),
            ),
            max_size=6,
        ),
        st.integers(60, 700),
    )
    def test_pages_rejoin_to_the_source(self, parts: list[str], room: int) -> None:
        """Whatever is paginated: each page fits, and all words come once and in order."""
        blocks = [
            block for number, part in enumerate(parts) for block in texts(part, f"x/{number}")
        ]
        together = body(blocks).text
        pages = pages_of(blocks, room)

        assert all(len(page) <= room for page in pages)
        assert _ink("".join(pages)) == _ink(together)

    @settings(max_examples=60, deadline=None)
    @given(st.integers(1, 300), st.integers(1, 300), st.integers(80, 400))
    def test_a_boundary_does_not_move_when_text_is_added(
        self, before: int, after: int, room: int
    ) -> None:
        """Full pages stay as they are when the text goes on after them."""
        text = " ".join(f"w{i}" for i in range(before))
        more = f"{text} " + " ".join(f"w{i}" for i in range(before, before + after))

        full = [page for page in paginate(texts(text), lambda _: room) if page.full]
        again = paginate(texts(more), lambda _: room)

        assert [page.blocks[-1].end for page in full] == [
            page.blocks[-1].end for page in again[: len(full)]
        ]


def _ink(text: str) -> str:
    return re.sub(r"\s+", "", text)


class TestBody:
    def test_neighbours_in_one_quote_are_one(self) -> None:
        """Blocks of one entry with the same wrap make one quotation, gap included."""
        blocks = entry_blocks(Entry("t", Thinking("One.\n\nTwo."), complete=True), options())

        joined = body(blocks)

        assert joined.text == "💭 Thinking…\nOne.\n\nTwo."
        (entity,) = joined.entities
        assert (entity.type, joined.text[entity.offset :]) == (
            "expandable_blockquote",
            "One.\n\nTwo.",
        )

    def test_quotes_of_two_entries_stay_two(self) -> None:
        """Different entries, and different wraps, are not joined."""
        one = Block(plain("a"), "x", wrap="blockquote")
        two = Block(plain("b"), "y", wrap="blockquote")
        three = Block(plain("c"), "y", wrap="expandable_blockquote")

        joined = body([one, two, three])

        assert joined.text == "a\n\nb\n\nc"
        assert [entity.type for entity in joined.entities] == [
            "blockquote",
            "blockquote",
            "expandable_blockquote",
        ]

    def test_formatting_is_kept(self) -> None:
        """Entities move with their blocks."""
        joined = body([Block(bold("a"), "x"), Block(join([plain("b "), bold("c")]), "y", gap=1)])

        assert joined.text == "a\nb c"
        assert [(e.offset, e.length) for e in joined.entities] == [(0, 1), (4, 1)]


@pytest.mark.parametrize("room", [60, 200])
def test_pagination_ends(room: int) -> None:
    """Hostile input is paginated in bounded steps."""
    pages = paginate(texts("🏳️‍🌈" * 500 + "**" * 300 + "`" * 100), lambda _: room)

    assert 1 < len(pages) < 400


def test_a_rest_that_shows_more_than_its_source() -> None:
    """What is left for larger pages fits them, whatever its source expands to."""
    error = Entry("x/1", ErrorText("word " * 12 + "\nx\n" + "y\t" * 700), complete=True)
    pages = paginate(entry_blocks(error, options()), lambda number: 60 if number == 0 else 2_600)
    assert max(len(body(page.blocks)) for page in pages) <= 2_600
