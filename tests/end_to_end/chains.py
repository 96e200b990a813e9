"""Chains as a chat shows them: found by their replies, checked as a whole, and timed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sandbox.kanban import KanbanServer, Play, Recording
from sandbox.kanban.instants import parse
from sandbox.telegram import Message
from tests.end_to_end.world import Chat, World
from tests.units.chrome import Chain, strip
from tests.units.compare import compare
from tests.units.turn import Turn, turns

COMPLETE_S = 150.0
MINUTE_S = 60.0
NOTICE = re.compile(r"(✅ Task completed|❌ Task failed|⏹ Task stopped)\b")
NOTICES = {
    "✅ Done": "✅ Task completed",
    "❌ Failed": "❌ Task failed",
    "❌ Could not start": "❌ Task failed",
    "⚠️ Interrupted": "❌ Task failed",
    "⏹ Stopped": "⏹ Task stopped",
}


@dataclass(frozen=True, slots=True)
class View:
    """One turn in one chat: its links in order, and the notices that reply to them."""

    links: tuple[Message, ...]
    notices: tuple[Message, ...]

    @property
    def texts(self) -> list[str]:
        """The links' texts as they stand."""
        return [link.text for link in self.links]

    @property
    def chrome(self) -> Chain:
        """The links without what stands around their content."""
        return strip(self.texts)

    @property
    def complete(self) -> bool:
        """Whether the end line stands on the newest link and the notice has come."""
        return bool(self.links) and self.chrome.end is not None and bool(self.notices)


def played(play: Play) -> tuple[Turn, ...]:
    """Return what the recording of a play must show, turn by turn."""
    return turns(play.recording)


async def stood(kanban: KanbanServer, play: Play) -> Turn:
    """Return what must be shown of a play of one execution that was ended from outside.

    Its log is asked for as the server has it now; it must have ended.
    """
    (row,) = play.rows()
    log = kanban.execution(row["id"]).log
    assert log.ended
    frames: list[tuple[float, bytes | str | dict[str, Any]]] = [
        (0.0, frame) async for frame in log.frames()
    ]
    made = Recording.of_frames(frames, status=row["status"], exit_code=row["exit_code"])
    return turns(made)[0]


def views(world: World, chat: Chat, play: Play) -> list[View]:
    """Return the views of a play in a chat, one for each turn that has begun to show."""
    rows = play.rows()
    if not rows:
        return []
    began_at = parse(rows[0]["started_at"])
    messages = [one for one in world.telegram.bot_messages(chat.id) if one.sent_at >= began_at]
    branch = f"vk/{play.workspace_id[:4]}-"
    roots = [one for one in messages if one.text.startswith("🤖 Task:") and branch in one.text]
    return [_view(root, messages) for root in roots]


def chain(world: World, chat: Chat, play: Play, turn: int = 0) -> list[Message]:
    """Return the links of one turn of a play, in order."""
    return list(views(world, chat, play)[turn].links)


async def wait_view_complete(
    world: World, chat: Chat, play: Play, *, turn_count: int | None = None
) -> list[View]:
    """Wait until each turn of a play has its end line and its notice in a chat."""
    count = len(played(play)) if turn_count is None else turn_count

    def complete() -> bool:
        found = views(world, chat, play)
        return len(found) == count and all(view.complete for view in found)

    try:
        await world.telegram.wait_for(complete, COMPLETE_S)
    except TimeoutError:
        shown = "\n=====\n".join(text for one in views(world, chat, play) for text in one.texts)
        raise AssertionError(f"{play.name} is not complete in {chat}:\n{shown}") from None
    return views(world, chat, play)


def assert_chain(world: World, chat: Chat, play: Play) -> None:
    """Check every turn of a recorded play, as it stands in a chat after its end."""
    expected = played(play)
    found = views(world, chat, play)
    assert len(found) == len(expected)
    for view, turn in zip(found, expected, strict=True):
        assert_view(view, turn)


