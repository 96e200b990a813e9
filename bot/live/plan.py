"""What a chat should have of a turn now: pages, buttons, and what follows the end; pure."""

from __future__ import annotations

from dataclasses import replace

from bot.entries.story import OutcomeKind, Story
from bot.live.chain import Chain, LinkKind
from bot.live.desk import Desk, Ending, Posture
from bot.live.modes.chunked import chunked
from bot.live.modes.realtime import realtime
from bot.live.modes.still import still
from bot.live.modes.truncated import truncated
from bot.live.reconcile import Wanted, WantedKeys
from bot.rendering.digest import answer, facts
from bot.rendering.digest_pages import digest_messages
from bot.rendering.header import notice
from bot.rendering.page import Message


def plan(story: Story, chain: Chain, desk: Desk) -> Wanted:
    """Say what the chat should have beyond its sealed links; called when a grant has come."""
    wanted = _without_old_keys(_view(story, chain, desk), story, chain, desk)
    return wanted if wanted.more else replace(wanted, farewells=_farewells(story, desk))


def _view(story: Story, chain: Chain, desk: Desk) -> Wanted:
    if desk.posture is not Posture.LIVE:
        return still(story, chain, desk)
    if desk.chunks is not None:
        return chunked(story, chain, desk, desk.chunks)
    return truncated(story, chain, desk) if desk.truncate else realtime(story, chain, desk)


def _without_old_keys(wanted: Wanted, story: Story, chain: Chain, desk: Desk) -> Wanted:
    """A sealed page of an earlier run may have buttons: they stay only under one that stands still.

    What else is wanted stays wanted at once, since a lost message is looked for by it.
    """
    link = chain.newest
    if link is None or not link.sealed or link.kind is not LinkKind.PAGE:
        return wanted
    still_runs = story.outcome is None and desk.posture in (Posture.MUTED, Posture.WAITING)
    if still_runs or link.keyboard is not None or wanted.keys is not None:
        return wanted
    return replace(wanted, keys=WantedKeys(link.number))


def _farewells(story: Story, desk: Desk) -> tuple[Message, ...]:
    """The notice, or the digest in as many parts as it needs, of which only the first sounds."""
    if story.outcome is None or story.outcome.kind is OutcomeKind.RESET:
        return ()
    told = desk.farewell
    match told.ending:
        case Ending.NOTHING:
            return ()
        case Ending.NOTICE:
            beginning = answer(story.entries) if told.with_answer else None
            words = notice(
                story.outcome, story.header, facts(story.entries), beginning, desk.options
            )
            return (Message(words.normalised(), silent=told.silent),)
        case Ending.DIGEST if story.counting:
            return ()
        case Ending.DIGEST:
            parts = digest_messages(story, desk.options, with_answer=told.with_answer)
            return tuple(
                Message(part, silent=told.silent or place > 0) for place, part in enumerate(parts)
            )
