"""Bounded parts of long texts."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.backend.excerpts import cap, head, longest_line, tail
from bot.entries.model import EXCERPT_CHARS, EXCERPT_LINES, TEXT_CHARS, Excerpt


def test_a_short_text_stays_whole() -> None:
    """Nothing is left out of what fits."""
    assert head("a\nb\n") == Excerpt("a\nb")
    assert tail("a\nb\n") == Excerpt("a\nb", tail=True)


def test_nothing_is_no_excerpt() -> None:
    """Line ends alone are nothing to show."""
    assert head("\n\n") is None
    assert tail("") is None


def test_the_head_keeps_the_first_lines() -> None:
    """What follows is counted."""
    text = "\n".join(map(str, range(100)))
    excerpt = head(text)
    assert excerpt is not None
    assert excerpt.text.split("\n") == [str(n) for n in range(EXCERPT_LINES)]
    assert excerpt.omitted_lines == 40


def test_the_tail_keeps_the_last_lines() -> None:
    """What came before is counted, with what was lost already."""
    text = "\n".join(map(str, range(100)))
    excerpt = tail(text, dropped_lines=5)
    assert excerpt is not None
    assert excerpt.text.split("\n") == [str(n) for n in range(40, 100)]
    assert excerpt.omitted_lines == 45


def test_only_long_lines_are_cut() -> None:
    """A long line loses its end so that short ones stay whole."""
    excerpt = head("short\n" + "x" * 100_000)
    assert excerpt is not None
    first, second = excerpt.text.split("\n")
    assert first == "short"
    assert second.endswith("x…")


@given(st.lists(st.integers(0, 5_000), max_size=EXCERPT_LINES), st.integers(60, 9_000))
def test_cut_lines_fit_the_budget(lengths: list[int], budget: int) -> None:
    """Lines cut to the result fit together."""
    limit = longest_line(lengths, budget)
    assert sum(min(limit, length) for length in lengths) <= budget


@given(st.text(alphabet="ab\n", max_size=400), st.integers(1, 50))
def test_lines_are_kept_or_counted(text: str, times: int) -> None:
    """Kept and omitted lines are all lines."""
    long = text * times
    for excerpt in (head(long), tail(long)):
        if excerpt is not None:
            lines = long.rstrip("\n").count("\n") + 1
            assert excerpt.text.count("\n") + 1 + excerpt.omitted_lines == lines
            assert len(excerpt.text) <= EXCERPT_CHARS


def test_a_cap_says_what_it_cut() -> None:
    """The rest is counted in characters."""
    assert cap("é" * (TEXT_CHARS + 7)) == ("é" * TEXT_CHARS, 7)


@pytest.mark.parametrize("line", ["x", "line\n"])
def test_a_huge_output_costs_one_pass(line: str) -> None:
    """A hundred times the text costs about a hundred times the time, not ten thousand times."""
    assert _cost_s(line * 2_000_000) < 2_000 * _cost_s(line * 20_000)


def _cost_s(text: str) -> float:
    """Return the processor time of cutting a text, of the best of several runs."""
    costs = []
    for _ in range(3):
        began = time.process_time()
        assert head(text) is not None
        assert tail(text) is not None
        costs.append(time.process_time() - began)
    return min(costs)


@pytest.mark.parametrize("before", [1, 45, 70])
def test_the_tail_has_no_half_of_a_key(before: int) -> None:
    """Of a key whose first lines are left out, the others are, too."""
    key = ["-----BEGIN KEY-----", *(["MIIE" * 16] * 20), "-----END KEY-----"]
    lines = [*(["x"] * 30), *key, *(["y"] * before)]
    excerpt = tail("\n".join(lines))
    assert excerpt is not None
    kept = excerpt.text.split("\n")
    assert ("MIIE" * 16 in kept) == ("-----BEGIN KEY-----" in kept)
    assert kept[-1] == "y"
    assert len(kept) + excerpt.omitted_lines == len(lines)
