"""Failures as sentences, and versions."""

import pytest

from bot.backend.backoff import LONGEST_S, Backoff
from bot.backend.errors import (
    BROKEN_OFF,
    BackendError,
    NotFound,
    NotReachable,
    NotVibeKanban,
    RefusedByBackend,
    TooOld,
)
from bot.backend.generation import ERA_B, checked_version


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (NotReachable(), "vibe-kanban is not reachable."),
        (NotReachable(BROKEN_OFF), "vibe-kanban is not reachable: the connection broke off."),
        (RefusedByBackend(500, None), "vibe-kanban refused: HTTP 500."),
        (RefusedByBackend(500, "No way. "), "vibe-kanban refused: No way."),
        (NotFound(), "vibe-kanban refused: it does not know this."),
        (
            RefusedByBackend(401, None),
            "vibe-kanban is behind a login that refuses me; "
            "correct user and password in VIBE_KANBAN_URL.",
        ),
        (
            RefusedByBackend(401, "Unauthorized"),
            "vibe-kanban is behind a login that refuses me; "
            "correct user and password in VIBE_KANBAN_URL.",
        ),
        (
            TooOld(None),
            "vibe-kanban is older than 0.0.166, too old for this bot; install version 0.1.44.",
        ),
        (
            TooOld("0.1.20"),
            "vibe-kanban 0.1.20 is too old for this bot; install version 0.1.44.",
        ),
    ],
)
def test_every_failure_is_a_sentence(error: BackendError, says: str) -> None:
    """It can be shown to people as it is."""
    assert str(error) == says


def test_what_does_not_tell_its_version_is_named_by_its_span() -> None:
    """Old generations do not say their version; what to install is said all the same."""
    assert str(TooOld(ERA_B)) == (
        "vibe-kanban 0.1.15–0.1.26 is too old for this bot; install version 0.1.44."
    )
    assert "0.1.44" in str(NotVibeKanban())


@pytest.mark.parametrize("version", ["0.1.27", "0.1.44", "v0.2.0", "1.0.0-rc1", "nightly"])
def test_these_versions_are_new_enough(version: str) -> None:
    """Also one that is no number: it says its version, so it is no old one."""
    assert checked_version(version) == version


@pytest.mark.parametrize("version", ["0.1.26", "0.1.15", "0.0.71"])
def test_these_versions_are_too_old(version: str) -> None:
    """Who says a version is refused by it."""
    with pytest.raises(TooOld, match=f"vibe-kanban {version} is too old"):
        checked_version(version)


def test_delays_double_up_to_a_bound() -> None:
    """With jitter down to half; a success makes them short again."""
    backoff = Backoff(lambda: 1.0)
    assert [backoff.delay_s() for _ in range(7)] == [1, 2, 4, 8, 16, LONGEST_S, LONGEST_S]
    backoff.reset()
    assert backoff.delay_s() == 1
    assert Backoff(lambda: 0.0).delay_s() == 0.5
