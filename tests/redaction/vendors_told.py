"""Secrets as a server tells of them: frames of a log in which an agent says and runs them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import count
from random import Random
from typing import Any, Final

from tests.redaction.vendors_model import Specimen

Frame = tuple[float, dict[str, Any]]

STEP_S: Final = 1.5
"""Long enough that a chat which is followed live sees each state of a growing text."""

_LINES: Final = 60
_CHARS: Final = 8_192
"""What a server's client keeps of an output, about: texts are laid across these borders."""

_GROWN: Final = 4
"""So many beginnings of a growing text are told before its whole."""


def frames(told: Iterable[tuple[str, Specimen]], chance: Random) -> list[Frame]:
    """Tell of specimens one after the other, each by its place; texts grow."""
    numbers = count()
    return [
        (STEP_S, frame)
        for place, specimen in told
        for frame in _entry(next(numbers), place, specimen.text, chance)
    ]


def script_frames(outputs: Iterable[Specimen]) -> list[Frame]:
    """Tell of specimens as a script prints them, in chunks that know no lines."""
    printed = "\n".join(one.text for one in outputs)
    chunks = [printed[at : at + 97] for at in range(0, len(printed), 97)]
    return [
        (0.1, {"JsonPatch": [{"op": "add", "path": f"/entries/{number}", "value": value}]})
        for number, chunk in enumerate(chunks)
        for value in [{"type": "STDOUT", "content": chunk}]
    ]


def laid_across(specimen: Specimen, chance: Random) -> Specimen:
    """Make an output too long to be kept whole, whose border lies inside the secret."""
    text = specimen.text
    if "\n" in text:
        below = chance.randint(max(1, _LINES - text.count("\n")), _LINES - 1)
        return Specimen(text + "\nok" * below, specimen.secrets)
    inside = text.index(specimen.secrets[0]) + chance.randint(8, 16)
    return Specimen("." * (_CHARS - inside - 1) + " " + text, specimen.secrets)


def _entry(number: int, place: str, text: str, chance: Random) -> Iterator[dict[str, Any]]:
    if place == "answer":
        ends = sorted(chance.sample(range(1, len(text)), min(_GROWN, len(text) - 1)))
        for new, end in enumerate([*ends, len(text)]):
            yield _patch(number, _said("assistant_message", text[:end]), new=not new)
        return
    if place == "output":
        yield _patch(number, _command("make check", None))
        yield _patch(number, _command("make check", text), new=False)
        return
    yield _patch(number, _whole(place, text))


def _whole(place: str, text: str) -> dict[str, Any]:
    match place:
        case "command":
            return _command(text, "ok", 0)
        case "file":
            return _tool("Write", _edit(".env", {"action": "write", "content": text}))
        case "diff":
            change = {"action": "edit", "unified_diff": text, "has_line_numbers": False}
            return _tool("Edit", _edit("app.cfg", change))
        case "error":
            return _said("error_message", text)
        case _:
            return _tool(place, _OTHERS[place](text))


def _edit(path: str, change: Mapping[str, Any]) -> dict[str, Any]:
    return {"action": "file_edit", "path": path, "changes": [change]}


_OTHERS: Final[Mapping[str, Callable[[str], dict[str, Any]]]] = {
    "arguments": lambda text: {
        "action": "tool",
        "tool_name": "mcp__db__query",
        "arguments": {"note": "x" * 150, "query": text},
        "result": {"type": "markdown", "value": text},
    },
    "search": lambda text: {"action": "search", "query": text},
    "fetch": lambda text: {"action": "web_fetch", "url": text},
    "plan": lambda text: {"action": "plan_presentation", "plan": text},
    "to-do": lambda text: {
        "action": "todo_management",
        "todos": [{"content": text, "status": "pending", "priority": None}],
        "operation": "write",
    },
    "task": lambda text: {"action": "task_create", "description": text, "subagent_type": None},
}
PLACES: Final = tuple(_OTHERS)
"""Where a text may stand besides the places that carriers name."""


def _command(command: str, output: str | None, code: int = 1) -> dict[str, Any]:
    status = {"type": "exit_code", "code": code}
    result = None if output is None else {"exit_status": status, "output": output}
    action = {"action": "command_run", "command": command, "result": result}
    return _tool("Bash", action, "created" if output is None else "failed" if code else "success")


def _tool(name: str, action: Mapping[str, Any], status: str = "success") -> dict[str, Any]:
    kind = {
        "type": "tool_use",
        "tool_name": name,
        "action_type": action,
        "status": {"status": status},
    }
    return {"entry_type": kind, "content": name}


def _said(kind: str, text: str) -> dict[str, Any]:
    entry: dict[str, Any] = {"type": kind}
    if kind == "error_message":
        entry["error_type"] = {"type": "other"}
    return {"entry_type": entry, "content": text}


def _patch(number: int, entry: Mapping[str, Any], *, new: bool = True) -> dict[str, Any]:
    value = {"type": "NORMALIZED_ENTRY", "content": entry}
    op = "add" if new else "replace"
    return {"JsonPatch": [{"op": op, "path": f"/entries/{number}", "value": value}]}
