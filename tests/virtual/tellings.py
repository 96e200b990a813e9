"""What a chat was told of turns, mode by mode: its messages, judged by the recordings alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from sandbox.kanban import Play
from sandbox.kanban.instants import parse
from sandbox.telegram import Message
from tests.end_to_end.chains import (
    NOTICE,
    NOTICES,
    View,
    assert_keyboards,
    assert_replies,
)
from tests.end_to_end.world import Chat
from tests.units.chrome import Chain
from tests.units.compare import Fault, Problem, compare
from tests.units.tokens import words
from tests.units.turn import Turn, Unit
from tests.virtual.world import VirtualWorld

ASKED_FOR_COMMIT = "ℹ️ The server asked for a commit"
OPENING_CHARS = 160
LEAST_OPENING = 20
"""So much of an answer is enough to recognise that it was quoted."""

LOGS = ("normalized", "raw")


@dataclass(frozen=True, slots=True)
class Telling:
    """One turn in one chat: the messages of its view, and what followed its end."""

    view: tuple[Message, ...]
    after: tuple[Message, ...]

    @property
    def messages(self) -> tuple[Message, ...]:
        """All of them, in order."""
        return (*self.view, *self.after)

    @property
    def chain(self) -> View:
        """The same, as the checks of chains read it."""
        return View(self.view, self.after)

    @property
    def chrome(self) -> Chain:
        """The view's messages without what stands around their content."""
        return self.chain.chrome


def tellings(world: VirtualWorld, chat: Chat, since: float) -> list[Telling]:
    """Return what a chat was told since a moment: what replies to one another is one turn."""
    groups: list[list[Message]] = []
    for message in world.telegram.bot_messages(chat.id):
        if message.sent_at < since:
            continue
        target = message.reply_to_message_id
        group = next((one for one in groups if target in {told.message_id for told in one}), None)
        if group is None:
            groups.append([message])
        else:
            group.append(message)
    return [_telling(group) for group in groups]


def _telling(group: Sequence[Message]) -> Telling:
    ends = [place for place, told in enumerate(group) if NOTICE.match(told.text)]
    end = ends[0] if ends else len(group)
    return Telling(tuple(group[:end]), tuple(group[end:]))


def ended_at(play: Play, turn: Turn) -> float:
    """Return when the last execution of a turn was over."""
    rows = {row["id"]: row for row in play.rows()}
    own = [rows[play.execution_ids[one.id]] for one in turn.executions]
    return max(parse(row["completed_at"]) for row in own)


def began_at(play: Play, turn: Turn) -> float:
    """Return when the first execution of a turn began."""
    rows = {row["id"]: row for row in play.rows()}
    return parse(rows[play.execution_ids[turn.executions[0].id]]["started_at"])


def answer(turn: Turn) -> Unit | None:
    """Return the last answer before the server asked for a commit, or the last of all."""
    last: Unit | None = None
    for unit in turn.units:
        if unit.kind == "assistant_message":
            last = unit
        elif unit.text == ASKED_FOR_COMMIT and last is not None:
            break
    return last


def edits_of_text(world: VirtualWorld, chat: Chat, since: float) -> int:
    """Count the edits of a message's text in a chat."""
    return sum(
        call.method == "editMessageText" and call.chat_id == chat.id and call.at >= since
        for call in world.telegram.calls
    )


def open_logs(world: VirtualWorld) -> int:
    """Count the open sockets of logs."""
    return sum(world.kanban.open_sockets[kind] for kind in LOGS)


# --- one turn in each mode ------------------------------------------------------------------------


def content_problems(units: Sequence[Unit], chunks: Sequence[Message]) -> list[Problem]:
    """Compare chunks with what they must show; only a live view's later links have a head."""
    found = compare(units, [chunk.text for chunk in chunks])
    return [problem for problem in found if problem.fault is not Fault.HEAD]


def assert_chunks(told: Telling, turn: Turn) -> None:
    """Every unit came once and in order, in messages that never changed but for their buttons."""
    assert told.view[0].text.startswith("🤖 Task:"), told.view[0].text
    assert all(message.text.strip() for message in told.view)
    for chunk in told.view:
        assert {version.text for version in chunk.versions} == {chunk.text}
        assert chunk.silent
    problems = content_problems(turn.units, told.view)
    assert problems == [], "\n".join(map(str, problems))
    assert_replies(told.chain)
    assert_keyboards(told.chain)
    *_, last = told.chrome.bodies
    ends = [line for line in told.view[-1].text.split("\n") if line.startswith(turn.end)]
    assert len(ends) == (0 if told.chrome.end is None else 1)
    if told.chrome.end is not None:
        assert (told.chrome.end, told.chrome.warning) == (turn.end, turn.cleanup_warning)
    assert all(body.strip() for body in told.chrome.bodies[1:-1])
    assert last.strip() or told.chrome.end is not None


def assert_told_over(told: Telling, turn: Turn, *, sounds: bool = True) -> None:
    """What followed the end is of the turn's outcome; only its first message may sound."""
    assert told.after, "nothing followed the end"
    first, *others = told.after
    expected = next(text for key, text in NOTICES.items() if turn.end.startswith(key))
    assert first.text.startswith(f"{expected}\n"), first.text
    assert [message.silent for message in told.after] == [not sounds, *(True for _ in others)]
    for before, message in pairwise((*told.view[-1:], *told.after)):
        assert message.reply_to_message_id == before.message_id
    assert all(len(message.versions) == 1 for message in told.after)


def assert_notice(told: Telling, turn: Turn, *, quotes: bool) -> None:
    """One notice with sound; with `quotes` its second line begins the answer."""
    assert_told_over(told, turn)
    assert len(told.after) == 1
    said = answer(turn)
    second = told.after[0].text.split("\n")[1]
    assert len(second) <= OPENING_CHARS
    if said is None:
        return
    begins = _begin(said)
    shown = words(second.rstrip("…"))[: len(begins)]
    assert (shown == begins[: len(shown)] and bool(shown)) is quotes, told.after[0].text
    if not quotes:
        assert not is_quoted(said, told.after)


def assert_digest(
    told: Telling, turn: Turn, *, with_answer: bool = True, sounds: bool = True
) -> None:
    """One digest, whose answer is the agent's: whole and in order."""
    assert_told_over(told, turn, sounds=sounds)
    said = answer(turn)
    if said is not None:
        assert is_quoted(said, told.after) is with_answer, "\n".join(
            message.text for message in told.after
        )
    assert "Finished." not in " ".join(message.text for message in told.after)


def is_quoted(said: Unit, messages: Sequence[Message]) -> bool:
    """Whether messages show an answer in full, once."""
    whole = words(said.text.removeprefix("💬 "))
    shown = [word for message in messages for word in words(message.text)]
    places = [at for at in range(len(shown)) if shown[at : at + len(whole)] == whole]
    return len(places) == 1


def _begin(said: Unit) -> list[str]:
    first = said.text.removeprefix("💬 ").strip().split("\n")[0]
    return words(first[:LEAST_OPENING])[:-1] or words(first)
