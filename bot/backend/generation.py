"""What differs between the eras of vibe-kanban (docs/vibe-kanban.md, 1), and which one answers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.backend.errors import OLDEST, TooNew, TooOld

_VERSION = re.compile(r"\Av?(\d{1,6})\.(\d{1,6})\.(\d{1,6})")
_NOBODY = "00000000-0000-0000-0000-000000000000"

ERA_B = "0.1.15–0.1.26"
"""What generations are called that do not tell their version."""


@dataclass(frozen=True, slots=True)
class Era:
    """How one generation is spoken to.

    `workspaces` is the base of their paths, `workspaces_stream` their stream. `choices` lists what
    a chat chooses from: repositories, or the projects around them. `diffs` is the stream of what a
    workspace changed. With `tasks` a workspace is an
    attempt at a task, which has the title.
    """

    workspaces: str
    workspaces_stream: str
    choices: str
    tasks: bool
    diffs: str


ERA_A = Era(
    workspaces="/api/task-attempts",
    workspaces_stream="/api/task-attempts/stream/ws",
    choices="/api/projects",
    tasks=True,
    diffs="/api/task-attempts/{id}/diff/ws",
)
ERA_C = Era(
    workspaces="/api/workspaces",
    workspaces_stream="/api/workspaces/streams/ws",
    choices="/api/repos",
    tasks=False,
    diffs="/api/workspaces/{id}/git/diff/ws",
)


@dataclass(frozen=True, slots=True)
class Generation:
    """A backend this bot speaks to; `server_time` is its own clock at the moment of asking."""

    version: str
    server_time: datetime | None = None
    era: Era = ERA_C


class Asking(Protocol):
    """Whether a server knows a path; what is asked there does not matter."""

    async def __call__(self, path: str, query: Mapping[str, str] | None = None, /) -> bool:
        """Ask. Raises BackendError when nobody can tell."""


async def recognise(version: str | None, has: Asking) -> Generation:
    """Tell a server's generation by its version, else by the paths that are there.

    Raises TooOld or TooNew for a generation this bot does not speak to.
    """
    if version:
        known = Generation(checked_version(version))
        if not await has(known.era.workspaces):
            raise TooNew(version)
        return known
    if await has(ERA_A.choices):
        if await has("/api/sessions", {"workspace_id": _NOBODY}):
            return Generation("≤ 0.1.14", era=ERA_A)
    elif await has(ERA_A.workspaces):
        raise TooOld(ERA_B)
    raise TooOld(None)


def checked_version(version: str) -> str:
    """Return the version as it is. Raises TooOld for one without the routes we use."""
    found = _VERSION.match(version)
    if found and (int(found[1]), int(found[2]), int(found[3])) < OLDEST:
        raise TooOld(version)
    return version
