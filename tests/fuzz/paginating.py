"""The target for pagination: every page fits, every word comes once, and it ends."""

from __future__ import annotations

from bot.entries.model import Content, Entry
from bot.rendering.block import Block
from bot.rendering.entry import entry_blocks
from bot.rendering.markdown import PAGE_ENTITIES
from bot.rendering.pagination import PageBlocks, body, paginate
from tests.fakes.stories import options
from tests.fuzz.contents import content, words
from tests.fuzz.draws import Draws
from tests.fuzz.laws import ink, law, sendable
from tests.fuzz.texts import text

MODULES = (
    "bot.rendering.pagination",
    "bot.rendering.block",
    "bot.rendering.entities",
    "bot.rendering.rich_text",
)
_ROOMS = (60, 86, 200, 700, 3900)
"""The smallest page of the shortest message has 86."""
_WORDS = "abcdefghijklmnopqrstuvwxyz "


def target(data: bytes) -> None:
    """Paginate the entries of a turn, in rooms that change from page to page."""
    draws = Draws(data)
    rooms = [draws.pick(_ROOMS) for _ in range(1 + draws.below(4))]
    first = draws.below(3)
    blocks: list[Block] = []
    for number in draws.times(10):
        blocks += entry_blocks(
            Entry(f"x/{number}", _content(draws), draws.chance()), options(), newest=draws.chance()
        )
    pages = paginate(blocks, lambda number: rooms[(number - first) % len(rooms)], first=first)
    for number, page in enumerate(pages):
        _fits(page, rooms[number % len(rooms)])
    law([page.full for page in pages] == [True] * (len(pages) - 1) + [False], "full pages")
    _in_order(pages)
    if all(block.markdown for block in blocks):
        _nothing_lost(blocks, pages)


def _content(draws: Draws) -> Content:
    if draws.chance():
        return content(draws)
    if draws.chance():
        return words(draws, text(draws, most_chars=3_000) or "a")
    said = "".join(draws.pick(_WORDS) for _ in draws.times(40)) + " "
    return words(draws, said * draws.pick((1, 4, 30)) + "a")


def _fits(page: PageBlocks, room: int) -> None:
    shown = body(page.blocks)
    law(len(shown.entities) <= PAGE_ENTITIES, "too much formatting")
    sendable(shown.normalised())
    law(len(shown) <= room, f"{len(shown)} characters on a page of {room}")


def _in_order(pages: list[PageBlocks]) -> None:
    """Check that of each entry a block begins where the one before it ended, or later."""
    ends: dict[str, int] = {}
    for page in pages:
        for block in page.blocks:
            law(block.start >= ends.get(block.key, 0), "a block comes twice, or too early")
            ends[block.key] = block.end


def _nothing_lost(blocks: list[Block], pages: list[PageBlocks]) -> None:
    """Check letters: marks may come again with the rest of what they mark."""
    before = _letters(body(blocks).text)
    after = _letters("".join(body(page.blocks).text for page in pages))
    law(len(after) >= len(before), "words are lost")


def _letters(text: str) -> str:
    return "".join(char for char in ink(text) if char.isalpha())
