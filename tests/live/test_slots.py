"""Slots: never more views than a chat wants, and none is idle while a view waits."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.live.slots import Claim, seated
from tests.fakes.live import START


def claim(view: int, *, session: str | None = None, **state: bool) -> Claim:
    return Claim(view, session or f"s{view}", START + timedelta(seconds=view), **state)


CLAIMS = st.lists(
    st.builds(
        lambda view, session, wants, has, over: claim(
            view, session=f"s{session}", wants=wants, has=has, over=over
        ),
        st.integers(0, 40),
        st.integers(0, 3),
        st.booleans(),
        st.booleans(),
        st.booleans(),
    ),
    max_size=10,
    unique_by=lambda c: c.view,
)


def test_the_oldest_come_first() -> None:
    """Of those that wait the one that began first has the next slot."""
    assert seated([claim(n) for n in (5, 3, 4, 1, 2)], 3) == {1, 2, 3}


def test_who_has_a_slot_keeps_it() -> None:
    """A view that began earlier does not push out one that grows."""
    assert seated([claim(1), claim(2, has=True), claim(3, has=True)], 2) == {2, 3}


def test_who_does_not_want_one_frees_it() -> None:
    """A muted view, or one in a mode without views, leaves its slot to others."""
    assert seated([claim(1, has=True, wants=False), claim(2)], 1) == {2}


def test_fewer_slots_take_those_of_the_newest() -> None:
    """When the limit is lowered the views that began last wait."""
    assert seated([claim(n, has=True) for n in (1, 2, 3)], 1) == {1}


def test_what_is_over_keeps_its_slot_until_it_is_shown() -> None:
    """A view whose turn is over still has something to write."""
    assert seated([claim(1, has=True, over=True), claim(2)], 1) == {1}


def test_the_next_turn_of_a_session_inherits() -> None:
    """A follow-up goes before others that waited longer, beside the end of the turn before."""
    claims = [claim(1, session="a", has=True, over=True), claim(2), claim(3, session="a")]
    assert seated(claims, 1) == {1, 3}


def test_what_ends_waiting_gets_none() -> None:
    """There is nothing more to come of it."""
    assert seated([claim(1, over=True), claim(2)], 1) == {2}


@given(CLAIMS, st.integers(1, 10))
def test_slots_are_kept_full_and_never_more(claims: list[Claim], limit: int) -> None:
    """Those that grow are never more than the limit, and none waits beside a free slot."""
    chosen = seated(claims, limit)
    by_view = {c.view: c for c in claims}
    growing = [c for view in chosen if not (c := by_view[view]).over]
    ending = [c for view in chosen if (c := by_view[view]).over]
    assert all(by_view[view].wants for view in chosen)
    assert len(growing) <= limit
    left = [c for c in claims if c.wants and not c.over and c.view not in chosen]
    assert not left or len(growing) + len(ending) >= limit


@given(CLAIMS, st.integers(1, 10))
def test_nothing_changes_when_nothing_happens(claims: list[Claim], limit: int) -> None:
    """Asked again with its own answer, it gives the same one to those that grow."""
    chosen = seated(claims, limit)
    again = seated([replace(c, has=c.view in chosen) for c in claims if not c.over], limit)
    assert again >= {c.view for c in claims if c.view in chosen and not c.over}