def assert_view(view: View, turn: Turn) -> None:
    """Check one ended turn: its units, replies, keyboards, end line and notice."""
    problems = compare(turn.units, view.texts)
    assert problems == [], "\n".join([*map(str, problems), *view.texts])
    assert (view.chrome.end, view.chrome.warning) == (turn.end, turn.cleanup_warning)
    assert_replies(view)
    assert_keyboards(view)
    assert_notice(view, turn.end)


def assert_replies(view: View) -> None:
    """Each continuation replies to the link before it; the first link to nothing."""
    targets = [link.reply_to_message_id for link in view.links]
    assert targets == [None, *(link.message_id for link in view.links[:-1])]


def assert_keyboards(view: View) -> None:
    """No link has buttons now, and at no time two links had."""
    assert [link.button_labels for link in view.links if link.reply_markup] == []
    spans = [span for link in view.links for span in _keyboard_spans(link)]
    spans.sort()
    for (_, end), (start, _) in pairwise(spans):
        assert end <= start, f"two links had buttons at once: {spans}"


def assert_notice(view: View, end: str) -> None:
    """The notice came once, with sound, after all content, and replies to the last link."""
    assert len(view.notices) == 1
    (notice,) = view.notices
    assert notice.reply_to_message_id == view.links[-1].message_id
    assert not notice.silent
    assert notice.text.startswith(
        next(text for key, text in NOTICES.items() if end.startswith(key))
    )
    assert notice.sent_at >= max(link.versions[-1].at for link in view.links)
    assert all(link.silent for link in view.links)


FREE_GROUP_CALLS = 8
"""Up to so many calls in the minute before, a group's lane counts as free when a turn begins."""


@dataclass(frozen=True, slots=True)
class Timing:
    """How long one turn's view took in one chat, in seconds.

    `calls_before` counts the bot's calls to the chat in the minute before the turn began: how much
    of its lane was spent already.
    """

    play: str
    group: bool
    first_link_s: float
    end_line_s: float
    calls_before: int


def timings(world: World, chat: Chat, play: Play, found: Sequence[View]) -> list[Timing]:
    """Measure each turn: from its first row to the first link, from its last to the end line."""
    rows = {row["id"]: row for row in play.rows()}
    measured = []
    for view, turn in zip(found, played(play), strict=True):
        own = [rows[play.execution_ids[execution.id]] for execution in turn.executions]
        began_at = parse(own[0]["started_at"])
        measured.append(
            Timing(
                play.name,
                chat.group,
                view.links[0].sent_at - began_at,
                _end_line_at(view) - max(parse(row["completed_at"]) for row in own),
                world.calls_to(chat, began_at - MINUTE_S, began_at),
            )
        )
    return measured


def _view(root: Message, messages: Sequence[Message]) -> View:
    """Follow the replies from a first link."""
    links = [root]
    while True:
        following = [
            one
            for one in messages
            if one.reply_to_message_id == links[-1].message_id and one.text.startswith("↪ ")
        ]
        if not following:
            break
        assert len(following) == 1, f"two links reply to {links[-1].message_id}"
        links.append(following[0])
    ids = {link.message_id for link in links}
    notices = [one for one in messages if one.reply_to_message_id in ids and NOTICE.match(one.text)]
    return View(tuple(links), tuple(notices))


def _end_line_at(view: View) -> float:
    """Return when the end line was first there."""
    last = view.links[-1]
    earlier = view.texts[:-1]
    return next(
        version.at for version in last.versions if strip([*earlier, version.text]).end is not None
    )


def _keyboard_spans(link: Message) -> list[tuple[float, float]]:
    """Return the spans of time in which a link had buttons."""
    spans: list[tuple[float, float]] = []
    since: float | None = None
    for version in link.versions:
        if version.markup and since is None:
            since = version.at
        elif not version.markup and since is not None:
            spans.append((since, version.at))
            since = None
    return spans if since is None else [*spans, (since, float("inf"))]
