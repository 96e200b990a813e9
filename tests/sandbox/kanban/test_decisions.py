"""Approvals, questions and plans, decided by a client, by another one, or by nobody."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.kanban import Era
from sandbox.kanban.asking import asking, command, edit, plan, questions
from sandbox.kanban.instants import parse

from .client import APPROVALS, Client, Row
from .steering import Steerer

BOILERPLATE = "The user doesn't want to proceed with this tool use."
COLOURS = questions(("Which colours?", ["red", "green", "blue"], True), ("Why?", ["so"], False))


def _statuses(log: list[Row]) -> list[str]:
    """Tell what became of the calls in a log, as far as each change tells it."""
    kinds = [entry["entry_type"] for entry in log]
    return [kind["status"]["status"] for kind in kinds if kind["type"] == "tool_use"]


def _of(log: list[Row], kind: str) -> list[Row]:
    return [entry for entry in log if entry["entry_type"]["type"] == kind]


async def _begin(client: Steerer, recording: Any) -> str:
    client.kanban.begins_with = recording
    await client.begin("Go.")
    return await client.asked()


@pytest.mark.parametrize("era", ["c", "a"])
async def test_what_was_allowed_may_be_denied(steerer: Steerer, era: Era) -> None:
    """It becomes denied with the reason, and then failed with the agent's own words to itself."""
    approval_id = await _begin(steerer, "approve")
    told = await steerer.decide(approval_id, status="denied", reason="not now")
    assert told["data"] == {"status": "denied", "reason": "not now"}
    await steerer.until_over()
    log = await steerer.log()
    assert _statuses(log)[-2:] == ["denied", "failed"]
    (feedback,) = _of(log, "user_feedback")
    assert feedback["content"] == "not now"
    assert feedback["entry_type"]["denied_tool"] == "Bash"
    (failed,) = [e for e in log if e["entry_type"].get("status") == {"status": "failed"}]
    output = failed["entry_type"]["action_type"]["result"]["output"]
    assert output.startswith(BOILERPLATE)
    assert output.endswith("not now")
    assert _of(log, "assistant_message")[-1]["content"] == "It was not allowed, so I leave it."
    assert steerer.play.rows()[0]["status"] == "completed"


@pytest.mark.parametrize("era", ["c", "a"])
async def test_what_was_denied_may_be_allowed(steerer: Steerer, era: Era) -> None:
    """The command is carried out, and nobody's feedback is told."""
    approval_id = await _begin(steerer, "deny")
    await steerer.decide(approval_id, status="approved")
    await steerer.until_over()
    log = await steerer.log()
    assert _statuses(log)[-2:] == ["created", "success"]
    assert not _of(log, "user_feedback")


@pytest.mark.parametrize("era", ["c", "a"])
async def test_another_reason_is_the_one_that_is_told(steerer: Steerer, era: Era) -> None:
    """Denied without a reason it is the server's own; what was recorded to follow, follows."""
    approval_id = await _begin(steerer, "deny")
    told = await steerer.decide(approval_id, status="denied")
    assert told["data"] == {"status": "denied", "reason": None}
    await steerer.until_over()
    log = await steerer.log()
    assert _of(log, "user_feedback")[0]["content"] == "User denied this tool use request"
    assert _of(log, "assistant_message")[-1]["content"] == "I saw the result of the command."


@pytest.mark.parametrize("era", ["c"])
async def test_several_answers_to_several_questions(steerer: Steerer, era: Era) -> None:
    """What was chosen and written is in the log as it was sent, and the question is a success."""
    approval_id = await _begin(steerer, asking(COLOURS))
    answers = [
        {"question": "Which colours?", "answer": ["red", "blue"]},
        {"question": "Why?", "answer": ["I like them"]},
    ]
    assert (await steerer.decide(approval_id, status="answered", answers=answers))["success"]
    await steerer.until_over()
    log = await steerer.log()
    assert _statuses(log)[-1] == "success"
    (told,) = _of(log, "user_answered_questions")
    assert told["entry_type"]["answers"] == answers
    assert told["content"] == "Answered 2 questions"
    assert _of(log, "assistant_message")[-1]["content"] == "Thank you, I go on."


@pytest.mark.parametrize("era", ["c", "a"])
@pytest.mark.parametrize("ask", [plan("# Plan"), edit("a.py", "@@ -1 +1 @@\n-a\n+b\n")])
async def test_only_commands_fail_after_a_denial(steerer: Steerer, era: Era, ask: Any) -> None:
    """A plan and an edit stay denied: they never have a result."""
    approval_id = await _begin(steerer, asking(ask, era=era))
    await steerer.decide(approval_id, status="denied", reason="no")
    await steerer.until_over()
    assert _statuses(await steerer.log())[-1] == "denied"


