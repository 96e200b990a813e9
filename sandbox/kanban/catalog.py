"""What a client can choose from: repositories, their branches, agents and their profiles."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, count, islice
from typing import Any

AGENTS = (
    "CLAUDE_CODE",
    "AMP",
    "GEMINI",
    "CODEX",
    "OPENCODE",
    "CURSOR_AGENT",
    "QWEN_CODE",
    "COPILOT",
    "DROID",
)

_LAST_COMMIT = "2026-11-22T14:00:00Z"
_BRANCHES = ("main", "develop", "feature/login", "feature/search", "fix/empty-token", "release/1.0")


@dataclass(frozen=True, slots=True)
class Offers:
    """How much there is to choose from.

    Every repository has so many local `branches`, and each agent has its profiles; `remote` are
    branches that exist elsewhere only, so that nothing can begin on them.
    """

    repositories: tuple[str, ...] = ("shop",)
    branches: int = 1
    agents: int = 1
    remote: tuple[str, ...] = ("origin/main",)

    def local_branches(self) -> list[str]:
        """Name the branches on which something can begin."""
        more = (f"feature/{number}" for number in count(1))
        return list(islice(chain(_BRANCHES, more), self.branches))

    def branch_rows(self) -> list[dict[str, Any]]:
        """Write the rows of a repository's branches."""
        local = [_branch(name, remote=False) for name in self.local_branches()]
        return local + [_branch(name, remote=True) for name in self.remote]

    def profiles(self) -> dict[str, dict[str, Any]]:
        """Write the profiles of each agent, by its name; Claude has some that ask first."""
        return {agent: _profiles(agent) for agent in AGENTS[: self.agents]}


def _branch(name: str, *, remote: bool) -> dict[str, Any]:
    return {
        "name": name,
        "is_current": name == "main",
        "is_remote": remote,
        "last_commit_date": _LAST_COMMIT,
    }


def _profiles(agent: str) -> dict[str, Any]:
    if agent != "CLAUDE_CODE":
        return {"DEFAULT": {agent: {}}}
    return {
        "DEFAULT": {agent: {"dangerously_skip_permissions": True}},
        "APPROVALS": {agent: {"approvals": True}},
        "PLAN": {agent: {"plan": True}},
    }
