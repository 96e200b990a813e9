"""Feeds, and logs with their two ways to be read."""

from __future__ import annotations

import asyncio
import json

from sandbox.kanban.streams import Feed, Log, collapsed, patch


async def _read(log: Log) -> list[bytes]:
    return [frame async for frame in log.frames()]


async def test_a_running_log_is_read_from_its_start_and_on() -> None:
    """Who opens a running log gets every intermediate patch so far, and then what follows."""
    log = Log()
    log.append(b"1")
    reading = asyncio.create_task(_read(log))
    await asyncio.sleep(0)
    log.append(b"2")
    log.end(lambda: [b"replay"])
    assert await reading == [b"1", b"2"]
    assert await _read(log) == [b"replay"]


async def test_nothing_is_said_after_the_end() -> None:
    """What comes after the end is heard by nobody but who reads anew; a log ends only once."""
    log = Log()
    log.append(b"1")
    reading = asyncio.create_task(_read(log))
    await asyncio.sleep(0)
    log.end()
    log.append(b"2")
    log.end(lambda: [b"other"])
    assert await reading == [b"1"]
    assert await _read(log) == [b"1", b"2"]


def test_growth_is_collapsed() -> None:
    """Of consecutive changes of one entry the last is kept, as an add or a later replace."""
    history = [
        patch("add", "/entries/0", "a"),
        patch("replace", "/entries/0", "ab"),
        patch("add", "/entries/1", "x"),
        b"{broken",
        patch("replace", "/entries/0", "abc"),
        patch("replace", "/entries/0", "abcd"),
    ]
    assert collapsed(history) == [
        patch("add", "/entries/0", "ab"),
        patch("add", "/entries/1", "x"),
        b"{broken",
        patch("replace", "/entries/0", "abcd"),
    ]


def test_collapsing_leaves_values_as_they_stand() -> None:
    """Even half of a surrogate pair comes through a collapsed log unchanged."""
    frame = b'{"JsonPatch":[{"op":"add","path":"/entries/0","value":"\\ud800"}]}'
    assert collapsed([frame]) == [frame]


async def test_a_feed_waits_for_nobody() -> None:
    """A listener that does not read loses the oldest, and holds up no one."""
    feed = Feed()
    with feed.listen() as changes:
        for number in range(100_001):
            feed.publish(b"%d" % number)
        assert await anext(changes) == b"1"
        await changes.aclose()
    feed.publish(b"unheard")


def test_a_removal_has_no_value() -> None:
    """A patch that removes says only what."""
    assert json.loads(patch("remove", "/pending/1")) == {
        "JsonPatch": [{"op": "remove", "path": "/pending/1"}]
    }
