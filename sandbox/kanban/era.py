"""The two generations of the server that are played, and what differs between them on the wire."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .port_file import PortForm

Era = Literal["a", "c"]


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one generation speaks.

    `workspaces` is the base of the paths of workspaces. `ring` is how many frames a subscriber may
    lag behind before it loses the oldest. In the older generation a log that is not there is 404
    instead of `finished`, its sockets stay open after `finished`, a replay repeats each step of
    growth, a stop says that it failed, and what is queued runs even if nothing was changed.
    """

    workspaces: str
    ring: int
    version: str | None
    executor_key: str
    port_form: PortForm
    missing_log_is_404: bool
    closes_logs: bool
    collapses_replay: bool
    stop_complains: bool
    approval_timeout_s: float
    queue_needs_changes: bool


DIALECTS: dict[Era, Dialect] = {
    "a": Dialect(
        workspaces="/api/task-attempts",
        ring=10_000,
        version=None,
        executor_key="executor_profile_id",
        port_form="number",
        missing_log_is_404=True,
        closes_logs=False,
        collapses_replay=False,
        stop_complains=True,
        approval_timeout_s=3600.0,
        queue_needs_changes=False,
    ),
    "c": Dialect(
        workspaces="/api/workspaces",
        ring=100_000,
        version="0.1.44",
        executor_key="executor_config",
        port_form="json",
        missing_log_is_404=False,
        closes_logs=True,
        collapses_replay=True,
        stop_complains=False,
        approval_timeout_s=36_000.0,
        queue_needs_changes=True,
    ),
}
