"""Recordings of a real server, decoded and folded."""

import time
from collections.abc import Iterator

import pytest

from bot.backend.decode import LogDecoder
from bot.entries.events import Finished
from bot.entries.model import Answer, Content, Other
from bot.entries.transcript import Snapshot, Transcript
from sandbox.kanban.recording import Recording, load, names

EVERY = (*names(), *names("a"))
LIVE_IS_EMPTY = {"missing", "era-a/missing"}
"""The live log said `finished`, or was refused, before it began."""


def read(recording: Recording, on: str, execution_id: str) -> Snapshot:
    """Fold one log as it was recorded."""
    decoder, transcript = LogDecoder(execution_id), Transcript(execution_id)
    for text in frames(recording, on, execution_id):
        for event in decoder.decode(text).events:
            transcript.fold(event)
    transcript.fold(Finished())
    return transcript.snapshot()


def frames(recording: Recording, on: str, execution_id: str) -> Iterator[str]:
    """The texts that came on one log socket."""
    for frame in recording.frames:
        if frame.on == on and frame.execution == execution_id:
            yield bytes(frame.frame).decode()


def contents(snapshot: Snapshot) -> list[Content]:
    """What was visible."""
    return [entry.content for entry in snapshot.entries]


@pytest.mark.parametrize("name", EVERY)
def test_live_and_replay_end_the_same(name: str) -> None:
    """What an agent's live log shows in the end is what its replay shows."""
    recording = load(name)
    for execution in recording.header.executions:
        live = read(recording, "normalized", execution.id)
        replay = read(recording, "replay", execution.id)
        if execution.run_reason == "codingagent" and name not in LIVE_IS_EMPTY:
            assert live.entries
            assert contents(live) == contents(replay)


@pytest.mark.parametrize("name", EVERY)
def test_nothing_in_a_recording_is_unknown(name: str) -> None:
    """Every kind that a real server was seen to send is known."""
    recording = load(name)
    for execution in recording.header.executions:
        for content in contents(read(recording, "replay", execution.id)):
            assert not isinstance(content, Other)


@pytest.mark.parametrize("on", ["normalized", "replay"])
def test_a_damaged_answer_gives_way_to_the_one_that_follows(on: str) -> None:
    """Era A cut characters and sent the answer again: it is visible once, undamaged."""
    recording = load("era-a/unicode")
    (execution,) = recording.header.executions
    shown = contents(read(recording, on, execution.id))
    answers = [content.text for content in shown if isinstance(content, Answer)]
    assert len(answers) == 1
    assert "\ufffd" not in answers[0]


def test_eighteen_megabytes_cost_little() -> None:
    """`essay`, 1,700 frames of growing text, is decoded and folded in well under a second."""
    recording = load("essay")
    (execution,) = recording.header.executions
    texts = list(frames(recording, "normalized", execution.id))
    decoder, transcript = LogDecoder(execution.id), Transcript(execution.id)
    began = time.process_time()
    for text in texts:
        for event in decoder.decode(text).events:
            transcript.fold(event)
    assert time.process_time() - began < 0.3
    assert sum(map(len, texts)) > 17_000_000
