"""Which entries of a second reading are which of the first."""

from bot.entries.alignment import Known, align, known
from bot.entries.model import Answer, Content, ErrorText, Thinking, Tool, ToolStatus, ToolUse
from bot.entries.salient import digest, kind_of


def remembered(key: str, content: Content, length: int = 0) -> Known:
    """What a store knows: no position."""
    return Known(key, kind_of(content), digest(content, length), length)


def test_the_same_log_keeps_its_keys() -> None:
    """Equal contents in their places keep their keys."""
    story: list[tuple[int, Content]] = [(0, Thinking("a")), (3, Answer("b"))]
    old = [known(f"k{place}", place, content) for place, content in story]
    assert align(old, story) == {0: "k0", 3: "k3"}


def test_another_order_keeps_the_keys() -> None:
    """Contents that stand elsewhere in a replay take their keys with them."""
    old = [known("err", 6, ErrorText("boo")), known("ans", 1, Answer("hi"))]
    assert align(old, [(1, ErrorText("boo")), (2, Answer("hi"))]) == {1: "err", 2: "ans"}


def test_a_text_that_has_grown_keeps_its_key() -> None:
    """A longer text in the same place is the same entry."""
    old = [known("k", 2, Answer("Hel"))]
    assert align(old, [(2, Answer("Hello"))]) == {2: "k"}


def test_a_rewritten_text_is_another_entry() -> None:
    """A text that does not begin as before gets no old key."""
    assert align([known("k", 2, Answer("Hello"))], [(2, Answer("Good day"))]) == {}


def test_equal_contents_are_told_apart_by_their_order() -> None:
    """Of two equal entries the first key goes to the first."""
    use = Tool(ToolUse("t"), ToolStatus.UNKNOWN)
    old = [remembered("first", use), remembered("second", use)]
    assert align(old, [(4, use), (9, use)]) == {4: "first", 9: "second"}


def test_equal_content_comes_before_grown_content() -> None:
    """A short text does not take the place of a longer one that still stands there."""
    old = [remembered("short", Answer("I"), 1), remembered("long", Answer("I see"), 5)]
    assert align(old, [(0, Answer("I see")), (1, Answer("I am done"))]) == {0: "long", 1: "short"}


def test_of_one_key_the_longest_memory_counts() -> None:
    """A text that went on over pages is known by the most that was shown of it."""
    text = Answer("page one, page two, more")
    old = [remembered("k", text, 8), remembered("k", text, 18)]
    assert align(old, [(0, Answer("page one only")), (1, text)]) == {1: "k"}


def test_another_kind_is_never_the_same() -> None:
    """A thought does not become an answer."""
    assert align([known("k", 0, Thinking("so"))], [(0, Answer("so"))]) == {}


def test_of_equal_contents_the_one_in_its_place_is_the_same() -> None:
    """An equal entry before it does not take the key of one that still stands where it was."""
    use = Tool(ToolUse("t"), ToolStatus.UNKNOWN)
    assert align([known("k", 9, use)], [(4, use), (9, use)]) == {9: "k"}


def test_of_texts_that_have_grown_the_one_in_its_place_is_the_same() -> None:
    """Another text with the same beginning does not take the key of one that grew in its place."""
    old = [known("k", 5, Answer("He"))]
    assert align(old, [(2, Answer("Hello")), (5, Answer("Help"))]) == {5: "k"}


def test_of_two_equal_memories_the_one_with_its_place_counts() -> None:
    """What a store knows of an entry does not take away where it stood."""
    use = Tool(ToolUse("t"), ToolStatus.UNKNOWN)
    old = [known("k", 9, use), remembered("k", use)]
    assert align(old, [(4, use), (9, use)]) == {9: "k"}


def test_one_place_has_one_key() -> None:
    """Two entries remembered in the same place do not share what stands there now."""
    old = [known("first", 2, Answer("a")), known("second", 2, Answer("a"))]
    assert align(old, [(2, Answer("a"))]) == {2: "first"}


def test_an_empty_text_is_no_beginning() -> None:
    """An entry of which nothing was shown yet is not taken for any longer one."""
    assert align([known("k", 0, Answer(""))], [(0, Answer("so"))]) == {}
