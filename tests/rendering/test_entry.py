from __future__ import annotations

from dataclasses import replace

import pytest

from bot.entries.model import (
    Answer,
    Answered,
    CommitReminder,
    Content,
    Entry,
    ErrorText,
    Feedback,
    Hidden,
    ModelName,
    Notice,
    Other,
    Thinking,
    Usage,
    UserText,
)
from bot.rendering.entry import (
    SKIPPED_KEY,
    Block,
    entry_blocks,
    late_block,
    rewritten_block,
    skipped_block,
)
from bot.rendering.options import RenderOptions, Verbosity
from bot.rendering.pagination import body
from bot.rendering.rich_text import RichText
from tests.fakes.stories import OPTIONS, command

COMPACT = replace(OPTIONS, verbosity=Verbosity.COMPACT)
FULL = replace(OPTIONS, verbosity=Verbosity.FULL)


def blocks(content: Content, *, start: int = 0, newest: bool = False) -> list[Block]:
    """The blocks of an entry that is complete."""
    return entry_blocks(Entry("x/1", content, complete=True), OPTIONS, start=start, newest=newest)


def shown(content: Content, options: RenderOptions = OPTIONS) -> RichText:
    """An entry as it looks on a page of its own."""
    return body(entry_blocks(Entry("x/1", content, complete=True), options))


def formatting(rich: RichText) -> list[tuple[str, str]]:
    """Every entity with its text."""
    return [(e.type, rich.text[e.offset : e.end]) for e in rich.entities]


# --- what each kind looks like --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "text", "entities"),
    [
        (Thinking("a"), "💭 Thinking…\na", [("expandable_blockquote", "a")]),
        (Answer("a `b`"), "💬 a b", [("code", "b")]),
        (Answer("# H\n\na"), "💬\nH\n\na", [("bold", "H")]),
        (Answer("- a\n- b"), "💬\n• a\n• b", []),
        (Answer("```py\nx\n```"), "💬\nx", [("pre", "x")]),
        (ErrorText("a *b*\n# c"), "❌ Error: a *b*\n# c", []),
        (Notice("a *b*"), "ℹ️ a *b*", [("italic", "a *b*")]),
        (Notice("Key found. It costs.\nMore"), "ℹ️ Key found. …", [("italic", "Key found. …")]),
        (Notice("v1.2 is here\nMore"), "ℹ️ v1.2 is here …", [("italic", "v1.2 is here …")]),
        (Notice("x" * 101 + " y"), f"ℹ️ {'x' * 99}…", [("italic", f"{'x' * 99}…")]),
        (UserText("a *b*"), "👤\na *b*", [("blockquote", "a *b*")]),
        (Other("new_kind", "a *b*"), "🧩 new_kind: a *b*", []),
        (
            CommitReminder(),
            "ℹ️ The server asked for a commit",
            [("italic", "The server asked for a commit")],
        ),
        (Feedback("no, not so"), "🗣 “no, not so”", []),
        (Answered((("Which?", ("A", "B")),)), "🗳 Answered: A, B", []),
        (
            Answered((("Which?", ("A",)), ("When?", ("now", "then")))),
            "🗳 Answered:\nWhich? → A\nWhen? → now, then",
            [],
        ),
    ],
)  # fmt: skip
def test_looks(content: Content, text: str, entities: list[tuple[str, str]]) -> None:
    """Each kind of entry has its own look."""
    rich = shown(content)

    assert (rich.text, formatting(rich)) == (text, entities)


@pytest.mark.parametrize(
    "content",
    [Hidden(), ModelName("m"), Usage(1), Thinking(" \n"), Answer(""), Notice("\n"), UserText(" ")],
)
def test_shows_nothing(content: Content) -> None:
    """What is invisible or empty takes no room."""
    assert blocks(content) == []


def test_long_error_is_folded() -> None:
    """An error of more than eight lines is a quotation that unfolds."""
    rich = shown(ErrorText("\n".join("123456789")))

    assert rich.text.startswith("❌ Error:\n1\n2")
    assert [entity.type for entity in rich.entities] == ["expandable_blockquote"]


def test_a_notice_counts_as_shown_with_its_line() -> None:
    """A notice's line stands for all of it; only who wants everything sees the rest."""
    notice = "Key found. It costs.\nMore"
    (line,) = blocks(Notice(notice))

    assert line.end == len(notice)
    assert entry_blocks(Entry("x", Notice(notice), complete=True), OPTIONS, start=line.end) == []
    assert shown(Notice(notice), FULL).text == f"ℹ️ {notice}"


def test_newest_thought_is_open() -> None:
    """While it is the last thing that happens, a thought is not folded."""
    assert [block.wrap for block in blocks(Thinking("a\n\nb"), newest=True)] == [
        None, "blockquote", "blockquote",
    ]  # fmt: skip


