"""When a turn's messages came, measured from what the servers saw."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.kanban import Play, Recording
from sandbox.kanban.instants import parse
from tests.end_to_end.chains import View, _end_line_at, assert_view, views, wait_view_complete
from tests.end_to_end.world import Chat
from tests.units.turn import turns
from tests.virtual.world import VirtualWorld


@dataclass(frozen=True, slots=True)
class Shown:
    """How long after the truth a turn's messages came, in seconds."""

    first_link_s: float
    end_line_s: float
    whole_s: float
    """Until all content and the notice stood there."""


async def shown_whole(
    world: VirtualWorld, chat: Chat, play: Play, recording: Recording
) -> tuple[View, Shown]:
    """Wait for a made turn, check every word of it, and measure when it came."""
    (view,) = await wait_view_complete(world, chat, play, turn_count=1)
    (turn,) = turns(recording)
    assert_view(view, turn)
    return view, measured(view, play)


def measured(view: View, play: Play) -> Shown:
    """Measure a complete view of a play that ran to its end."""
    began_at = parse(play.rows()[0]["started_at"])
    ended_at = began_at + play.length_s
    last = max(version.at for link in view.links for version in link.versions)
    return Shown(
        view.links[0].sent_at - began_at,
        _end_line_at(view) - ended_at,
        max(last, view.notices[0].sent_at) - ended_at,
    )


def shown(world: VirtualWorld, chat: Chat, play: Play) -> View:
    """Return the one view of a play as it stands."""
    (view,) = views(world, chat, play)
    return view