@pytest.mark.parametrize("era", ["c", "a"])
async def test_one_thing_after_the_other(steerer: Steerer, era: Era) -> None:
    """An agent that asks twice goes on after a denial, and no entry takes another's place."""
    approval_id = await _begin(steerer, asking(command("rm -r x"), command("ls"), era=era))
    await steerer.decide(approval_id, status="denied", reason="no")
    second = await steerer.asked()
    assert second != approval_id
    await steerer.decide(second, status="approved")
    await steerer.until_over()
    entries = await steerer.entries()
    assert _statuses(entries) == ["failed", "success"]
    kinds = [entry["entry_type"]["type"] for entry in entries[1:]]
    assert kinds == [
        "tool_use",
        "user_feedback",
        "assistant_message",
        "tool_use",
        "assistant_message",
    ]


@pytest.mark.parametrize("era", ["c", "a"])
async def test_a_client_may_be_faster_than_the_recorded_person(steerer: Steerer, era: Era) -> None:
    """Of a play that is not steered, the log follows the client's decision at the recorded time."""
    play = steerer.kanban.play("approve")
    approval_id = await steerer.asked()
    await steerer.decide(approval_id, status="denied", reason="faster")
    await steerer.until_over()
    assert _of(await steerer.log(), "user_feedback")[0]["content"] == "faster"
    assert play.rows()[0]["status"] == "completed"


@pytest.mark.parametrize("era", ["c", "a"])
async def test_answered_elsewhere(steerer: Steerer, era: Era) -> None:
    """Who comes second is told 500 without a word, and what the first decided happens."""
    approval_id = await _begin(steerer, "approve")
    steerer.kanban.decide(approval_id, {"status": "denied", "reason": "elsewhere"})
    assert await steerer.decide(approval_id, status="approved") is None
    assert steerer.kanban.requests[-1].status == 500
    await steerer.until_over()
    assert _of(await steerer.log(), "user_feedback")[0]["content"] == "elsewhere"


@pytest.mark.parametrize("era", ["c", "a"])
async def test_nobody_answers_in_time(steerer: Steerer, era: Era) -> None:
    """At its time the call is timed out, an error says so, and a late answer is 500."""
    steerer.kanban.world.approval_timeout_s = 90.0
    approval_id = await _begin(steerer, "approve")
    asked_s = steerer.time.now_s
    row = steerer.kanban.world.approvals[approval_id]
    assert parse(row["timeout_at"]) - parse(row["created_at"]) == pytest.approx(90)
    await steerer.until(lambda: not steerer.kanban.world.approvals)
    assert steerer.time.now_s - asked_s == pytest.approx(90, abs=1)
    assert await steerer.decide(approval_id, status="approved") is None
    await steerer.until_over()
    log = await steerer.log()
    assert _statuses(log)[-2:] == ["timed_out", "failed"]
    assert _of(log, "error_message")[-1]["content"] == "Approval timed out for tool Bash"


@pytest.mark.parametrize(("era", "hours"), [("c", 10), ("a", 1)])
async def test_how_long_it_waits(steerer: Steerer, era: Era, hours: int) -> None:
    """From now on it is ten hours, in the older era one, in row and entry alike."""
    approval_id = await _begin(steerer, "approve")
    row = steerer.kanban.world.approvals[approval_id]
    assert parse(row["created_at"]) == pytest.approx(steerer.time.now_s, abs=2)
    assert parse(row["timeout_at"]) - parse(row["created_at"]) == pytest.approx(3600 * hours)
    status = (await steerer.log())[-1]["entry_type"]["status"]
    assert status["approval_id"] == approval_id
    if era == "a":
        assert parse(status["timeout_at"]) == pytest.approx(parse(row["timeout_at"]), abs=0.1)
    steerer.kanban.expire(approval_id)
    await steerer.until_over()
    assert "timed_out" in _statuses(await steerer.log())


@pytest.mark.parametrize("era", ["c", "a"])
@pytest.mark.parametrize(("status", "exit_code"), [("killed", None), ("failed", 1)])
async def test_the_turn_ends_while_something_waits(
    steerer: Steerer, era: Era, status: str, exit_code: int | None
) -> None:
    """Stopped or dead, the approval is gone, its call has failed, and a late answer is 500."""
    approval_id = await _begin(steerer, "approve")
    if status == "killed":
        await steerer.stop()
    else:
        await steerer.end()
    assert steerer.kanban.world.approvals == {}
    assert await steerer.decide(approval_id, status="approved") is None
    row = steerer.play.rows()[0]
    assert (row["status"], row["exit_code"]) == (status, exit_code)
    assert _statuses(await steerer.log())[-1] == "failed"


