"""Frames of log and state sockets: recorded ones, damaged ones, and made-up ones."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from functools import cache
from typing import Any

from sandbox.kanban.recording import load, names
from tests.fuzz.draws import Draws
from tests.fuzz.texts import text

_RAW = "\ue000{}\ue001"
"""Stands for JSON that Python's writer would not write."""

_TOKENS = (
    "1e400", "-1e400", "9" * 5000, "-" + "9" * 30, "1.5", "NaN", "Infinity", '"\\ud800"',
    '"\\udc00\\ud800"', '"\\u0000"', '"a\\ud83d"', "[" * 2000 + "]" * 2000,
    '{"a":' * 1500 + "1" + "}" * 1500, "null", "true", "[]", "{}", '""', "0", "-0",
    "18446744073709551616", '"\\ud83d\\ude00"',
)  # fmt: skip
_PATHS = (
    "/entries/0", "/entries/1", "/entries/7", "/entries/999999999", "/entries/1000000000",
    "/entries/-1", "/entries/٣", "/entries/0/a", "/entries/", "/entries", "", "/",
    "/execution_processes/x", "/entries/1e3", "/entries/" + "9" * 400, "/entries/~0~1",
    "/workspaces/w",
)  # fmt: skip
_KINDS = (
    "tool_use", "assistant_message", "thinking", "system_message", "error_message",
    "user_message", "token_usage_info", "user_feedback", "user_answered_questions", "loading",
    "next_action", "", "news",
)  # fmt: skip
_ACTIONS = (
    "file_read", "file_edit", "command_run", "search", "web_fetch", "tool", "task_create",
    "plan_presentation", "todo_management", "ask_user_question", "other", "", "news",
)  # fmt: skip
_STATUSES = ("created", "success", "failed", "denied", "timed_out", "pending_approval", "", "news")
_MOMENTS = (
    None, "2026-11-22T15:00:00.000Z", "", "2026-11-22", "2026-11-22T15:00:00.123456789Z",
    "9999-12-31T23:59:59.999999-23:59", "0001-01-01T00:00:00+23:59",
)  # fmt: skip
_CHANGES = ("write", "delete", "rename", "edit", "")
_TODO = ("pending", "in_progress", "completed", "cancelled", "")


@cache
def recorded() -> tuple[Any, ...]:
    """One small frame of every shape that was recorded, parsed."""
    shapes: dict[str, Any] = {}
    for name in (*names(), *names("a")):
        for one in load(name).frames:
            raw = bytes(one.frame)
            if len(raw) < 4000:
                value = json.loads(raw)
                shapes.setdefault(_shape(value), value)
    return tuple(shapes[shape] for shape in sorted(shapes))


def _shape(value: Any) -> str:
    """Name a value by its keys and by the words that tell its kind."""
    if isinstance(value, dict):
        told = ("type", "action", "op", "status", "run_reason")
        parts = (
            f"{k}={v}" if k in told and isinstance(v, str) else f"{k}:{_shape(v)}"
            for k, v in value.items()
        )
        return "{" + ",".join(parts)[:400] + "}"
    return (
        f"[{_shape(value[0]) if value else ''}]"
        if isinstance(value, list)
        else type(value).__name__[0]
    )


def frame(draws: Draws) -> str:
    """Make one text frame."""
    kind = draws.byte()
    if kind < 100:
        value = deepcopy(draws.pick(recorded()))
    elif kind < 220:
        value = {
            "JsonPatch": [_op(draws) for _ in range(1 + draws.below(6))],
            "finished": draws.byte() < 20,
        }
    elif kind < 236:
        value = {"JsonPatch": [{"op": "add", "path": "/x", "value": _row(draws)}], "Ready": True}
    else:
        return text(draws)
    tokens: list[str] = []
    for _ in draws.times(4):
        value = _damaged(value, draws, tokens)
    said = json.dumps(value, ensure_ascii=draws.chance())
    for number, token in enumerate(tokens):
        said = said.replace(json.dumps(_RAW.format(number)), token).replace(
            f'"{_RAW.format(number)}"', token
        )
    return _cut(said, draws) if draws.byte() < 30 else said


def _damaged(value: Any, draws: Draws, tokens: list[str]) -> Any:
    """Replace, remove or add a part somewhere in a value."""
    if isinstance(value, dict) and value and draws.byte() < 230:
        key = draws.pick(sorted(value))
        if draws.byte() < 20:
            del value[key]
        else:
            value[key] = _damaged(value[key], draws, tokens)
        return value
    if isinstance(value, list) and value and draws.byte() < 230:
        place = draws.below(len(value))
        value[place] = _damaged(value[place], draws, tokens)
        return value
    return _anything(draws, tokens)


def _anything(draws: Draws, tokens: list[str]) -> Any:
    if draws.chance():
        return text(draws, 6)
    tokens.append(draws.pick(_TOKENS))
    return _RAW.format(len(tokens) - 1)


def _cut(said: str, draws: Draws) -> str:
    place = draws.below(len(said) + 1)
    return said[:place] + (text(draws, 2) + said[place:] if draws.chance() else "")


