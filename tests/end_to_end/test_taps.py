"""Taps while a chat is busy and another one rests: acknowledged at once."""

from __future__ import annotations

from functools import partial
from itertools import cycle
from pathlib import Path
from statistics import quantiles

import pytest

from sandbox.kanban import Play
from sandbox.telegram import Callback, Fault, Message, Respond
from tests.end_to_end.chains import assert_chain, views, wait_view_complete
from tests.end_to_end.world import ANSWER_S, SLOWER, Chat, World, pass_time

pytestmark = pytest.mark.slow

TAPS = 200
BETWEEN_TAPS_S = 0.15
ACKNOWLEDGED_S = 0.05 * SLOWER
REST_S = 6
BEGUN_S = 15.0
FLOODED = Respond(429, f"Too Many Requests: retry after {REST_S}", retry_after=REST_S)


async def test_taps_are_acknowledged_at_once(tmp_path: Path) -> None:
    """99 of 100 taps wait for nothing, with two turns in the chat and a group that rests."""
    async with World(tmp_path, max_gap_s=None, latency_s=0.0) as world:
        chat, group = await world.link_private(), await world.link_group()
        writes = ("sendMessage", "editMessageText")
        world.telegram.faults.append(Fault(writes, FLOODED, chat_id=group.id, nth=3))
        plays = [world.kanban.play(name) for name in ("many", "long")]
        for play in plays:
            await world.telegram.wait_for(partial(_link, world, chat, play), BEGUN_S)
        taps = await _tap_in_turn(world, chat, plays)
        took = sorted(tap.answer.at - tap.tapped_at for tap in taps if tap.answer is not None)
        assert len(took) == TAPS
        p50, p99 = quantiles(took, n=100)[49], quantiles(took, n=100)[98]
        print(f"{TAPS} taps: p50 {p50 * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms")  # noqa: T201 - pytest keeps it for -rA
        assert p99 <= ACKNOWLEDGED_S
        assert len(world.telegram.faults.struck) == 1
        assert world.telegram.inside_rest() == []
        for play in plays:
            await play.done
            await wait_view_complete(world, group, play)
            assert_chain(world, group, play)


async def _tap_in_turn(world: World, chat: Chat, plays: list[Play]) -> list[Callback]:
    """Mute and unmute the chat's views in turn, as fast as a nervous thumb."""
    taps = []
    for play, _ in zip(cycle(plays), range(TAPS), strict=False):
        link = _link(world, chat, play)
        if link is None:  # its turn is over: the other one's buttons are still there
            link = next(filter(None, (_link(world, chat, other) for other in plays)))
        tap = world.telegram.tap(chat.id, chat.user, link.message_id, link.button_labels[0])
        taps.append(world.telegram.callback(tap))
        await pass_time(BETWEEN_TAPS_S)
    await world.telegram.wait_for(lambda: all(tap.answer for tap in taps), ANSWER_S)
    return taps


def _link(world: World, chat: Chat, play: Play) -> Message | None:
    """Return the link of a play's view that has buttons."""
    links = [link for view in views(world, chat, play) for link in view.links if link.reply_markup]
    return links[-1] if links else None
