"""Every row of one session, from the stream that alone has them."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from bot.backend.discovery import FRESH_MARGIN, MISSED_AT_MOST, Discovery, fresh_since
from bot.backend.errors import NotFound, NotReachable
from bot.backend.session_rows import session_rows
from tests.backend.rows_for_tests import row
from tests.fakes.clock import FakeClock, settle
from tests.fakes.listener import FakeListener
from tests.fakes.state_source import AWAY, FakeStateSource, FakeStream
from tests.fakes.tasks import running

RUNNING = row()
DONE = row("completed", exit_code=0)


def snapshot(stream: FakeStream, *rows: object) -> None:
    """Say what a session's stream begins with."""
    wire: dict[str, Any] = {
        f"row {n}": msgspec.json.decode(msgspec.json.encode(one)) for n, one in enumerate(rows)
    }
    stream.patch("/execution_processes", wire)


async def test_the_snapshot_is_taken() -> None:
    """Its first operation on the root has every row; what cannot be read is left out."""
    source = FakeStateSource()
    stream = source.streams["s1"]
    stream.patch("/execution_processes/e9", msgspec.json.decode(msgspec.json.encode(DONE)))
    snapshot(stream, RUNNING, {"id": 7}, DONE)
    rows = await session_rows(source, "s1")
    assert [one.status for one in rows] == ["running", "completed"]


async def test_a_session_that_is_gone_has_no_rows() -> None:
    """Neither one that the server does not know, nor one that it knows as empty."""
    source = FakeStateSource()
    source.failures["session_stream"].append(NotFound())
    assert await session_rows(source, "s1") == ()
    snapshot(source.streams["s1"])
    assert await session_rows(source, "s1") == ()


@pytest.mark.parametrize("frame", [None, "{", json.dumps({"JsonPatch": [{"op": "replace"}]})])
async def test_a_stream_that_does_not_tell_is_an_error(frame: str | None) -> None:
    """One that ends at once or says nonsense: it can be asked again."""
    source = FakeStateSource()
    for one in (frame, None):
        source.streams["s1"].frames.put_nowait(one)
    with pytest.raises(NotReachable):
        await session_rows(source, "s1")


async def test_what_runs_is_asked_for_from_then_on() -> None:
    """A row of the past that runs has its end announced, though no stream told of it."""
    source, clock, listener = FakeStateSource(), FakeClock(), FakeListener()
    discovery = Discovery(source, clock, lambda: 1.0)
    async with running(discovery.run(listener)):
        source.workspaces.patch("/workspaces", {"w1": {"id": "w1", "is_running": False}})
        await settle()
        snapshot(source.streams["s1"], RUNNING)
        assert [one.id for one in await discovery.history("s1", "w1")] == ["e1"]
        source.rows["e1"] = DONE
        await clock.advance(1)
    assert listener.statuses("e1") == ["completed"]


async def test_a_backend_that_is_away_has_no_past_to_tell() -> None:
    """The failure is told, and before any connection nothing else happens."""
    source = FakeStateSource()
    source.failures["session_stream"].append(AWAY)
    with pytest.raises(NotReachable):
        await Discovery(source, FakeClock(), lambda: 1.0).history("s1", "w1")


async def test_what_nobody_saw_is_told() -> None:
    """What began after the newest turn that was shown is told, also when it is over by now."""
    source, clock, listener = FakeStateSource(), FakeClock(), FakeListener()
    discovery = Discovery(source, clock, lambda: 1.0)
    await clock.advance(600)
    since = clock.wall().replace(microsecond=0)
    await clock.advance(600)
    began = since.replace(minute=since.minute + 1).isoformat()
    missed = row("completed", exit_code=0, started_at=began)
    source.rows["e1"] = missed
    workspaces = {
        "w1": {"id": "w1", "updated_at": began},
        "w2": {"id": "w2", "updated_at": since.replace(hour=1).isoformat()},
    }
    async with running(discovery.run(listener, since)):
        source.workspaces.patch("/workspaces", workspaces)
        await settle()
        snapshot(source.streams["s1"], missed)
        await clock.advance(1)
    assert listener.statuses("e1") == ["completed"]
    assert source.calls["sessions"] == 1


def test_what_is_history() -> None:
    """Nothing shown: all but the last moments; shown long ago: what began more than an hour ago."""
    now = FakeClock().wall()
    assert fresh_since(now, None) == now - FRESH_MARGIN
    assert fresh_since(now, now) == now - FRESH_MARGIN
    assert fresh_since(now, now - 3 * MISSED_AT_MOST) == now - MISSED_AT_MOST
    shown = now - MISSED_AT_MOST / 2
    assert shown < fresh_since(now, shown) < now - FRESH_MARGIN
