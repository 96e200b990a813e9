"""The comparison of what a chat shows with what it must show: every unit once and in order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from tests.units.chrome import strip
from tests.units.tokens import Token, tokens, words
from tests.units.turn import Unit


class Fault(StrEnum):
    """What can be wrong with a chain."""

    MISSING = "missing"
    CUT = "cut"
    DOUBLED = "doubled"
    OUT_OF_ORDER = "out of order"
    FOREIGN = "foreign"
    HEAD = "head"


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault; `key` names the unit where there is one, `detail` quotes the tokens."""

    fault: Fault
    key: str | None
    detail: str


@dataclass(frozen=True, slots=True)
class _Piece:
    """A unit with the tokens that are expected in its place, and those of its late line."""

    unit: Unit
    place: list[str]
    late: list[str]


@dataclass(slots=True)
class _LateLine:
    """A line that told a result later: its tokens, and how much of the chain came before it."""

    words: list[str]
    position: int


def compare(units: Sequence[Unit], messages: Sequence[str]) -> list[Problem]:
    """Return what is wrong with a chain whose links read `messages`; nothing when all is shown."""
    chain = strip(messages)
    problems = [
        Problem(Fault.HEAD, None, f"link {number} does not begin with ↪")
        for number, good in enumerate(chain.heads, start=2)
        if not good
    ]
    stream = [token for link, body in enumerate(chain.bodies) for token in tokens(body, link)]
    stream, late_lines = _without_late_lines(units, stream)
    shown = _glued(stream, {word for unit in units for word in words(unit.text)})
    pieces = list(_pieces(units, shown, late_lines))
    problems += _difference(pieces, shown)
    problems += [
        Problem(Fault.DOUBLED, None, f"result told twice: {_quoted(line.words)}")
        for line in late_lines
    ]
    return problems


# --- results that come late -----------------------------------------------------------------------


def _without_late_lines(
    units: Sequence[Unit], stream: Sequence[Token]
) -> tuple[list[Token], list[_LateLine]]:
    """Take the lines that tell a result later out of the stream."""
    forms = [words(form) for form in sorted({unit.late for unit in units if unit.late})]
    rest: list[Token] = []
    late_lines: list[_LateLine] = []
    at = 0
    while at < len(stream):
        form = next((form for form in forms if _line_reads(stream, at, form)), None)
        if form is None:
            rest.append(stream[at])
            at += 1
        else:
            late_lines.append(_LateLine(form, len(rest)))
            at += len(form)
    return rest, late_lines


def _line_reads(stream: Sequence[Token], at: int, form: list[str]) -> bool:
    """Whether whole lines beginning at `at` read `form`."""
    end = at + len(form)
    if not stream[at].opens_line or end > len(stream):
        return False
    whole = end == len(stream) or stream[end].opens_line
    return whole and [token.text for token in stream[at:end]] == form


def _pieces(
    units: Sequence[Unit], shown: Sequence[str], late_lines: list[_LateLine]
) -> Iterator[_Piece]:
    """Decide for each unit in which form it is expected; uses up the late lines that fit.

    A unit that stands there whole is expected whole. Without its mark it must have its late line
    after it. Where the chain has already gone wrong, a late line that fits decides.
    """
    at: int | None = 0
    for unit in units:
        whole = words(unit.text)
        if at is not None and list(shown[at : at + len(whole)]) == whole:
            at += len(whole)
            yield _Piece(unit, whole, [])
            continue
        early = words(unit.early) if unit.early else whole
        stands = at is not None and list(shown[at : at + len(early)]) == early
        end = at + len(early) if at is not None and stands else 0
        line = _take_late(unit, late_lines, end)
        at = end if stands else None
        yield _Piece(unit, early, line.words) if line else _Piece(unit, whole, [])


def _take_late(unit: Unit, late_lines: list[_LateLine], after: int) -> _LateLine | None:
    """Take the first late line that tells this unit's result after its place."""
    form = words(unit.late) if unit.late else None
    for number, line in enumerate(late_lines):
        if line.words == form and line.position >= after:
            return late_lines.pop(number)
    return None


# --- pages ----------------------------------------------------------------------------------------


def _glued(stream: Sequence[Token], known: set[str]) -> list[str]:
    """Return the words of a stream; one that a page's end cut in two is put together again."""
    glued: list[str] = []
    for token in stream:
        if token.opens_link and glued:
            both = glued[-1] + token.text
            if both in known and not {glued[-1], token.text} <= known:
                glued[-1] = both
                continue
        glued.append(token.text)
    return glued


# --- naming what is wrong -------------------------------------------------------------------------


def _difference(pieces: Sequence[_Piece], shown: list[str]) -> list[Problem]:
    """Name what lies between the expected and the shown words."""
    expected = [word for piece in pieces for word in piece.place]
    if expected == shown:
        return []
    lost: list[bool] = [False] * len(expected)
    foreign: list[list[str]] = []
    matcher = SequenceMatcher(None, expected, shown, autojunk=False)
    for _, start, end, shown_start, shown_end in _changes(matcher):
        lost[start:end] = [True] * (end - start)
        if shown_start < shown_end:
            foreign.append(shown[shown_start:shown_end])
    return [*_losses(pieces, lost, foreign), *_additions(pieces, foreign)]


def _changes(matcher: SequenceMatcher[str]) -> Iterator[tuple[str, int, int, int, int]]:
    """Return the places at which two streams differ."""
    return (change for change in matcher.get_opcodes() if change[0] != "equal")


def _losses(
    pieces: Sequence[_Piece], lost: Sequence[bool], foreign: list[list[str]]
) -> Iterator[Problem]:
    """Name each unit that is not whole in its place; what is found elsewhere leaves `foreign`."""
    start = 0
    for piece in pieces:
        flags = lost[start : start + len(piece.place)]
        start += len(piece.place)
        if not any(flags):
            continue
        gone = [word for word, flag in zip(piece.place, flags, strict=True) if flag]
        run = next((run for run in foreign if all(flags) and _find(run, piece.place) >= 0), None)
        if run is not None:
            at = _find(run, piece.place)
            del run[at : at + len(piece.place)]
        fault = Fault.OUT_OF_ORDER if run is not None else Fault.CUT
        if run is None and all(flags):
            fault = Fault.MISSING
        yield Problem(fault, piece.unit.key, _quoted(gone))


def _additions(pieces: Sequence[_Piece], foreign: Sequence[list[str]]) -> Iterator[Problem]:
    """Name what is shown and should not be: a unit again, or foreign words."""
    for run in filter(None, foreign):
        again = next((piece for piece in pieces if _find(run, piece.place) >= 0), None)
        if again is None:
            yield Problem(Fault.FOREIGN, None, _quoted(run))
        else:
            yield Problem(Fault.DOUBLED, again.unit.key, _quoted(run))


def _find(run: Sequence[str], part: Sequence[str]) -> int:
    """Return where `part` stands in `run`, -1 when it does not (an empty part never does)."""
    if not part:
        return -1
    last = len(run) - len(part)
    starts = (at for at in range(last + 1) if list(run[at : at + len(part)]) == list(part))
    return next(starts, -1)


def _quoted(found: Sequence[str]) -> str:
    """Return words for a report, shortened."""
    return " ".join(found[:24]) + (f" … ({len(found)} words)" if len(found) > 24 else "")
