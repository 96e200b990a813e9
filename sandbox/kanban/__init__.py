"""A pretend vibe-kanban that plays recordings of real ones, of era C (0.1.44) or era A.

    async with KanbanServer(speed=4, max_gap_s=1) as kanban:
        play = kanban.play("basic", repo="shop", faults=Faults(cut_logs_at=(0.3, 0.6)))
        await play.done

`KanbanServer(host="127.0.0.1", port=0, *, era="c"|"a", speed=1, max_gap_s=None, latency_s=0,
    pretence=None|"era-c"|"era-b"|"era-a"|"html"|"json", version=None, prefix="", basic=None,
    ring=None, subscribe_gap_s=0, offers=Offers(), approval_timeout_s=None, changes=None, faults,
    clock, sleep)`
    Of era A it has projects, tasks and task attempts, tells no version, plays `era-a/…`, answers
    404 for a log that is not there (yet), never closes one, and says 500 to a stop that worked.
    `.url`, `.url_with_login`, `.port`; `.play(name or Recording, *, repo="shop", speed=None,
    max_gap_s=None, faults=None, prompt=None, title=None, session_id=None, steered=False,
    changes=None)` → `Play`, which begins at once, with fresh ids and present times. With a
    `session_id` it goes on in that session; `steered` is explained below.
    `await .kill()`: sockets reset, port closed, plays over. `await .restart()`: the same port; what
    ran is `failed` with no exit code, its log complete up to the kill; nothing is queued or waits.
    `prefix="/vk"`, `basic=("ada", "secret")`: a web server in front. `.write_port_file(path, form)`
    with "json", "number" or "coloured"; the era's own form without one.
    `.refuse("POST", "/stop", how, times=1, acts=False)`, `how` being "soft" (200 with
    `success: false`), "hard" (500 in the envelope), "bare" (500), "forbidden" (403), "missing"
    (404), "plain" (400 in words), "hang" or "drop". If it `acts`, the call does what it asked for
    and only its answer goes wrong.
    `.cut_logs()`, `.cut_workspace_stream()`, `.cut_session_streams()`, `.cut_approval_streams()`:
    drop sockets, now.
    `.requests` (method, path without the prefix, query, at, body, status; answer, but of no GET),
    `.open_sockets` (Counter by projects, tasks, workspaces, session, approvals, normalized, raw,
    events), `.sockets_opened`, `await .until_sockets_opened(n)`, `.stops` (execution ids),
    `.plays`, `.execution(id)`, `.world`; `.pretence`, `.version`, `.faults`, `.latency_s`,
    `.changes` and `.subscribe_gap_s` may be changed at any time: while that gap passes, a new
    subscriber of rows hears of no change.

Steering
    What a client begins is steered, and so is a play that is told to be: what the recording's
    person did is left to the client. At an approval everything stands still until it is decided or
    its time has passed (`approval_timeout_s`: ten hours, era A one); what somebody stopped, runs
    until it is stopped; a recorded follow-up comes when a client asks for one, or has it queued.
    A decision other than the recorded one is followed by what a server says to it.
    `.begins_with`: what a client's start plays, and its follow-up where none was recorded
    ("basic"); `.begins_asking`: what plays instead where the agent is to ask first (none).
    `.decide(approval_id, {"status": "approved"})`: as another client would; `.expire(approval_id)`;
    `await .end(execution_id, status="failed", exit_code=1)`: the turn ends by itself.
    `.world.approvals`: what waits, by id. `.world.queue(session_id)`: what is queued. It runs after
    a good end, in era C only if the agent changed something: as recorded, or as `changes` says, or
    if `.world.workspaces[id].changed = {"a.py": (added, deleted)}` is not empty. After a bad end it
    is dropped.
    `Offers(repositories=("shop",), branches=1, agents=1, remote=("origin/main",))`: how much there
    is to choose from; nothing begins on a remote branch. `AGENTS` are the names of all nine.
    `asking.asking(*asks, name, prompt, era)`: a hand-made recording of an agent that asks, one
    thing after the other: `asking.command(text)`, `edit(path, diff)`, `plan(text)`,
    `questions((words, labels, several), …)`.
    `comparison.differences(calls(server.requests), recorded_calls(load(name)), answers=False)`
    names where a client's calls differ from those of a recording, ids aside.

`Play`
    `.name`, `.recording`, `.prompt`, `.workspace_id`, `.session_id`, `.execution_ids` (recorded id
    → this play's, in the header's order), `.length_s`, `.rows()` (the truth so far, oldest first),
    `await .born` (its first row is told), `await .answered` (the status that its beginner is told),
    `await .done` (everything has happened, or it was stopped or killed).

`Faults(cut_logs_at=(), early_finished=0, log_404=0, log_gap=0, finished_after_s=None,
    reordered_replay=False, stop_500=None, stale_session_rows=False, stale_workspace_rows=False)`
    `cut_logs_at`: shares of the play's length below 1, else seconds from its start.
    `early_finished=n`: the first n connections to each running log are told `finished` at once.
    `log_404=n`: they are refused with 404, as era A does as often as it was recorded.
    `log_gap=n`: who opens a running log loses the n frames that come next.
    `finished_after_s`: so long after the row's end, before it if negative, never if infinite.

`Impostor(kind, version=None)`: an asynchronous context manager with `.url`, `.port`, `.paths`,
    `await .asked()`; "era-b" (0.1.20), "too-old", "too-new", "html", "json", "json-404", "hang",
    "refuses".

`Recording.of_frames([(delay_s, frame), …], *, name, prompt, run_reason="codingagent",
    status="completed", exit_code=0, era="c")`
    A hand-made execution; a frame is a dict, or text or bytes that are sent as they stand.
`load(name)`, `names()`: the recordings of era C; `names("a")` are those of era A, `era-a/basic`.
"""

from .catalog import AGENTS, Offers
from .era import Era
from .impostor import Impostor, ImpostorKind
from .play import Play
from .port_file import PortForm
from .recording import Recording, load, names
from .refusals import Refusal
from .requests import Request
from .server import KanbanServer, Pretence
from .world import Faults

__all__ = [
    "AGENTS",
    "Era",
    "Faults",
    "Impostor",
    "ImpostorKind",
    "KanbanServer",
    "Offers",
    "Play",
    "PortForm",
    "Pretence",
    "Recording",
    "Refusal",
    "Request",
    "load",
    "names",
]
