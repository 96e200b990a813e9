"""Headings: what stands above a turn, from its rows and its workspace."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.entries.model import ScriptKind
from bot.entries.story import Execution, ExecutionKind, ExecutionStatus, Workspace
from bot.live.heading import header
from bot.live.turn import Turn

START = datetime(2026, 11, 22, 14, 2, tzinfo=UTC)


def turn(prompt: str | None, agent: str | None = "CLAUDE_CODE") -> Turn:
    execution = Execution(
        "e",
        "s",
        "w",
        ExecutionKind.AGENT,
        ExecutionStatus.RUNNING,
        START,
        prompt=prompt,
        agent=agent,
    )
    return Turn("e", "s", "w", "", (execution,))


def workspace(name: str | None, branch: str | None = "vk/1a2b", *repos: str) -> Workspace:
    return Workspace("w", name, branch, tuple((repo, repo) for repo in repos))


@pytest.mark.parametrize(
    ("name", "prompt", "title"),
    [
        ("Fix login", "Do it", "Fix login"),
        ("Fix the login check....", "Fix the login check.", "Fix the login check."),
        ("Fix the login...", "Fix the login check and more", "Fix the login…"),
        ("Wait for it...", "Another prompt", "Wait for it..."),
        (None, "\n  First line  \nsecond", "First line"),
        (None, "x" * 61, "x" * 59 + "…"),
        (None, "x" * 60, "x" * 60),
        (None, None, "vk/1a2b"),
        (None, "  \n", "vk/1a2b"),
    ],
)
def test_the_title(name: str | None, prompt: str | None, title: str) -> None:
    """The workspace's name, else the prompt's first line (60 characters), else the branch."""
    assert header(turn(prompt), workspace(name)).title == title


@pytest.mark.parametrize(
    ("name", "prompt", "shown"),
    [
        ("Fix login", "Fix login\n\nIt takes empty tokens.", "It takes empty tokens."),
        ("Fix login", "Fix login\n\nFix login", "Fix login"),
        ("Fix login", "Fix login", "Fix login"),
        ("Fix login", "Fix login, please.", "Fix login, please."),
        (None, "Fix login\n\nIt takes empty tokens.", "Fix login\n\nIt takes empty tokens."),
    ],
)
def test_a_prompt_does_not_repeat_the_title(name: str | None, prompt: str, shown: str) -> None:
    """Where a task's title begins the prompt, what follows it is the prompt to show."""
    assert header(turn(prompt), workspace(name)).prompt == shown


def test_a_turn_without_anything_has_a_title() -> None:
    """Where nothing is known yet, the product's name stands there."""
    assert header(turn(None), None).title == "vibe-kanban"
    assert header(turn(None), workspace(None, None)).title == "vibe-kanban"


def test_the_agent_is_written_small() -> None:
    """The agent's name is written as people type it."""
    assert header(turn("x"), None).agent == "claude-code"
    assert header(turn("x", None), None).agent is None


def test_repositories_are_named_when_there_are_several() -> None:
    """One repository needs no name; several are told apart."""
    assert header(turn("x"), workspace("n", "b", "shop")).repositories == ()
    assert header(turn("x"), workspace("n", "b", "shop", "web")).repositories == ("shop", "web")


def test_before_the_agent_the_script_tells() -> None:
    """Prompt and agent come from the script's next action while no agent runs."""
    script = Execution(
        "e",
        "s",
        "w",
        ExecutionKind.SETUP,
        ExecutionStatus.RUNNING,
        START,
        prompt="Do it",
        agent="CODEX",
        script=ScriptKind.SETUP,
        backend="laptop",
    )

    told = header(Turn("e", "s", "w", "laptop", (script,)), None)

    assert (told.title, told.agent, told.prompt, told.backend) == (
        "Do it",
        "codex",
        "Do it",
        "laptop",
    )
