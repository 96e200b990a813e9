"""What stands above a turn: its title, agent, branch, repositories and prompt; pure."""

from __future__ import annotations

from bot.entries.story import Execution, Header, Workspace
from bot.live.turn import Turn

PROMPT_TITLE_CHARS = 60
"""How much of the prompt's first line serves as title where the workspace has no name."""

NAMELESS = "vibe-kanban"
"""What to call a turn that has no name, no prompt and no branch."""


def header(turn: Turn, workspace: Workspace | None) -> Header:
    """Gather the header: the workspace's name, else the prompt's first line, else the branch.

    A prompt that begins with the name as a paragraph of its own is shown without it
    (docs/vibe-kanban.md, 40).
    """
    prompt = next((e.prompt for e in _agent_first(turn) if e.prompt), None)
    agent = next((e.agent for e in _agent_first(turn) if e.agent), None)
    branch = workspace.branch if workspace is not None else None
    names = tuple(name for _, name in workspace.repositories) if workspace is not None else ()
    return Header(
        title=_title(workspace, prompt, branch),
        agent=agent.lower().replace("_", "-") if agent else None,
        branch=branch,
        repositories=names if len(names) > 1 else (),
        prompt=_after_name(workspace, prompt),
        backend=turn.backend,
    )


def _agent_first(turn: Turn) -> list[Execution]:
    return sorted(turn.executions, key=lambda execution: execution is not turn.agent)


def _after_name(workspace: Workspace | None, prompt: str | None) -> str | None:
    if prompt is None or workspace is None or not workspace.name:
        return prompt
    return prompt.removeprefix(workspace.name + "\n\n")


def _title(workspace: Workspace | None, prompt: str | None, branch: str | None) -> str:
    if workspace is not None and workspace.name:
        return _unshortened(workspace.name, prompt or "")
    first_line = next((line.strip() for line in (prompt or "").splitlines() if line.strip()), "")
    if first_line:
        if len(first_line) <= PROMPT_TITLE_CHARS:
            return first_line
        return first_line[: PROMPT_TITLE_CHARS - 1].rstrip() + "…"
    return branch or NAMELESS


def _unshortened(name: str, prompt: str) -> str:
    """A name that the server made of the prompt ends in dots, even where nothing is missing."""
    kept = name.removesuffix("...")
    if kept == name or not prompt.startswith(kept):
        return name
    return kept if prompt.strip() == kept.strip() else kept.rstrip() + "…"
