"""The target for the decoder: whatever arrives on a socket, the streams go on."""

from __future__ import annotations

import contextlib

import msgspec

from bot.backend import schema
from bot.backend.decode import BrokenFrame, LogDecoder, decode_state_frame
from bot.backend.rows import Surroundings, execution_of, names_of, timestamp, workspace_of
from bot.backend.script_output import ScriptOutput, script_of
from bot.entries.events import Put
from bot.entries.model import EXCERPT_CHARS, EXCERPT_LINES, TEXT_CHARS, Excerpt
from tests.fuzz.draws import Draws
from tests.fuzz.frames import frame
from tests.fuzz.laws import law, parts, whole_characters
from tests.fuzz.texts import text

MODULES = (
    "bot.backend.decode", "bot.backend.contents", "bot.backend.tools", "bot.backend.file_changes",
    "bot.backend.excerpts", "bot.backend.paths", "bot.backend.rows", "bot.backend.script_output",
)  # fmt: skip
_WORKTREES = (None, "", "/", "/home/u/tree", "/home/u/tree/", "a" * 300)
_ROWS = (schema.ExecutionRow, schema.WorkspaceRow, schema.SessionRow, schema.NamedRow)


def target(data: bytes) -> None:
    """Decode the frames of one log, and those of a state stream."""
    draws = Draws(data)
    decoder = LogDecoder("x", draws.pick(_WORKTREES))
    output = ScriptOutput()
    for _ in range(1 + draws.below(5)):
        if draws.byte() < 16:
            decoder.reopened()
        said = frame(draws)
        decoded = decoder.decode(said)
        for event in decoded.events:
            if isinstance(event, Put):
                _bounded(event)
        whole_characters(decoded.output)
        output.append(decoded.output)
        with contextlib.suppress(BrokenFrame):
            for op in decode_state_frame(said).patch:
                _row(op.value, draws)
    if draws.chance():
        output.append(text(draws) * draws.pick((1, 1, 1, 30)))
    found = output.excerpt()
    if found is not None:
        _fits(found)
    timestamp(text(draws, 3))


def _bounded(put: Put) -> None:
    law(0 <= put.position < 10**9, "a position without measure")
    whole_characters(put.content)
    law(all(len(one) <= TEXT_CHARS for one in parts(put.content, str)), "a text without measure")
    for found in parts(put.content, Excerpt):
        _fits(found)


def _fits(found: Excerpt) -> None:
    law(len(found.text) <= EXCERPT_CHARS, "a long excerpt")
    law(found.text.count("\n") < EXCERPT_LINES, "an excerpt of many lines")
    law(found.omitted_lines >= 0, "fewer than no lines left out")


def _row(value: msgspec.Raw, draws: Draws) -> None:
    """Convert a row as the streams do: one that is none is skipped there by its error."""
    kind = draws.pick(_ROWS)
    try:
        row = msgspec.json.decode(value, type=kind)
    except (msgspec.DecodeError, RecursionError):
        return
    match row:
        case schema.ExecutionRow():
            execution = execution_of(row, "w")
            script_of(execution, None)
        case schema.WorkspaceRow():
            workspace_of(row, Surroundings())
        case schema.NamedRow():
            names_of([row])
