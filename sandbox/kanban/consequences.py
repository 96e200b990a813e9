"""What an agent's log goes on to say when an approval ends otherwise than it was recorded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import takewhile
from typing import Any

import msgspec

from .entries import Entry, kind_of, latest, said, waiting, with_kind
from .steps import Kind, Step
from .streams import patch

_UNEXPLAINED = "User denied this tool use request"
_REJECTED = (
    "The user doesn't want to proceed with this tool use. The tool use was rejected (eg. if it was "
    "a file edit, the new_string was NOT written to the file). To tell you how to proceed, the user"
    " said: {}"
)
_TOO_LATE = "Approval request timed out"
_REACTIONS = frozenset({"user_feedback", "user_answered_questions"})
_LAST_WORDS = {
    "approved": "It was allowed, and I have done it.",
    "answered": "Thank you for the answers.",
    "denied": "It was not allowed, so I leave it.",
    "timed_out": "Nobody answered, so I leave it.",
}


def consequences(
    history: Sequence[bytes], approval_id: str, verdict: dict[str, Any]
) -> list[bytes]:
    """Say what became of the call that waited, as the server and the agent's program do.

    Denials, answers and what is allowed are as recorded; what a timeout says was read in the
    server's sources only.
    """
    found = waiting(history, approval_id)
    if found is None:
        return []
    path, entry = found
    after = _next_path(history)
    return [patch(*change) for change in _changes(path, entry, after, verdict)]


def last_words(history: Sequence[bytes], verdict: dict[str, Any]) -> bytes:
    """End a log whose recorded end does not fit the decision."""
    words = said("assistant_message", _LAST_WORDS[verdict["status"]])
    return patch("add", _next_path(history), words)


def after_reaction(
    steps: Iterable[tuple[float, Step]], execution: str, history: Sequence[bytes], *, ends: bool
) -> list[tuple[float, Step]]:
    """Leave out what a recorded log says to the recorded decision, and where it `ends` all of it.

    What is said after that gets the numbers that follow those of the history.
    """
    planned = list(steps)
    own = [s for _, s in planned if s.kind is Kind.LOG and s.execution == execution]
    said_to_it = {id(s) for s in (own if ends else takewhile(_is_reaction, own))}
    rest = [s for s in own if id(s) not in said_to_it]
    first = min((_number(s) for s in rest if _adds(s)), default=0)
    by = next_number(history) - first if any(map(_adds, rest)) else 0
    moved = {id(s): _moved(s, by) for s in rest if _number(s) >= first}
    return [(at_s, moved.get(id(s), s)) for at_s, s in planned if id(s) not in said_to_it]


def _is_reaction(step: Step) -> bool:
    operation = _operation(step)
    kind = kind_of(operation.get("value")).get("type")
    return kind in _REACTIONS or (kind == "tool_use" and operation["op"] == "replace")


def _changes(
    path: str, entry: Entry, after: str, verdict: dict[str, Any]
) -> Iterator[tuple[str, str, Entry]]:
    tool_name = kind_of(entry)["tool_name"]
    status = verdict["status"]
    if status == "approved":
        yield "replace", path, with_kind(entry, status={"status": "created"})
        yield from _result(path, entry, "", success=True)
    elif status == "answered":
        yield "replace", path, with_kind(entry, status={"status": "success"})
        answers = verdict["answers"]
        words = f"Answered {len(answers)} question{'s' if len(answers) != 1 else ''}"
        yield "add", after, said("user_answered_questions", words, answers=answers)
    elif status == "denied":
        reason = (verdict.get("reason") or "").strip() or _UNEXPLAINED
        yield "replace", path, with_kind(entry, status=verdict)
        yield "add", after, said("user_feedback", reason, denied_tool=tool_name)
        yield from _result(path, entry, _REJECTED.format(reason), success=False)
    else:
        yield "replace", path, with_kind(entry, status={"status": "timed_out"})
        words = f"Approval timed out for tool {tool_name}"
        yield "add", after, said("error_message", words, error_type={"type": "other"})
        yield from _result(path, entry, _TOO_LATE, success=False)


def _result(
    path: str, entry: Entry, output: str, *, success: bool
) -> Iterator[tuple[str, str, Entry]]:
    """Give a command its result; calls of other tools never get one."""
    action = kind_of(entry)["action_type"]
    if action["action"] != "command_run":
        return
    exit_status = {"type": "success", "success": success}
    ended = action | {"result": {"exit_status": exit_status, "output": output}}
    status = {"status": "success" if success else "failed"}
    yield "replace", path, with_kind(entry, action_type=ended, status=status)


def next_number(history: Iterable[bytes]) -> int:
    """Say which number the next entry of a log gets."""
    return max((int(path.rpartition("/")[2]) for path in latest(history)), default=-1) + 1


def _next_path(history: Iterable[bytes]) -> str:
    return f"/entries/{next_number(history)}"


def _operation(step: Step) -> dict[str, Any]:
    try:
        (operation,) = msgspec.json.decode(step.body)["JsonPatch"]
    except (msgspec.MsgspecError, KeyError, TypeError, ValueError):
        return {}
    return dict(operation)


def _adds(step: Step) -> bool:
    return _operation(step).get("op") == "add"


def _number(step: Step) -> int:
    return int(_operation(step).get("path", "/-1").rpartition("/")[2])


def _moved(step: Step, by: int) -> Step:
    operation = _operation(step) | {"path": f"/entries/{_number(step) + by}"}
    return replace(step, body=msgspec.json.encode({"JsonPatch": [operation]}))