@pytest.mark.parametrize("era", ["c", "a"])
async def test_the_server_starts_again_while_something_waits(steerer: Steerer, era: Era) -> None:
    """Nothing waits any more, but the log goes on saying so; the execution has failed."""
    approval_id = await _begin(steerer, "approve")
    await steerer.kanban.restart()
    assert await steerer.decide(approval_id, status="approved") is None
    row = steerer.play.rows()[0]
    assert (row["status"], row["exit_code"]) == ("failed", None)
    assert _statuses(await steerer.log())[-1] == "pending_approval"


@pytest.mark.parametrize("era", ["c"])
async def test_the_stream_of_approvals(steerer: Steerer, client: Client, era: Era) -> None:
    """Who comes late finds what waits in the snapshot, and hears that it is over."""
    approval_id = await _begin(steerer, asking(COLOURS))
    async with client.listening(APPROVALS) as heard:
        await heard.until_frames(2)
        (row,) = heard.state.values()
        assert row.keys() == {
            "approval_id",
            "tool_name",
            "execution_process_id",
            "is_question",
            "created_at",
            "timeout_at",
        }
        assert (row["is_question"], row["execution_process_id"]) == (True, steerer.execution_id)
        steerer.kanban.expire(approval_id)
        await heard.until(lambda heard: not heard.state)
        assert heard.patches[-1] == {"op": "remove", "path": f"/pending/{approval_id}"}


@pytest.mark.parametrize("era", ["c"])
async def test_the_stream_of_approvals_may_be_cut(
    steerer: Steerer, client: Client, era: Era
) -> None:
    """It ends without a word, and who comes back finds what waits."""
    approval_id = await _begin(steerer, "approve")
    for _ in range(2):
        async with client.listening(APPROVALS) as heard:
            await heard.until_frames(2)
            assert list(heard.state) == [approval_id]
            assert steerer.kanban.cut_approval_streams() == 1
            await heard.until_ended()


NO_ID = "no-uuid"
ANSWERED = {"status": "answered", "answers": [{"question": "?", "answer": ["A"]}]}


@pytest.mark.parametrize("era", ["c"])
@pytest.mark.parametrize("verdict", [ANSWERED, {"status": "timed_out"}])
async def test_of_the_wrong_kind(steerer: Steerer, era: Era, verdict: Row) -> None:
    """A tool is not answered, and what is refused goes on waiting."""
    approval_id = await _begin(steerer, "approve")
    assert await steerer.decide(approval_id, **verdict) is None
    assert steerer.kanban.requests[-1].status == 500
    assert list(steerer.kanban.world.approvals) == [approval_id]
    assert await steerer.decide(NO_ID, status="approved") is None
    assert (await steerer.decide(approval_id, status="approved"))["success"]


@pytest.mark.parametrize("era", ["c"])
@pytest.mark.parametrize("status", ["approved", "denied"])
async def test_a_question_is_neither_allowed_nor_denied(
    steerer: Steerer, era: Era, status: str
) -> None:
    """Both are 500 without a word, and the question waits on."""
    approval_id = await _begin(steerer, "question")
    assert await steerer.decide(approval_id, status=status) is None
    assert list(steerer.kanban.world.approvals) == [approval_id]


@pytest.mark.parametrize(
    ("era", "body"),
    [
        ("c", {"status": {"status": "approved"}}),
        ("c", {"execution_process_id": NO_ID, "status": {"status": "approved"}}),
        ("c", {"execution_process_id": None, "status": "approved"}),
        ("c", {"status": {"status": "maybe"}}),
        ("c", {"status": {"status": "answered"}}),
        ("c", {"status": {"status": "answered", "answers": [{"question": "?", "answer": "A"}]}}),
        ("c", {"status": {"status": "denied", "reason": 7}}),
        ("a", {"status": ANSWERED}),
    ],
)
async def test_misshapen_decisions(steerer: Steerer, era: Era, body: Row) -> None:
    """What does not fit the era's shape is 422 in plain text, and decides nothing."""
    approval_id = await _begin(steerer, "approve")
    if era == "a" or body.get("status") not in ({"status": "approved"}, "approved"):
        body = {"execution_process_id": steerer.execution_id} | body
    told = await steerer.call("POST", f"/api/approvals/{approval_id}/respond", body)
    assert told.startswith("Failed to deserialize")
    assert steerer.kanban.requests[-1].status == 422
    assert list(steerer.kanban.world.approvals) == [approval_id]
