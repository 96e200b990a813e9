"""Hand-made recordings of agents that ask a person: for a tool, a plan, or answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import msgspec

from . import instants
from .entries import Entry, said, with_kind
from .era import Era
from .recording import Frame, Recording

_ZERO_S = instants.parse("2026-11-22T15:00:00Z")
_PATIENCE_S = 3600.0
_STEP_S = 0.1
_DECIDED_S = 3.0


@dataclass(frozen=True, slots=True)
class Ask:
    """One call that waits: the tool's name, what it would do, and in words."""

    tool_name: str
    action: dict[str, Any]
    words: str
    verdict: dict[str, Any]

    @property
    def is_question(self) -> bool:
        """Whether it wants answers."""
        return bool(self.verdict["status"] == "answered")


def command(command: str) -> Ask:
    """Ask for a command."""
    action = {"action": "command_run", "command": command, "result": None, "category": "other"}
    return Ask("Bash", action, command, {"status": "approved"})


def edit(path: str, unified_diff: str) -> Ask:
    """Ask for an edit of a file."""
    change = {"action": "edit", "unified_diff": unified_diff, "has_line_numbers": False}
    action = {"action": "file_edit", "path": path, "changes": [change]}
    return Ask("Edit", action, path, {"status": "approved"})


def plan(text: str) -> Ask:
    """Ask whether a plan is good."""
    action = {"action": "plan_presentation", "plan": text}
    return Ask("ExitPlanMode", action, text, {"status": "approved"})


def questions(*asked: tuple[str, Sequence[str], bool]) -> Ask:
    """Ask questions: their words, the labels of their options, and whether several may be taken."""
    told = [
        {
            "question": words,
            "header": words.split()[0],
            "options": [{"label": label, "description": f"{label} it is"} for label in labels],
            "multiSelect": several,
        }
        for words, labels, several in asked
    ]
    first = [{"question": words, "answer": [labels[0]]} for words, labels, _ in asked]
    action = {"action": "ask_user_question", "questions": told}
    return Ask("AskUserQuestion", action, asked[0][0], {"status": "answered", "answers": first})


def asking(
    *asks: Ask, name: str = "asking", prompt: str = "Ask me first.", era: Era = "c"
) -> Recording:
    """Build a recording of an agent that asks one thing after the other, and goes on each time."""
    keys = [str(uuid5(NAMESPACE_URL, f"approval:{name}:{number}")) for number in range(len(asks))]
    pairs = list(zip(asks, keys, strict=True))
    log = list(_log(pairs, era))
    made = Recording.of_frames(log, name=name, prompt=prompt, era=era)
    frames = sorted([*made.frames, *_beside(made, pairs, era)], key=lambda frame: frame.t)
    return replace(made, frames=tuple(frames))


def _log(pairs: Iterable[tuple[Ask, str]], era: Era) -> Iterator[tuple[float, dict[str, Any]]]:
    yield _STEP_S, _patch("add", 0, said("assistant_message", "I have to ask first."))
    number, at_s = 0, _STEP_S
    for ask, key in pairs:
        entry, number, at_s = _call(ask), number + 1, at_s + 2 * _STEP_S
        waits: dict[str, Any] = {"status": "pending_approval", "approval_id": key}
        waits |= _times("requested_at", at_s) if era == "a" else {}
        yield _STEP_S, _patch("add", number, entry)
        yield _STEP_S, _patch("replace", number, with_kind(entry, status=waits))
        status = "success" if ask.is_question else "created"
        yield _DECIDED_S, _patch("replace", number, with_kind(entry, status={"status": status}))
        if ask.is_question:
            number += 1
            answers = ask.verdict["answers"]
            told = said("user_answered_questions", "Answered", answers=answers)
            yield 0.0, _patch("add", number, told)
        elif ask.action["action"] == "command_run":
            yield 0.0, _patch("replace", number, _done(entry, ask))
        number, at_s = number + 1, at_s + _DECIDED_S + _STEP_S
        yield _STEP_S, _patch("add", number, said("assistant_message", "Thank you, I go on."))


def _call(ask: Ask) -> Entry:
    status = {"status": "created"}
    kind: dict[str, Any] = {"tool_name": ask.tool_name, "action_type": ask.action, "status": status}
    return said("tool_use", ask.words, **kind)


def _done(entry: Entry, ask: Ask) -> Entry:
    """Give a command that was allowed its result."""
    result = {"exit_status": {"type": "success", "success": True}, "output": ""}
    action = ask.action | {"result": result}
    return with_kind(entry, action_type=action, status={"status": "success"})


def _patch(op: str, number: int, entry: Entry) -> dict[str, Any]:
    return {"JsonPatch": [{"op": op, "path": f"/entries/{number}", "value": entry}]}


def _beside(made: Recording, pairs: Iterable[tuple[Ask, str]], era: Era) -> Iterator[Frame]:
    """Add what came beside the log: the stream of approvals, and the calls that decided."""
    execution_id = made.header.executions[0].id
    for ask, key in pairs:
        waiting = next(f for f in made.frames if key.encode() in bytes(f.frame))
        decided_t = waiting.t + _DECIDED_S * 1000
        row = {
            "approval_id": key,
            "tool_name": ask.tool_name,
            "execution_process_id": execution_id,
            "is_question": ask.is_question,
            **_times("created_at", waiting.t / 1000),
        }
        if era == "c":
            path = f"/pending/{key}"
            asked, gone = {"op": "replace", "path": path, "value": row}, {"op": "remove"}
            yield _frame(waiting.t, "approvals", {"JsonPatch": [asked]})
            yield _frame(decided_t, "approvals", {"JsonPatch": [gone | {"path": path}]})
        body = {"execution_process_id": execution_id, "status": ask.verdict}
        answer = {"success": True, "data": ask.verdict, "error_data": None, "message": None}
        path = f"/api/approvals/{key}/respond"
        call = {"method": "POST", "path": path, "body": body, "status": 200, "answer": answer}
        yield _frame(decided_t, "http", call)


def _times(begin: str, at_s: float) -> dict[str, str]:
    moment_s = _ZERO_S + at_s
    return {begin: instants.write(moment_s), "timeout_at": instants.write(moment_s + _PATIENCE_S)}


def _frame(t: float, on: str, frame: dict[str, Any]) -> Frame:
    return Frame(t, on, None, msgspec.Raw(msgspec.json.encode(frame)))