def _op(draws: Draws) -> dict[str, Any]:
    op = {"op": draws.pick(("add", "replace", "remove", "move")), "path": draws.pick(_PATHS)}
    match draws.below(8):
        case 0:
            return op
        case 1:
            return {
                **op,
                "value": {
                    "type": draws.pick(("STDOUT", "STDERR", "DIFF", "X")),
                    "content": text(draws),
                },
            }
        case 2:
            return {**op, "value": None}
    content = {
        "timestamp": None,
        "entry_type": _entry_type(draws),
        "content": text(draws, 8),
        "metadata": None,
    }
    return {**op, "value": {"type": "NORMALIZED_ENTRY", "content": content}}


def _entry_type(draws: Draws) -> dict[str, Any]:
    kind = draws.pick(_KINDS)
    found: dict[str, Any] = {"type": kind}
    match kind:
        case "tool_use" | "" | "news":
            status = {
                "status": draws.pick(_STATUSES),
                "reason": text(draws, 2) if draws.chance() else None,
            }
            found |= {"tool_name": text(draws, 1), "action_type": _action(draws), "status": status}
        case "token_usage_info":
            found |= {"total_tokens": draws.below(60000), "model_context_window": None}
        case "user_feedback":
            found |= {"denied_tool": text(draws, 1)}
        case "user_answered_questions":
            answer = text(draws, 2) if draws.chance() else [text(draws, 2), "b"]
            found |= {"answers": [{"question": text(draws, 2), "answer": answer}]}
    return found


def _action(draws: Draws) -> dict[str, Any]:
    action = draws.pick(_ACTIONS)
    more: dict[str, Callable[[], dict[str, Any]]] = {
        "file_edit": lambda: {"changes": [_change(draws) for _ in draws.times(4)]},
        "command_run": lambda: {"command": text(draws, 4), "result": _result(draws)},
        "tool": lambda: {
            "tool_name": text(draws, 1),
            "arguments": _value(draws),
            "result": _result(draws),
        },
        "task_create": lambda: {
            "description": text(draws, 3),
            "subagent_type": text(draws, 1),
            "result": _result(draws),
        },
        "plan_presentation": lambda: {"plan": text(draws)},
        "todo_management": lambda: {
            "todos": [
                {"content": text(draws, 2), "status": draws.pick(_TODO)} for _ in draws.times(5)
            ]
        },
        "ask_user_question": lambda: {"questions": [_question(draws) for _ in draws.times(3)]},
    }
    build = more.get(
        action,
        lambda: {"query": text(draws, 2), "url": text(draws, 2), "description": text(draws, 2)},
    )
    return {
        "action": action,
        "path": draws.pick(("", "a.py", "/home/u/tree/a.py", "/home/u/tree")) + text(draws, 1),
        **build(),
    }


def _change(draws: Draws) -> dict[str, Any]:
    return {
        "action": draws.pick(_CHANGES),
        "content": text(draws),
        "new_path": text(draws, 1),
        "unified_diff": text(draws),
    }


def _result(draws: Draws) -> dict[str, Any] | None:
    match draws.below(5):
        case 0:
            return None
        case 1:
            return {
                "exit_status": {"type": "exit_code", "code": draws.below(300) - 3},
                "output": text(draws),
            }
        case 2:
            return {
                "exit_status": {"type": "success", "success": draws.chance()},
                "output": text(draws),
            }
        case 3:
            return {"type": {"type": draws.pick(("markdown", "json"))}, "value": _value(draws)}
    return {"type": draws.pick(("markdown", "json", "")), "value": text(draws), "output": None}


def _value(draws: Draws) -> Any:
    choices: tuple[Any, ...] = (
        None,
        1,
        1.5,
        "a",
        [1, [2]],
        {"a": {"b": "c"}},
        {"k": text(draws, 2)},
        text(draws, 2),
    )
    return draws.pick(choices)


def _question(draws: Draws) -> dict[str, Any]:
    options = [{"label": text(draws, 1), "description": text(draws, 1)} for _ in draws.times(4)]
    return {
        "question": text(draws, 3),
        "header": None,
        "options": options,
        "multiSelect": draws.chance(),
    }


def _row(draws: Draws) -> dict[str, Any]:
    """Make what may be a row of any kind."""
    return {
        "id": "i",
        "session_id": "s",
        "workspace_id": "w",
        "status": draws.pick(("running", "completed", "failed", "killed", "?")),
        "run_reason": draws.pick(("setupscript", "codingagent", "?")),
        "executor_action": _chain(draws) if draws.chance() else text(draws, 1),
        "exit_code": 1,
        "started_at": draws.pick(_MOMENTS),
        "completed_at": draws.pick(_MOMENTS),
        "name": text(draws, 1),
    }


def _chain(draws: Draws) -> dict[str, Any]:
    """Make an action with what follows it, perhaps very much."""
    step: dict[str, Any] = {
        "type": draws.pick(("ScriptRequest", "CodingAgentInitialRequest", "")),
        "prompt": text(draws, 2),
        "context": draws.pick(("SetupScript", "CleanupScript", "X", 1)),
    }
    chain: dict[str, Any] = {"typ": step}
    for _ in range(draws.pick((0, 0, 1, 60, 300))):
        executor = {"executor": "CLAUDE_CODE"}
        agent = {"type": "CodingAgentInitialRequest", "prompt": "p", "executor_config": executor}
        chain = {"typ": draws.pick((step, agent)), "next_action": chain}
    return chain
