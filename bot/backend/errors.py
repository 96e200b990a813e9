"""What can go wrong with a backend, each as one plain sentence without its address.

BackendError
├── NotReachable        nobody answers, or the answer broke off
├── NotVibeKanban       somebody else answers
├── TooOld              a vibe-kanban this bot does not speak to
└── RefusedByBackend    it answered, and the answer is no
    └── NotFound        what was asked for is not there (any more)
"""

from __future__ import annotations

from bot.live.ports import BackendError

__all__ = [
    "INSTALL",
    "OLDEST",
    "BackendError",
    "NotFound",
    "NotReachable",
    "NotVibeKanban",
    "RefusedByBackend",
    "TooOld",
]

INSTALL = "0.1.44"
"""The version to install."""

OLDEST = (0, 1, 27)
"""The oldest version with the routes this bot uses."""


class NotReachable(BackendError):  # noqa: N818 - names the outcome
    """Nobody answers; it may be back any moment."""

    def __init__(self, detail: str = "") -> None:
        super().__init__("vibe-kanban is not reachable" + (f": {detail}." if detail else "."))


class NotVibeKanban(BackendError):  # noqa: N818 - names the outcome
    """Something else listens where vibe-kanban should."""

    def __init__(self) -> None:
        super().__init__(
            "The configured address answers, but it is no vibe-kanban; "
            f"start vibe-kanban {INSTALL} or correct VIBE_KANBAN_URL."
        )


class TooOld(BackendError):  # noqa: N818 - names the outcome
    """A vibe-kanban of an older generation; `version` is None when it does not say."""

    def __init__(self, version: str | None, era: str) -> None:
        self.version = version
        self.era = era
        name = f"vibe-kanban {version}" if version else f"This vibe-kanban ({_SPAN[era]})"
        super().__init__(f"{name} is too old for this bot; install version {INSTALL}.")


class RefusedByBackend(BackendError):  # noqa: N818 - names the outcome
    """The backend said no; `message` is its own text, where it gave one."""

    def __init__(self, status: int, message: str | None) -> None:
        self.status = status
        self.message = message
        reason = message.strip().rstrip(".") if message and message.strip() else f"HTTP {status}"
        super().__init__(f"vibe-kanban refused: {reason}.")


class NotFound(RefusedByBackend):
    """What was asked for does not exist there."""

    def __init__(self) -> None:
        super().__init__(404, "it does not know this")


_SPAN = {"A": "0.1.14 or older", "B": "0.1.15 to 0.1.26"}
