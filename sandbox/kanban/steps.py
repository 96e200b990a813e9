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
    QUEUE = auto()
    CUT = auto()


@dataclass(frozen=True, slots=True)
class Step:
    """One change, at a time of the recording.

    `body` is JSON with the recording's own ids: a patch operation (TASK, WORKSPACE, ROW, APPROVAL),
    a row that no stream tells (BIRTH, TRUTH), the queue's answer (QUEUE), an approval's id
    (DECISION: here a person decided), or a frame as the log
    socket sends it (LOG: left where it was read, since those of one recording may be 18 MB).
    """

    at_s: float
    kind: Kind
    execution: str | None = None
    body: bytes | msgspec.Raw = b""
