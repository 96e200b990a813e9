"""A pretend vibe-kanban that plays recordings of real ones, of era C (0.1.44) or era A.

    async with KanbanServer(speed=4, max_gap_s=1) as kanban:
        play = kanban.play("basic", repo="shop", faults=Faults(cut_logs_at=(0.3, 0.6)))
        await play.done

`KanbanServer(host="127.0.0.1", port=0, *, speed=1, max_gap_s=None, latency_s=0,
pretence="era-c"|"era-b"|"era-a"|"html"|"json", version="0.1.44", faults, clock, sleep)`
    `.url`, `.port`; `.play(name or Recording, *, repo="shop", speed=None, max_gap_s=None,
    faults=None)` → `Play`, which begins at once, with fresh ids and present times.
    `await .kill()`: sockets reset, port closed, plays over. `await .restart()`: the same port; what
    ran is `failed` with no exit code, its log complete up to the kill.
    `.cut_logs()`, `.cut_workspace_stream()`, `.cut_session_streams()`: drop sockets, now.
    `.requests` (method, path, query, at), `.open_sockets` (Counter by workspaces, session,
    approvals, normalized, raw), `.stops` (execution ids), `.plays`, `.pretence`, `.faults` and
    `.latency_s` (may be changed at any time), `.execution(id)`, `.world`.

`Play`
    `.name`, `.prompt`, `.workspace_id`, `.session_id`, `.execution_ids` (recorded id → this play's,
    in the header's order), `.length_s`, `.rows()` (the truth so far, oldest first),
    `await .done` (everything has happened, or it was stopped or killed).

`Faults(cut_logs_at=(), early_finished=0, log_404=0, stale_session_rows=False,
    stale_workspace_rows=False)`
    `cut_logs_at`: shares of the play's length below 1, else seconds from its start.
    `early_finished=n`: the first n connections to each running log are told `finished` at once.
    `log_404=n`: they are refused with 404, as era A does as often as it was recorded.

`Recording.of_frames([(delay_s, frame), …], *, name, prompt, run_reason="codingagent",
status="completed", exit_code=0)`
    A hand-made execution; a frame is a dict, or text or bytes that are sent as they stand.
`load(name)`, `names()`: the recordings of era C; `names("a")` are those of era A, `era-a/basic`.
"""

from .era import Era
from .impostor import Impostor, ImpostorKind
from .play import Play
from .port_file import PortForm
from .recording import Recording, load, names
from .refusals import Refusal
from .server import KanbanServer, Pretence, Request
from .world import Faults

__all__ = [
    "Era",
    "Faults",
    "Impostor",
    "ImpostorKind",
    "KanbanServer",
    "Play",
    "PortForm",
    "Pretence",
    "Recording",
    "Refusal",
    "Request",
    "load",
    "names",
]