@pytest.mark.parametrize("options", [COMPACT, replace(OPTIONS, show_thinking=False)])
def test_thoughts_can_be_switched_off(options: RenderOptions) -> None:
    """Compact chats, and those that do not want them, see no thoughts."""
    assert not shown(Thinking("a"), options)
    assert shown(Answer("a"), options).text == "💬 a"


def test_says_how_much_of_a_text_is_missing() -> None:
    """A text that lost its end says so in a last line."""
    assert shown(Answer("a", omitted_chars=1200)).text == "💬 a\n… +1200 characters"
    assert shown(Answer("a", omitted_chars=1)).text == "💬 a\n… +1 character"


def test_damaged_text_is_cleaned() -> None:
    """Colours, tabs and direction marks are gone from every kind of text."""
    assert shown(ErrorText("\x1b[31ma\x1b[0m\t\u202eb")).text == "❌ Error: a   b"


# --- blocks ---------------------------------------------------------------------------------------


def test_blocks_know_their_place_in_the_text() -> None:
    """Offsets count in the entry's text, so that a page can begin there."""
    found = blocks(Answer("one\n\ntwo\n\n```py\nx\ny\n```"))

    assert [(block.start, block.end, block.gap) for block in found] == [
        (0, 4, 2), (5, 9, 2), (10, 23, 2),
    ]  # fmt: skip
    assert {block.key for block in found} == {"x/1"}


def test_label_stays_with_its_text() -> None:
    """A line that only announces what follows says that it must not end a page."""
    assert [(block.rich.text, block.label) for block in blocks(Thinking("a"))] == [
        ("💭 Thinking…", True),
        ("a", False),
    ]
    assert [block.gap for block in blocks(Thinking("a"))] == [2, 1]


@pytest.mark.parametrize(
    "content", [Thinking("one\n\ntwo"), Answer("one\n\ntwo"), ErrorText("one\n\ntwo")]
)
def test_goes_on_without_label(content: Content) -> None:
    """What continues on a later page starts with its text."""
    found = blocks(content, start=5)

    assert [(block.rich.text, block.start) for block in found] == [("two", 5)]


def test_goes_on_in_a_fence() -> None:
    """Code that continues is code of the same language, and says what is open."""
    source = "```py\nx\ny"
    entry = Entry("x/1", Answer(source), complete=False)

    (block,) = entry_blocks(entry, OPTIONS, start=8, fence="py")

    assert formatting(block.rich) == [("pre", "y")]
    assert (block.fence, block.open_fence) == ("py", "py")


def test_part_of_a_block_has_its_own_place() -> None:
    """A block made for a half of its Markdown shows that half and counts from there."""
    (block,) = blocks(Answer("one two"))
    assert block.markdown is not None
    half = replace(block.markdown, source="one ", end=4)

    assert (block.of(half).rich.text, block.of(half).end) == ("💬 one", 4)


def test_growing_text_is_masked_as_growing() -> None:
    """The mask is told whether a text is complete, and everything else always is."""
    asked: list[tuple[str, bool]] = []

    def redact(text: str, complete: bool) -> str:
        asked.append((text, complete))
        return text.replace("secret", "••••")

    options = replace(OPTIONS, redact=redact)
    found = entry_blocks(Entry("x/1", Answer("a secret")), options)
    found += entry_blocks(command(2, "echo secret"), options)

    assert [block.rich.text for block in found] == ["💬 a ••••", "⚡ Running: echo ••••"]
    assert asked == [("a secret", False), ("echo secret", True)]


def test_whole_entry_fits_a_page() -> None:
    """What cannot be split is no longer than the smallest page has room for."""
    options = replace(OPTIONS, limit=256)
    entry = Entry("x/1", Feedback("word " * 500), complete=True)

    (block,) = entry_blocks(entry, options)

    assert len(block.rich) <= options.block_chars
    assert block.rich.text.endswith("…")
    assert (block.start, block.end, block.markdown) == (0, 0, None)


# --- lines of ours --------------------------------------------------------------------------------


def test_line_above_a_rewritten_text() -> None:
    """A text that changed after it was sealed is announced."""
    block = rewritten_block(Entry("x/1", Answer("a")), OPTIONS)

    assert (block.rich.text, block.key, block.label) == ("↻ rewritten", "x/1", True)


def test_line_for_what_was_left_out() -> None:
    """Catching up says how many entries it left out, and where they are."""
    assert skipped_block(12, OPTIONS).rich.text == "… 12 earlier entries, /log"
    assert skipped_block(1, OPTIONS).rich.text == "… 1 earlier entry, /log"
    assert skipped_block(1, OPTIONS).key == SKIPPED_KEY


def test_late_line_has_the_key_of_its_tool() -> None:
    """A late result belongs to its tool."""
    entry = command(4, "make test")

    assert late_block(entry, OPTIONS).key == entry.key


def test_what_shows_nothing_counts_as_shown() -> None:
    """An empty fence at the end leaves nothing to be shown later."""
    (block,) = blocks(Answer("one\n\n```\n```"))

    assert (block.rich.text, block.end) == ("💬 one", 12)
