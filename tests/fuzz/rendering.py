"""The target for the renderer: whatever a turn says, every message that tells it can be sent."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from bot.entries.model import Answer, Content, Entry, ErrorText, Notice, Thinking
from bot.entries.story import DiffTotal, Header, Outcome, OutcomeKind, Story
from bot.i18n import Catalogs
from bot.redaction import Redactor
from bot.rendering.digest import answer, facts
from bot.rendering.digest_pages import digest_messages
from bot.rendering.header import (
    end_line,
    ended_waiting,
    first_header,
    later_header,
    notice,
    progress_footer,
    waiting,
)
from bot.rendering.log_file import log_markdown
from bot.rendering.options import RenderOptions, Verbosity
from bot.rendering.pagination import body, paginate
from bot.rendering.transcript import (
    Cover,
    Shown,
    covers,
    late_entries,
    story_blocks,
    unshown,
    without_last_word,
)
from tests.fakes.stories import STARTED
from tests.fuzz.contents import content
from tests.fuzz.draws import Draws
from tests.fuzz.laws import law, sendable, whole_characters
from tests.fuzz.texts import text

MODULES = (
    "bot.rendering.transcript", "bot.rendering.entry", "bot.rendering.tools",
    "bot.rendering.prose", "bot.rendering.excerpt", "bot.rendering.file_changes",
    "bot.rendering.marks", "bot.rendering.phrases", "bot.rendering.header",
    "bot.rendering.digest", "bot.rendering.digest_pages", "bot.rendering.checks",
    "bot.rendering.log_file", "bot.rendering.plain",
)  # fmt: skip
_LOCALES = Path(__file__).parents[2] / "locales"
_FOOTER_CHARS = 128
_TOTALS = (None, None, DiffTotal(0, 0, 0), DiffTotal(3, 10**9, 10**9))


def target(data: bytes) -> None:
    """Tell a turn in all ways, seal a part of it, change what it says, and go on."""
    draws = Draws(data)
    options = _options(draws)
    story = _story(draws)
    shown = _pages(story, Shown({}, {}, {}), options, draws)
    changed = replace(story, entries=tuple(_later(entry, draws) for entry in story.entries))
    unshown(changed, shown.covers)
    late = late_entries(changed, shown.covers)
    _pages(changed, replace(shown, late_after=_anchors(late, draws)), options, draws)
    _around(story, options)
    whole_characters(log_markdown(story, options))


def _pages(story: Story, shown: Shown, options: RenderOptions, draws: Draws) -> Shown:
    """Lay pages out and check them; returns what they show, as far as they are sealed."""
    room = options.limit - _FOOTER_CHARS - options.title_chars
    blocks = story_blocks(story, shown, options, growing=draws.chance())
    found: list[Cover] = []
    pages = paginate(blocks, lambda _number: room)
    for page in pages[: 1 + draws.below(3)]:
        words = body(page.blocks)
        law(len(words) <= room, "a page is too long")
        sendable(words.normalised(), options.limit)
        these = covers(page.blocks, story.entries, options)
        words, these = without_last_word(words, these, story, options)
        sendable(words.normalised(), options.limit)
        found += these
    known = {cover.key: cover for cover in found if draws.byte() < 230}
    texts = {cover.key: text(draws, 3) for cover in found if draws.byte() < 40}
    return Shown(known, texts, {})


def _anchors(late: list[str], draws: Draws) -> dict[str, str | None]:
    return {key: draws.pick((None, "x/0", "gone")) for key in late if draws.chance()}


def _around(story: Story, options: RenderOptions) -> None:
    """Check what stands around the entries, and what sums them up."""
    header = story.header
    sendable(first_header(header, options, chars=options.limit // 2), options.limit // 2 + 2)
    sendable(later_header(header, options).normalised(), options.limit)
    sendable(waiting(header, options), options.limit)
    sendable(progress_footer(STARTED, options, connection_lost=True).normalised(), _FOOTER_CHARS)
    if story.outcome is None:
        return
    beginning = answer(story.entries)
    sendable(notice(story.outcome, header, facts(story.entries), beginning, options), 1000)
    sendable(ended_waiting(story.outcome, header, options), options.limit)
    sendable(end_line(story.outcome, options), _FOOTER_CHARS)
    for part in digest_messages(story, options, with_answer=True):
        law(bool(part), "an empty part")
        sendable(part, options.limit)


@cache
def _catalogs() -> Catalogs:
    return Catalogs(_LOCALES)


def _options(draws: Draws) -> RenderOptions:
    catalogs = _catalogs()
    redactor = Redactor(["hunter2-" + "correct-horse"])
    return RenderOptions(
        translate=catalogs.translator(draws.pick(sorted(catalogs.locales()))),
        redact=redactor if draws.chance() else lambda source, _complete: source,
        limit=draws.pick((256, 300, 1000, 4096)),
        verbosity=draws.pick(tuple(Verbosity)),
        show_thinking=draws.chance(),
    )


def _story(draws: Draws) -> Story:
    outcome = None
    if draws.chance():
        kind = draws.pick(tuple(OutcomeKind))
        cleanup = draws.chance()
        outcome = Outcome(kind, draws.pick((None, 1)), draws.pick((0.4, 90.0, 1e9)), cleanup, 3)
    header = Header(
        text(draws, 4),
        text(draws, 1) or None,
        text(draws, 2) or None,
        tuple(text(draws, 2) for _ in draws.times(8)),
        text(draws) if draws.chance() else None,
        text(draws, 1),
    )
    total, tokens = draws.pick(_TOTALS), draws.pick((0, 7, 1500, 10**9))
    entries = tuple(
        Entry(f"x/{number}", content(draws), draws.chance()) for number in draws.times(12)
    )
    return Story(header, entries, STARTED, outcome, tokens=tokens, workspace_total=total)


def _later(entry: Entry, draws: Draws) -> Entry:
    """Let an entry go on: as it is, with more text, or as another one."""
    kind = draws.byte()
    said: Content = entry.content
    if kind < 60:
        said = content(draws)
    elif kind < 160 and isinstance(said, Answer | Thinking | ErrorText | Notice):
        kept = draws.pick((len(said.text), 5))
        said = replace(said, text=said.text[:kept] + text(draws, 3))
    return Entry(entry.key, said, draws.chance())
