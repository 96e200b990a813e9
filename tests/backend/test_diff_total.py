"""What a workspace changed, counted from the stream of its diffs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.backend import adapter
from bot.backend.adapter import VibeKanban
from bot.backend.client import BackendClient
from bot.backend.diff_total import MOST_CHARS, read_total
from bot.entries.story import DiffTotal
from tests.backend.pretend import world
from tests.fakes.log_source import FakeSocket

READY = '{"Ready":true}'


def diff(plus: int, minus: int) -> dict[str, object]:
    return {"type": "DIFF", "content": {"additions": plus, "deletions": minus}}


def patch(op: str, path: str, value: object = None) -> str:
    return json.dumps({"JsonPatch": [{"op": op, "path": path, "value": value}]})


async def total(*frames: object) -> DiffTotal | None:
    return await read_total(FakeSocket([*frames]))


async def test_every_shape_of_the_path() -> None:
    """One file, a repository's files, or all at once: as servers of all ages tell it."""
    assert await total(
        patch("add", "/entries/repo~1a.py", diff(3, 1)),
        patch("replace", "/entries/other", {"b.py": diff(1, 0), "c.py": diff(0, 2)}),
        READY,
    ) == DiffTotal(3, 4, 3)
    whole = {"repo": {"a.py": diff(3, 1)}, "other": {"b.py": diff(1, 0)}}
    assert await total(patch("replace", "/entries", whole), READY) == DiffTotal(2, 4, 1)


async def test_what_follows_replaces_what_was() -> None:
    """A file counts as it was told last; what was removed counts no more."""
    assert await total(
        patch("replace", "/entries/repo", {"a.py": diff(3, 1), "b.py": diff(1, 1)}),
        patch("replace", "/entries/repo/a.py", diff(5, 0)),
        patch("remove", "/entries/repo/b.py"),
        READY,
    ) == DiffTotal(1, 5, 0)


async def test_a_part_is_no_total() -> None:
    """What breaks off or is too much before it was all told is not known."""
    one = patch("add", "/entries/a", diff(1, 1))
    assert await total(one) is None
    assert await total(one, " " * MOST_CHARS, READY) is None
    assert await total(READY) == DiffTotal(0, 0, 0)


async def test_many_files_one_by_one() -> None:
    """Each file is put where it belongs, however many there are before it."""
    frames = [patch("add", f"/entries/repo/f{n}", diff(1, 0)) for n in range(20_000)]
    assert await total(*frames, READY) == DiffTotal(20_000, 20_000, 0)


SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(ANYTHING)
async def test_anything_else_is_ignored(value: object) -> None:
    """Whatever a frame holds, nothing is raised."""
    frames = [json.dumps(value), patch("add", "/entries/x", value), "{", READY]
    assert await total(*frames) is not None


@pytest.mark.parametrize("era", ["a", "c"])
async def test_over_a_real_socket(era: str) -> None:
    """Both generations have the stream, at paths of their own."""
    async with world(era=era) as here:  # type: ignore[arg-type]  # one of the two
        play = here.kanban.play("basic")
        execution = await here.first(play)
        for workspace in here.kanban.world.workspaces.values():
            workspace.changed = {"src/a.py": (10, 2), "b.py": (1, 1)}
        assert await here.backend.diff_total(execution.workspace_id) == DiffTotal(2, 11, 3)


async def test_a_server_that_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither opening the stream nor its end may hold up what waits for the number."""

    @asynccontextmanager
    async def hang(client: BackendClient, workspace_id: str) -> AsyncIterator[FakeSocket]:
        await asyncio.Event().wait()
        yield FakeSocket([])

    monkeypatch.setattr(BackendClient, "diffs", hang)
    monkeypatch.setattr(adapter, "DIFFS_WITHIN_S", 0.01)
    async with VibeKanban("", "http://127.0.0.1:9") as backend:
        assert await backend.diff_total("w") is None
