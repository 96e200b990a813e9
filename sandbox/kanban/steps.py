"""The single changes that a play consists of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

import msgspec

TERMINAL = frozenset({"completed", "failed", "killed"})


class Kind(Enum):
    """What a step changes."""

    TASK = auto()
    WORKSPACE = auto()
    ROW = auto()
    BIRTH = auto()
    TRUTH = auto()
    LOG = auto()
    LOG_OPEN = auto()
    LOG_END = auto()
    APPROVAL = auto()
    DECISION = auto()
    ANSWERED = auto()
    STOP = auto()
    QUEUE = auto()
    CUT = auto()


@dataclass(frozen=True, slots=True)
class Step:
    """One change, at a time of the recording.

    `body` is JSON with the recording's own ids: a patch operation (TASK, WORKSPACE, ROW, APPROVAL),
    a row that no stream tells (BIRTH, TRUTH), the queue's answer (QUEUE), an approval's id and what
    a person decided here (DECISION), the status that is answered to who began it (ANSWERED), or
    a frame as the log socket sends it (LOG: left where it was read, since those of one recording
    may be 18 MB). At a STOP everything stands still until somebody stops it.
    """

    at_s: float
    kind: Kind
    execution: str | None = None
    body: bytes | msgspec.Raw = b""
