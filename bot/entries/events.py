"""What a log tells, one value an event; the only way into a transcript."""

from __future__ import annotations

from dataclasses import dataclass

from bot.entries.model import Content


@dataclass(frozen=True, slots=True)
class Put:
    """An entry as it stands now, whole; `position` orders the entries of one execution."""

    position: int
    content: Content


@dataclass(frozen=True, slots=True)
class Removed:
    """The entry at `position` is withdrawn; the others keep their positions."""

    position: int


@dataclass(frozen=True, slots=True)
class Cleared:
    """Every entry is withdrawn and positions start again; takes effect at `Settled`."""


@dataclass(frozen=True, slots=True)
class Interrupted:
    """The connection to the log broke before its end; it will be `Reopened`."""


@dataclass(frozen=True, slots=True)
class Reopened:
    """The log is read again from its beginning; what follows up to `Settled` repeats what was."""


@dataclass(frozen=True, slots=True)
class Settled:
    """The burst that repeats the past is over; what follows is new.

    Not `surely`: there was a pause. It is over then if all that was shown was told again.
    """

    surely: bool = True


@dataclass(frozen=True, slots=True)
class Finished:
    """The log is complete: no entry grows any more."""


LogEvent = Put | Removed | Cleared | Interrupted | Reopened | Settled | Finished
