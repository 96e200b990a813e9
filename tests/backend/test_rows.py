"""Rows of the server as executions and workspaces."""

import json
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from bot.backend import schema
from bot.backend.rows import Surroundings, execution_of, names_of, timestamp, workspace_of
from bot.entries.model import ScriptKind
from bot.entries.story import ExecutionKind, ExecutionStatus, Workspace
from tests.backend.rows_for_tests import STARTED, row

AGENT = {
    "type": "CodingAgentFollowUpRequest",
    "prompt": "go on",
    "executor_config": {"executor": "CLAUDE_CODE"},
}


def step(context: str) -> dict[str, Any]:
    """A script."""
    return {"type": "ScriptRequest", "script": "x", "context": context}


def action(*steps: dict[str, Any]) -> msgspec.Raw:
    """A chain of steps."""
    chain = None
    for one in reversed(steps):
        chain = {"typ": one, "next_action": chain}
    return msgspec.Raw(json.dumps(chain).encode())


def test_an_agent_has_prompt_and_name() -> None:
    """Both come from its action."""
    found = execution_of(row("failed", executor_action=action(AGENT), exit_code=1), "w1", "home")
    assert (found.kind, found.prompt, found.agent) == (ExecutionKind.AGENT, "go on", "claude-code")
    assert (found.status, found.exit_code) == (ExecutionStatus.FAILED, 1)
    assert (found.workspace_id, found.backend, found.started_at) == ("w1", "home", STARTED)


@pytest.mark.parametrize(
    ("context", "kind", "script"),
    [
        ("SetupScript", ExecutionKind.SETUP, ScriptKind.SETUP),
        ("CleanupScript", ExecutionKind.CLEANUP, ScriptKind.CLEANUP),
        ("ToolInstallScript", ExecutionKind.SETUP, ScriptKind.TOOL_INSTALL),
        ("DevServer", ExecutionKind.ASIDE, None),
        ("ArchiveScript", ExecutionKind.ASIDE, None),
    ],
)
def test_a_script_is_what_its_context_says(
    context: str, kind: ExecutionKind, script: ScriptKind | None
) -> None:
    """The run reason misleads in chains; the agent to follow lends its prompt."""
    found = execution_of(
        row(run_reason="setupscript", executor_action=action(step(context), AGENT)), "w1"
    )
    assert (found.kind, found.script) == (kind, script)
    assert (found.prompt, found.agent) == ("go on", "claude-code")


@pytest.mark.parametrize("raw", [b"null", b"7", b'{"typ":"old"}', b'{"other":1}'])
@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("setupscript", ExecutionKind.SETUP),
        ("cleanupscript", ExecutionKind.CLEANUP),
        ("codingagent", ExecutionKind.AGENT),
        ("devserver", ExecutionKind.ASIDE),
    ],
)
def test_an_unreadable_action_leaves_the_run_reason(
    raw: bytes, reason: str, kind: ExecutionKind
) -> None:
    """Stored actions may be anything."""
    found = execution_of(row(run_reason=reason, executor_action=msgspec.Raw(raw)), "w1")
    assert (found.kind, found.prompt) == (kind, None)


def test_an_unknown_status_is_no_running_one() -> None:
    """Nothing waits for an execution in a state nobody told us about."""
    assert not execution_of(row("exploded"), "w1").running


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-04-24T09:17:33Z", datetime(2026, 4, 24, 9, 17, 33, tzinfo=UTC)),
        ("2026-04-24T09:17:32.123Z", datetime(2026, 4, 24, 9, 17, 32, 123_000, tzinfo=UTC)),
        ("2026-04-24T09:17:32.226782369Z", datetime(2026, 4, 24, 9, 17, 32, 226_782, tzinfo=UTC)),
        ("2026-04-24T09:17:33", datetime(2026, 4, 24, 9, 17, 33, tzinfo=UTC)),
        ("yesterday", None),
        (None, None),
    ],
)
def test_times_have_any_number_of_digits(text: str | None, moment: datetime | None) -> None:
    """0, 3 and 9 fractional digits are read; anything else is no time."""
    assert timestamp(text) == moment


def test_a_workspace_has_what_a_header_needs() -> None:
    """Repositories go by the name people gave them."""
    repositories = names_of([schema.NamedRow("r1", "shop", "Shop"), schema.NamedRow("r2")])
    row = schema.WorkspaceRow("w1", name="Fix", branch="vk/1", container_ref="/w/1")
    found = workspace_of(row, Surroundings(repositories))
    assert found == Workspace("w1", "Fix", "vk/1", (("r1", "Shop"), ("r2", "r2")), "/w/1")
    assert found.choices == {"r1", "r2"}


def test_an_attempt_at_a_task_is_called_as_the_task() -> None:
    """Its title goes before the name made of the prompt, and a chat chooses by its project."""
    row = schema.WorkspaceRow("w1", "t1", "Fix\n\nFix the...")
    found = workspace_of(row, Surroundings((("r1", "shop"),), "Fix", "p1"))
    assert found.name == "Fix"
    assert found.choices == {"p1"}
