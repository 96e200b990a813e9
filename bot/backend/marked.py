"""Ids of several backends kept apart: on the way out each gets its server's mark in front."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.entries.story import Execution, Workspace
from bot.i18n import Sentence
from bot.live.ports import Listener


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands before the ids of one server; empty where they stay as they are.

    Copies of one database have the same ids, and ids are stored: mutes, choices, views
    (docs/adr/0009).
    """

    text: str = ""

    def marked(self, its_id: str) -> str:
        """Name an id of the server so that no other's can be taken for it."""
        return self.text + its_id

    def plain(self, our_id: str) -> str:
        """Return the id as the server knows it."""
        return our_id.removeprefix(self.text)

    def execution(self, execution: Execution) -> Execution:
        """Mark every id of an execution."""
        return replace(
            execution,
            id=self.marked(execution.id),
            session_id=self.marked(execution.session_id),
            workspace_id=self.marked(execution.workspace_id),
        )

    def unmarked(self, execution: Execution) -> Execution:
        """Return an execution with the ids that the server knows."""
        return replace(
            execution,
            id=self.plain(execution.id),
            session_id=self.plain(execution.session_id),
            workspace_id=self.plain(execution.workspace_id),
        )

    def workspace(self, workspace: Workspace) -> Workspace:
        """Mark every id of a workspace."""
        project_id = workspace.project_id
        return replace(
            workspace,
            id=self.marked(workspace.id),
            repositories=self.named(workspace.repositories),
            project_id=None if project_id is None else self.marked(project_id),
        )

    def named(self, rows: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        """Mark the ids of `(id, name)`."""
        return tuple((self.marked(id_), name) for id_, name in rows)


class MarkedListener:
    """Tells a listener what one server tells, with its ids marked."""

    def __init__(self, listener: Listener, mark: Mark) -> None:
        self._listener = listener
        self._mark = mark

    def workspace_changed(self, workspace: Workspace) -> None:
        """Pass it on."""
        self._listener.workspace_changed(self._mark.workspace(workspace))

    def execution_changed(self, execution: Execution) -> None:
        """Pass it on."""
        self._listener.execution_changed(self._mark.execution(execution))

    def execution_removed(self, execution_id: str) -> None:
        """Pass it on."""
        self._listener.execution_removed(self._mark.marked(execution_id))

    def connection_changed(self, backend: str, up: bool, problem: Sentence | None) -> None:
        """Pass it on."""
        self._listener.connection_changed(backend, up, problem)
