"""Single calls that go wrong on purpose: before they act, or after they have acted."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from sandbox.kanban import Era, Refusal

from .client import PATIENCE_S
from .steering import Steerer

RESPOND = "/respond"


async def _asked(steerer: Steerer) -> str:
    steerer.kanban.begins_with = "approve"
    await steerer.begin("Go.")
    return await steerer.asked()


@pytest.mark.parametrize("era", ["c", "a"])
@pytest.mark.parametrize("acts", [False, True])
@pytest.mark.parametrize(
    ("how", "status"),
    [("soft", 200), ("hard", 500), ("bare", 500), ("missing", 404), ("forbidden", 403)],
)
async def test_an_answer_says_no(
    steerer: Steerer, era: Era, how: Refusal, status: int, acts: bool
) -> None:
    """The answer is the same whether the decision was taken or not; only the next look tells."""
    approval_id = await _asked(steerer)
    steerer.kanban.refuse("POST", RESPOND, how, acts=acts)
    told = await steerer.decide(approval_id, status="approved")
    assert steerer.kanban.requests[-1].status == status
    assert told is None or told["success"] is False
    assert (approval_id in steerer.kanban.world.approvals) is not acts
    again = await steerer.decide(approval_id, status="approved")
    assert (again is None) is acts


@pytest.mark.parametrize("era", ["c"])
@pytest.mark.parametrize("acts", [False, True])
async def test_a_connection_breaks(steerer: Steerer, era: Era, acts: bool) -> None:
    """Nothing is answered; what was asked for may have been done."""
    approval_id = await _asked(steerer)
    steerer.kanban.refuse("POST", RESPOND, "drop", acts=acts)
    with pytest.raises(aiohttp.ClientConnectionError):
        await steerer.decide(approval_id, status="approved")
    assert (approval_id in steerer.kanban.world.approvals) is not acts


@pytest.mark.parametrize("era", ["c"])
@pytest.mark.parametrize("acts", [False, True])
async def test_an_answer_never_comes(steerer: Steerer, era: Era, acts: bool) -> None:
    """The call hangs, and what it asked for has been done or not."""
    approval_id = await _asked(steerer)
    steerer.kanban.refuse("POST", RESPOND, "hang", acts=acts)
    deciding = asyncio.create_task(steerer.decide(approval_id, status="approved"))
    async with asyncio.timeout(PATIENCE_S):
        while not steerer.kanban.requests[-1].path.endswith(RESPOND) or (
            acts and approval_id in steerer.kanban.world.approvals
        ):
            await asyncio.wait([deciding], timeout=0.01)
    assert not deciding.done()
    assert (approval_id in steerer.kanban.world.approvals) is not acts
    deciding.cancel()
    await asyncio.wait([deciding])


@pytest.mark.parametrize("era", ["c", "a"])
async def test_every_deed_may_be_done_and_answered_500(steerer: Steerer, era: Era) -> None:
    """Begun, queued, cancelled, gone on with and stopped, although each answer says 500."""
    kanban = steerer.kanban
    kanban.begins_with = "stopped"
    for ends in ("/start", "/create-and-start", "/follow-up", "/queue", "/stop"):
        kanban.refuse("POST", ends, "hard", acts=True)
    kanban.refuse("DELETE", "/queue", "hard", acts=True)
    assert (await steerer.begin("Wait."))["success"] is False
    assert len(kanban.plays) == 1
    assert (await steerer.queue("Then."))["success"] is False
    assert await steerer.queued() == "Then."
    assert (await steerer.unqueue())["success"] is False
    assert await steerer.queued() is None
    assert (await steerer.follow_up("And?"))["success"] is False
    assert len(kanban.plays) == 2
    assert (await steerer.stop())["success"] is False
    assert steerer.play.rows()[0]["status"] == "killed"


@pytest.mark.parametrize("era", ["c"])
async def test_as_often_as_told(steerer: Steerer, era: Era) -> None:
    """Refusals are used up, each by the calls that it fits."""
    approval_id = await _asked(steerer)
    steerer.kanban.refuse("POST", RESPOND, "bare", times=2)
    for _ in range(2):
        assert await steerer.decide(approval_id, status="approved") is None
    assert (await steerer.decide(approval_id, status="approved"))["success"]
