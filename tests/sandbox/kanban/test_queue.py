"""What becomes of a message that is queued behind a turn, and how a session goes on."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.kanban import Era, Recording

from .steering import Steerer


def _work(era: Era, *, status: str = "completed", exit_code: int = 0) -> Recording:
    told = {"type": "assistant_message"}
    said = {"timestamp": None, "entry_type": told, "content": "So.", "metadata": None}
    value = {"type": "NORMALIZED_ENTRY", "content": said}
    frame = {"JsonPatch": [{"op": "add", "path": "/entries/0", "value": value}]}
    frames: list[tuple[float, bytes | str | dict[str, Any]]] = [(5.0, frame)]
    return Recording.of_frames(frames, era=era, status=status, exit_code=exit_code)


def _prompts(steerer: Steerer) -> list[str]:
    rows = [row for play in steerer.kanban.plays for row in play.rows()]
    return [row["executor_action"]["typ"]["prompt"] for row in rows]


@pytest.mark.parametrize("era", ["c", "a"])
async def test_what_is_queued_runs_after_the_end(steerer: Steerer, era: Era) -> None:
    """The recorded second turn follows at once, with the client's message; the place is free."""
    steerer.kanban.begins_with = "queuerun"
    await steerer.begin("Write.")
    first = steerer.play
    await steerer.queue("And then this.")
    assert await steerer.queued() == "And then this."
    await steerer.until(lambda: len(steerer.kanban.plays) == 2)
    assert first.rows()[0]["status"] == "completed"
    await steerer.until_over()
    row = steerer.play.rows()[0]
    asked = row["executor_action"]["typ"]
    assert (asked["type"], asked["prompt"]) == ("CodingAgentFollowUpRequest", "And then this.")
    assert (row["session_id"], row["status"]) == (first.session_id, "completed")
    assert await steerer.queued() is None


@pytest.mark.parametrize("era", ["c", "a"])
async def test_the_last_message_is_the_one_that_runs(steerer: Steerer, era: Era) -> None:
    """A second message takes the place of the first."""
    steerer.kanban.begins_with, steerer.kanban.changes = _work(era), True
    await steerer.begin("Work.")
    await steerer.queue("one")
    await steerer.queue("two")
    await steerer.until(lambda: len(steerer.kanban.plays) == 2)
    await steerer.until_over()
    assert _prompts(steerer)[1:] == ["two"]


@pytest.mark.parametrize("era", ["c", "a"])
async def test_what_was_cancelled_never_runs(steerer: Steerer, era: Era) -> None:
    """A cancelled message is gone, and cancelling once more is no error."""
    steerer.kanban.begins_with, steerer.kanban.changes = _work(era), True
    await steerer.begin("Work.")
    await steerer.queue("one")
    for _ in range(2):
        assert (await steerer.unqueue())["data"] == {"status": "empty"}
    await steerer.until_over()
    assert len(steerer.kanban.plays) == 1


@pytest.mark.parametrize(("era", "runs"), [("c", False), ("a", True)])
async def test_without_changes_it_may_be_left_behind(
    steerer: Steerer, era: Era, runs: bool
) -> None:
    """The newer era goes on saying that it is queued; the older one runs it all the same."""
    steerer.kanban.begins_with, steerer.kanban.changes = _work(era), False
    await steerer.begin("Work.")
    await steerer.queue("one")
    await steerer.until_over()
    assert (len(steerer.kanban.plays) == 2) is runs
    assert (await steerer.queued() is None) is runs


@pytest.mark.parametrize("era", ["c"])
async def test_what_a_command_changed_counts(steerer: Steerer, era: Era) -> None:
    """A worktree with changes lets the queue go on, whatever the recording says."""
    steerer.kanban.begins_with = _work(era)
    await steerer.begin("Work.")
    steerer.kanban.world.workspaces[steerer.play.workspace_id].changed = {"a.py": (1, 0)}
    await steerer.queue("one")
    await steerer.until(lambda: len(steerer.kanban.plays) == 2)


@pytest.mark.parametrize("era", ["c", "a"])
async def test_a_failure_drops_it(steerer: Steerer, era: Era) -> None:
    """After a bad end nothing runs, and nothing is queued any more."""
    steerer.kanban.begins_with = _work(era, status="failed", exit_code=1)
    steerer.kanban.changes = True
    await steerer.begin("Work.")
    await steerer.queue("one")
    await steerer.until_over()
    assert len(steerer.kanban.plays) == 1
    assert await steerer.queued() is None


@pytest.mark.parametrize("era", ["c", "a"])
@pytest.mark.parametrize("how", ["stop", "end", "restart"])
async def test_so_do_a_stop_a_death_and_a_restart(steerer: Steerer, era: Era, how: str) -> None:
    """Whatever ends the turn from outside empties the place."""
    steerer.kanban.begins_with = "queuerun"
    await steerer.begin("Work.")
    await steerer.queue("one")
    if how == "stop":
        await steerer.stop()
    elif how == "end":
        await steerer.end()
    else:
        await steerer.kanban.restart()
    assert await steerer.queued() is None
    assert len(steerer.kanban.plays) == 1


@pytest.mark.parametrize("era", ["c", "a"])
async def test_queued_while_idle_it_waits_for_the_next_end(steerer: Steerer, era: Era) -> None:
    """Nothing takes it by itself; the next turn that ends well does."""
    steerer.kanban.begins_with, steerer.kanban.changes = _work(era), True
    await steerer.begin("Work.")
    await steerer.until_over()
    await steerer.queue("later")
    await steerer.time.advance(3600)
    assert len(steerer.kanban.plays) == 1
    await steerer.follow_up("Go on.")
    await steerer.until(lambda: len(steerer.kanban.plays) == 3)
    await steerer.until_over()
    assert _prompts(steerer)[1:] == ["Go on.", "later"]


@pytest.mark.parametrize("era", ["c", "a"])
async def test_a_session_goes_on_as_recorded_and_then_anyhow(steerer: Steerer, era: Era) -> None:
    """The first follow-up is the recorded one; what follows is what clients begin with."""
    steerer.kanban.begins_with = "followup"
    await steerer.begin("Fix.")
    await steerer.until_over()
    first = steerer.play
    for prompt in ("And the tests?", "And the docs?"):
        told = await steerer.follow_up(prompt)
        assert told["data"]["executor_action"]["typ"]["prompt"] == prompt
        assert told["data"]["status"] == "running"
        await steerer.until_over()
    sessions = {play.session_id for play in steerer.kanban.plays}
    assert sessions == {first.session_id}
    assert [row["status"] for p in steerer.kanban.plays for row in p.rows()] == ["completed"] * 3


@pytest.mark.parametrize("era", ["c", "a"])
async def test_a_steered_turn_runs_until_it_is_stopped(steerer: Steerer, era: Era) -> None:
    """What a recorded person stopped, nobody stops but the client."""
    steerer.kanban.begins_with = "stopped"
    await steerer.begin("Wait.")
    await steerer.time.advance(3600)
    assert steerer.play.rows()[0]["status"] == "running"
    await steerer.stop()
    await steerer.until_over()
    assert steerer.play.rows()[0]["status"] == "killed"
