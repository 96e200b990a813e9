"""What can go wrong with a backend, each a sentence for people, without its address.

BackendError
├── NotReachable        nobody answers, or the answer broke off
├── NotVibeKanban       somebody else answers
├── TooOld              a vibe-kanban this bot does not speak to any more
├── TooNew              one it does not speak to yet
└── RefusedByBackend    it answered, and the answer is no
    └── NotFound        what was asked for is not there (any more)
"""

from __future__ import annotations

from bot.i18n import Sentence, sentence
from bot.live.ports import BackendError

__all__ = [
    "BROKEN_OFF",
    "INSTALL",
    "OLDEST",
    "BackendError",
    "NotFound",
    "NotReachable",
    "NotVibeKanban",
    "RefusedByBackend",
    "TooNew",
    "TooOld",
]

INSTALL = "0.1.44"
"""The version to install."""

OLDEST = (0, 1, 27)
"""The oldest version with the routes this bot uses."""

SESSIONS_SINCE = "0.0.166"


BROKEN_OFF = sentence("vibe-kanban is not reachable: the connection broke off.")


class NotReachable(BackendError):  # noqa: N818 - names the outcome
    """Nobody answers; it may be back any moment."""

    def __init__(self, told: Sentence | None = None) -> None:
        super().__init__(told or sentence("vibe-kanban is not reachable."))


class NotVibeKanban(BackendError):  # noqa: N818 - names the outcome
    """Something else listens where vibe-kanban should."""

    def __init__(self) -> None:
        super().__init__(
            sentence(
                "The configured address answers, but it is no vibe-kanban; "
                "start vibe-kanban {install} or correct VIBE_KANBAN_URL.",
                install=INSTALL,
            )
        )


class TooOld(BackendError):  # noqa: N818 - names the outcome
    """A vibe-kanban of an older generation.

    `version` is a span when it does not say, and None for one without sessions.
    """

    def __init__(self, version: str | None) -> None:
        if version is None:
            told = sentence(
                "vibe-kanban is older than {oldest}, too old for this bot; "
                "install version {install}.",
                oldest=SESSIONS_SINCE,
                install=INSTALL,
            )
        else:
            told = sentence(
                "vibe-kanban {version} is too old for this bot; install version {install}.",
                version=version,
                install=INSTALL,
            )
        super().__init__(told)


class TooNew(BackendError):  # noqa: N818 - names the outcome
    """A vibe-kanban whose routes this bot does not know."""

    def __init__(self, version: str) -> None:
        super().__init__(
            sentence(
                "vibe-kanban {version} is too new for this bot; install version {install}.",
                version=version,
                install=INSTALL,
            )
        )


class RefusedByBackend(BackendError):  # noqa: N818 - names the outcome
    """The backend said no, in its own words where it gave any."""

    def __init__(self, status: int, words: str | None) -> None:
        super().__init__(_refusal(status, (words or "").strip().rstrip(".")))
        self.status = status


class NotFound(RefusedByBackend):
    """What was asked for does not exist there."""

    def __init__(self) -> None:
        super().__init__(404, None)


def _refusal(status: int, words: str) -> Sentence:
    if words and status != 401:
        return sentence("vibe-kanban refused: {reason}.", reason=words)
    if status == 401:
        return sentence(
            "vibe-kanban is behind a login that refuses me; "
            "correct user and password in VIBE_KANBAN_URL."
        )
    if status == 404:
        return sentence("vibe-kanban refused: it does not know this.")
    return sentence("vibe-kanban refused: HTTP {status}.", status=status)
