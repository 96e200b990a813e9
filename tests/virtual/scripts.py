"""Made recordings of any length: an agent that thinks, answers and runs commands, word by word."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sandbox.kanban import Recording

WORDS = (
    *("the", "token", "check", "is", "missing", "so", "I", "add", "it", "to", "the", "login"),
    *("route", "and", "run", "every", "test", "again", "before", "anything", "else", "because"),
    *("two", "of", "them", "failed", "with", "a", "timeout", "in", "its", "session", "store"),
)

Frame = tuple[float, bytes | str | dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Script:
    """What an agent does: `entries` in `length_s`, each said in `pieces`, of so many words."""

    title: str
    length_s: float
    entries: int
    pieces: int = 4
    words: int = 12
    seed: int = 0

    def step(self, number: int) -> str:
        """What an entry begins with."""
        return f"{self.title}, step {number}:"

    def recording(self) -> Recording:
        """Write it down as a server would tell it."""
        return Recording.of_frames(list(self.frames()), name="made", prompt=self.title)

    def said_at(self, began_at: float) -> Iterator[float]:
        """Tell when each entry begins to be said, if the first frame's wait begins then."""
        at = began_at
        for number, (delay_s, _) in enumerate(self.frames()):
            at += delay_s
            if number % self.pieces == 0:
                yield at

    def frames(self) -> Iterator[Frame]:
        """Say everything, each frame so long after the one before it."""
        chance = random.Random(f"{self.title} {self.seed}")
        pause_s = self.length_s / (self.entries * self.pieces)
        for number in range(self.entries):
            tell = (_answer, _thought, _command)[number % 3]
            said = self.step(number)
            for piece in range(self.pieces):
                said += "".join(f" {chance.choice(WORDS)}" for _ in range(self.words))
                last = piece == self.pieces - 1
                delay_s = pause_s * chance.uniform(0.5, 1.5)
                yield delay_s, _patch(number, tell(said, over=last), new=piece == 0)


def _answer(said: str, *, over: bool) -> dict[str, Any]:
    return {"entry_type": {"type": "assistant_message"}, "content": said}


def _thought(said: str, *, over: bool) -> dict[str, Any]:
    return {"entry_type": {"type": "thinking"}, "content": said}


def _command(said: str, *, over: bool) -> dict[str, Any]:
    command = f"echo '{said[:60]}'"
    result = {"exit_status": {"type": "exit_code", "code": 0}, "output": said} if over else None
    kind = {
        "type": "tool_use",
        "tool_name": "Bash",
        "action_type": {"action": "command_run", "command": command, "result": result},
        "status": {"status": "success" if over else "created"},
    }
    return {"entry_type": kind, "content": command}


def _patch(number: int, entry: dict[str, Any], *, new: bool) -> dict[str, Any]:
    value = {"type": "NORMALIZED_ENTRY", "content": entry}
    op = "add" if new else "replace"
    return {"JsonPatch": [{"op": op, "path": f"/entries/{number}", "value": value}]}
