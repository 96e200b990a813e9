"""The comparison passes what is right and names what is wrong."""

from __future__ import annotations

import pytest

from sandbox.kanban.recording import load, names
from tests.units.chrome import strip
from tests.units.compare import Fault, Problem, compare
from tests.units.synthesis import chain
from tests.units.tokens import words
from tests.units.turn import Turn, Unit, turns

MUTATED = ["basic", "tools", "many", "scripts", "markdown", "unicode", "question"]


def _turn(name: str) -> Turn:
    return turns(load(name))[0]


def _texts(turn: Turn) -> list[str]:
    return [unit.text for unit in turn.units]


def _found(turn: Turn, texts: list[str]) -> list[Problem]:
    return compare(turn.units, chain(turn, texts))


def _named(problems: list[Problem], unit: Unit, *faults: Fault) -> bool:
    return any(one.fault in faults and one.key == unit.key for one in problems)


@pytest.mark.parametrize("name", names())
@pytest.mark.parametrize("chars", [300, 1200, 4096])
def test_what_shows_every_unit_has_no_problem(name: str, chars: int) -> None:
    """A chain that shows each unit once and in order is right, wherever its pages end."""
    for turn in turns(load(name)):
        assert compare(turn.units, chain(turn, chars=chars)) == []


@pytest.mark.parametrize("name", MUTATED)
def test_a_dropped_unit_is_named(name: str) -> None:
    """Whichever unit is left out is reported as missing."""
    turn = _turn(name)
    for number, unit in enumerate(turn.units):
        texts = _texts(turn)
        del texts[number]
        if texts:
            assert _named(_found(turn, texts), unit, Fault.MISSING, Fault.CUT)


@pytest.mark.parametrize("name", MUTATED)
def test_a_doubled_unit_is_named(name: str) -> None:
    """Whichever unit is shown twice in a row is reported as doubled."""
    turn = _turn(name)
    for number in range(len(turn.units)):
        texts = _texts(turn)
        texts.insert(number, texts[number])
        assert {one.fault for one in _found(turn, texts)} & {Fault.DOUBLED, Fault.FOREIGN}


@pytest.mark.parametrize("name", MUTATED)
def test_a_repeated_unit_at_the_end_is_doubled(name: str) -> None:
    """A unit that comes again at the end is reported by its name."""
    turn = _turn(name)
    assert _named(_found(turn, [*_texts(turn), turn.units[0].text]), turn.units[0], Fault.DOUBLED)


@pytest.mark.parametrize("name", MUTATED)
def test_two_swapped_units_are_reported(name: str) -> None:
    """Neighbours in the wrong order are a problem, wherever they stand."""
    turn = _turn(name)
    for number in range(len(turn.units) - 1):
        texts = _texts(turn)
        texts[number : number + 2] = reversed(texts[number : number + 2])
        assert _found(turn, texts)


def test_swapped_units_are_named_as_out_of_order() -> None:
    """Of two units that changed places one is named, and nothing is called foreign."""
    turn = _turn("basic")
    texts = _texts(turn)
    texts[1], texts[2] = texts[2], texts[1]
    assert [one.fault for one in _found(turn, texts)] == [Fault.OUT_OF_ORDER]


@pytest.mark.parametrize("name", MUTATED)
def test_a_lost_tail_is_named(name: str) -> None:
    """A unit without its last word is cut; a chain without its last unit misses it."""
    turn = _turn(name)
    for number, unit in enumerate(turn.units):
        last = words(unit.text)[-1]
        texts = _texts(turn)
        texts[number] = texts[number][: texts[number].rindex(last)]
        assert _named(_found(turn, texts), unit, Fault.CUT, Fault.MISSING)


@pytest.mark.parametrize("name", ["many", "unicode", "markdown", "tools"])
def test_a_word_doubled_at_a_page_border_is_reported(name: str) -> None:
    """The last word of a link that begins the next one again is foreign text."""
    turn = _turn(name)
    links = chain(turn, chars=300)
    assert len(links) > 2
    for number in range(1, len(links)):
        last = words(strip(links[:number]).bodies[-1])[-1]
        mutant = list(links)
        mutant[number] = mutant[number].replace("\n\n", f"\n\n{last} ", 1)
        assert compare(turn.units, mutant), (number, last)


def test_a_later_link_without_its_head_is_reported() -> None:
    """A continuation begins with the arrow and the title."""
    turn = _turn("many")
    links = chain(turn)
    links[1] = links[1].partition("\n\n")[2]
    assert [one.fault for one in compare(turn.units, links)] == [Fault.HEAD]


def test_a_left_over_footer_is_foreign() -> None:
    """Only the newest link may say that the turn runs."""
    turn = _turn("many")
    links = chain(turn)
    links[0] += "\n\n⏳ In progress… since 14:02"
    assert [one.fault for one in compare(turn.units, links)] == [Fault.FOREIGN]


def test_a_word_cut_by_a_page_is_one_word() -> None:
    """A page may end in the middle of a long word."""
    unit = Unit("k", "assistant_message", "💬 an unbreakablyverylongword here")
    links = ["🤖 Task: T\n\n💬 an unbreakably", "↪ T\n\nverylongword here\n\n✅ Done · 2 s"]
    assert compare([unit], links) == []


class TestLateResults:
    """A result whose page was sealed is told by a line of its own, once."""

    @staticmethod
    def _texts(turn: Turn, late: int, *, at: int) -> list[str]:
        texts = _texts(turn)
        unit = turn.units[late]
        assert unit.early is not None
        assert unit.late is not None
        texts[late] = unit.early
        texts.insert(at, unit.late)
        return texts

    @pytest.mark.parametrize(("name", "late"), [("many", 2), ("many", 10), ("failing", 2)])
    def test_a_late_result_is_accepted(self, name: str, late: int) -> None:
        """The call without a mark and its result further down are the unit."""
        turn = _turn(name)
        assert _found(turn, self._texts(turn, late, at=late + 2)) == []

    def test_a_result_that_never_comes_is_reported(self) -> None:
        """A call without a mark and without a late line is cut."""
        turn = _turn("many")
        texts = self._texts(turn, 2, at=4)
        del texts[4]
        assert _named(_found(turn, texts), turn.units[2], Fault.CUT)

    def test_a_result_told_twice_is_reported(self) -> None:
        """A mark in its place and a late line are one too many."""
        turn = _turn("many")
        texts = _texts(turn)
        late = turn.units[2].late
        assert late is not None
        texts.insert(4, late)
        assert [one.fault for one in _found(turn, texts)] == [Fault.DOUBLED]

    def test_a_result_before_its_call_is_reported(self) -> None:
        """A late line stands below the call."""
        turn = _turn("many")
        assert _found(turn, self._texts(turn, 4, at=2))


def test_the_chrome_tells_how_the_turn_ended() -> None:
    """Header, end line and the warning are taken off and kept."""
    (turn,) = turns(load("cleanupfails"))
    found = strip(chain(turn))
    assert found.header.startswith("🤖 Task: The title\n")
    assert (found.end, found.warning) == (turn.end, turn.cleanup_warning)
