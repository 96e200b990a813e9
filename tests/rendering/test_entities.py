from __future__ import annotations

import pytest
from hypothesis import assume, given

from bot.rendering.entities import Entity, settle
from bot.rendering.rich_text import RichText
from tests.rendering import oracle
from tests.rendering.strategies import rich_texts


def spans(*found: tuple[str, int, int]) -> tuple[Entity, ...]:
    return tuple(Entity(type_, offset, length) for type_, offset, length in found)


@pytest.mark.parametrize(
    ("given_", "kept"),
    [
        ((("bold", 0, 8), ("code", 3, 2)), (("bold", 0, 3), ("code", 3, 2), ("bold", 5, 3))),
        ((("bold", 0, 5), ("pre", 0, 5)), (("pre", 0, 5),)),
        ((("text_link", 0, 8), ("code", 3, 2)), (("text_link", 0, 8),)),
        ((("bold", 0, 4), ("bold", 4, 2)), (("bold", 0, 6),)),
        ((("blockquote", 0, 9), ("blockquote", 2, 3)), (("blockquote", 0, 9),)),
        ((("pre", 0, 5), ("blockquote", 1, 2)), (("blockquote", 1, 2),)),
        ((("blockquote", 0, 5), ("pre", 1, 2)), (("blockquote", 0, 5), ("pre", 1, 2))),
        ((("bold", 0, 0),), ()),
    ],
)
def test_known_conflicts(
    given_: tuple[tuple[str, int, int], ...], kept: tuple[tuple[str, int, int], ...]
) -> None:
    """Each conflict has one known end."""
    assert settle(spans(*given_)) == spans(*kept)


@given(rich_texts())
def test_settles_like_telegram(rich: RichText) -> None:
    """Whatever the conflict, the outcome is that of TDLib's own code."""
    assume(rich.text.strip(" \n"))

    ours = RichText(rich.text, settle(rich.entities))

    assert (ours.text, oracle.spans(ours)) == oracle.stored(rich)


@given(rich_texts())
def test_settling_again_changes_nothing(rich: RichText) -> None:
    """What is settled stays settled."""
    once = settle(rich.entities)

    assert settle(once) == once
