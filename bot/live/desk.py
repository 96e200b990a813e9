"""What a plan is made with besides the story: whose view it is, how it is shown and how it ends."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.rendering.options import RenderOptions
from bot.settings.model import ChatSettings, StreamMode


class Posture(StrEnum):
    """How a chat follows a turn."""

    LIVE = "live"
    WAITING = "waiting"
    """A mode with a view, but the chat has as many live views as it wants."""
    MUTED = "muted"
    DISABLED = "disabled"
    """A mode without a view, after there was one or before."""


class Ending(StrEnum):
    """What a chat gets when a turn is over, after its view."""

    NOTHING = "nothing"
    NOTICE = "notice"
    DIGEST = "digest"


@dataclass(frozen=True, slots=True)
class Farewell:
    """How a chat is told that a turn is over; `silent` ones make no sound."""

    ending: Ending
    with_answer: bool = False
    silent: bool = False


NO_FAREWELL = Farewell(Ending.NOTHING)


def farewell(settings: ChatSettings, *, waiting: bool) -> Farewell:
    """Say what ends a turn in a chat, by its mode; what ended `waiting` for a slot gets a digest.

    The one place of this table: a digest comes always and sounds if notices are on; a notice comes
    only if they are, and never quotes the answer where the mode has no view.
    """
    if not settings.notifications_enabled:
        return NO_FAREWELL
    told, answer = settings.notify_on_task_done, settings.include_llm_summary
    views = settings.stream_mode.streams
    if settings.stream_mode is StreamMode.SUMMARY or (views and waiting):
        return Farewell(Ending.DIGEST, with_answer=answer, silent=not told)
    return Farewell(Ending.NOTICE, with_answer=answer and views) if told else NO_FAREWELL


@dataclass(frozen=True, slots=True)
class Chunks:
    """How a chat gets a turn in chunks: `due` ones by time, others when so many `chars` wait."""

    chars: int
    due: bool = False


@dataclass(frozen=True, slots=True)
class Desk:
    """One chat's view of one turn; with `chunks` its text is never edited."""

    view_id: int
    options: RenderOptions
    posture: Posture
    farewell: Farewell
    rolled_over: bool = False
    """The open link is older than `rollover_min`: new content goes into a new one."""
    truncate: bool = False
    """The view is one message, which drops its oldest content."""
    chunks: Chunks | None = None
    """How new content comes in messages of its own; None: in one that grows."""
