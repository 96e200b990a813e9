"""vibe-kanban's HTTP and WebSocket calls; answers are typed, failures are BackendErrors.

Where the generations differ, `generation` tells how. No `Origin` header leaves here, since the
server refuses foreign ones, and no address gets out.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import aiohttp
import msgspec

from bot.backend import schema
from bot.backend.address import Address, parse_address
from bot.backend.errors import (
    BROKEN_OFF,
    BackendError,
    NotFound,
    NotReachable,
    NotVibeKanban,
    RefusedByBackend,
)
from bot.backend.generation import Era, Generation, recognise
from bot.backend.rows import Surroundings, names_of
from bot.i18n import Sentence, sentence

T = TypeVar("T")

CALL_TIMEOUT_S = 20.0
CONNECT_TIMEOUT_S = 10.0
HEARTBEAT_S = 30.0
CLOSE_TIMEOUT_S = 0.25
"""How long a closing handshake may take: whoever closes has somewhere to go."""

MESSAGE_CHARS = 300
"""Most characters of a server's own message that are kept."""


GATHER_S = 0.1
"""How long a log socket gathers frames; far below any interval of a view."""

GATHER_AT_MOST = 256
"""How many frames are gathered before they are handed on."""


def open_session() -> aiohttp.ClientSession:
    """Create a session fit for many long sockets; the caller closes it."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0),
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_TIMEOUT_S),
        trust_env=False,
    )


class Socket:
    """The receiving side of a WebSocket whose frames are JSON texts.

    With `gather_s` it waits so long after a frame for more, and takes all of them at once: a log
    that tells every word as a frame of its own would wake the process for each.
    """

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, gather_s: float = 0.0) -> None:
        self._socket = socket
        self._gather_s = gather_s
        self._gathered: deque[str | None] = deque()

    async def receive(self, timeout_s: float | None = None) -> str | None:
        """Return the next text frame, or None when the socket is over, however it ended.

        Raises TimeoutError when nothing arrives in time; the socket can be read on.
        """
        if not self._gathered:
            self._gathered.append(await self._next(timeout_s))
            if self._gather_s and self._gathered[0] is not None:
                await self._gather()
        return self._gathered.popleft()

    async def _gather(self) -> None:
        """Take what has arrived meanwhile, without waiting for more."""
        await asyncio.sleep(self._gather_s)
        with suppress(TimeoutError):
            async with asyncio.timeout(0):
                while self._gathered[-1] is not None and len(self._gathered) < GATHER_AT_MOST:
                    self._gathered.append(await self._next(None))

    async def _next(self, timeout_s: float | None) -> str | None:
        while True:
            message = await self._socket.receive(timeout_s)
            if message.type is aiohttp.WSMsgType.TEXT:
                return str(message.data)
            if message.type is not aiohttp.WSMsgType.BINARY:
                return None


class BackendClient:
    """Calls to one backend; `address` is asked before every call, since a port file may change.

    The era is the one that `generation` found last; it is asked first where nobody did.
    """

    def __init__(self, address: Callable[[], str], session: aiohttp.ClientSession) -> None:
        self._address = address
        self._session = session
        self._era: Era | None = None

    # --- what is there ----------------------------------------------------------------------------

    async def generation(self) -> Generation:
        """Find out what answers, and speak to it so from now on.

        Raises NotReachable, NotVibeKanban, or TooOld for a generation this bot does not speak to.
        """
        try:
            body, date = await self._fetch("GET", "/api/health")
        except NotFound as error:
            raise NotVibeKanban from error
        if not _envelope(body, Any).success:
            raise NotVibeKanban
        info = await self._get("/api/info", schema.Info)
        found = await recognise(info.version, self._has)
        self._era = found.era
        return replace(found, server_time=date)

    async def execution(self, execution_id: str) -> schema.ExecutionRow:
        """Ask for an execution's row: the truth about its status. Raises NotFound."""
        return await self._get(f"/api/execution-processes/{execution_id}", schema.ExecutionRow)

    async def sessions(self, workspace_id: str) -> list[schema.SessionRow]:
        """List a workspace's sessions."""
        query = {"workspace_id": workspace_id}
        return await self._get("/api/sessions", list[schema.SessionRow], query)

    async def surroundings(self, workspace: schema.WorkspaceRow) -> Surroundings:
        """Ask for what stands around a workspace; a task that is gone has no title."""
        era = await self._speaks()
        path = f"{era.workspaces}/{workspace.id}/repos"
        repositories = names_of(await self._get(path, list[schema.NamedRow]))
        if not era.tasks or workspace.task_id is None:
            return Surroundings(repositories)
        try:
            task = await self._get(f"/api/tasks/{workspace.task_id}", schema.TaskRow)
        except NotFound:
            return Surroundings(repositories)
        return Surroundings(repositories, task.title, task.project_id)

    async def choices(self) -> tuple[tuple[str, str], ...]:
        """List what a chat can choose from, repositories or projects, as (id, name)."""
        era = await self._speaks()
        return names_of(await self._get(era.choices, list[schema.NamedRow]))

    # --- what can be done -------------------------------------------------------------------------

    async def stop(self, execution_id: str) -> None:
        """Stop an execution; one that no longer runs is no error.

        A 5xx may come although it was stopped (docs/vibe-kanban.md, 35), so its row decides then.
        """
        path = f"/api/execution-processes/{execution_id}/stop"
        try:
            body, _ = await self._fetch("POST", path)
            answer = _envelope(body, Any)
            refusal = RefusedByBackend(200, answer.message)
            if answer.success:
                return
        except NotFound:
            raise
        except RefusedByBackend as error:
            refusal = error
        if (await self.execution(execution_id)).status == "running":
            raise refusal

    # --- sockets ----------------------------------------------------------------------------------

    @asynccontextmanager
    async def workspaces_stream(self) -> AsyncIterator[Socket]:
        """Open the stream of every workspace."""
        era = await self._speaks()
        async with self._socket(era.workspaces_stream) as socket:
            yield socket

    def session_stream(self, session_id: str) -> AbstractAsyncContextManager[Socket]:
        """Open the stream of a session's executions."""
        path = "/api/execution-processes/stream/session/ws"
        return self._socket(path, {"session_id": session_id})

    @asynccontextmanager
    async def diffs(self, workspace_id: str) -> AsyncIterator[Socket]:
        """Open the stream of what a workspace changed, without the contents of files."""
        era = await self._speaks()
        path = era.diffs.format(id=workspace_id)
        async with self._socket(path, {"stats_only": "true"}) as socket:
            yield socket

    def log(self, execution_id: str, *, raw: bool) -> AbstractAsyncContextManager[Socket]:
        """Open an execution's log, from its beginning. Raises NotFound where there is none yet."""
        kind = "raw" if raw else "normalized"
        return self._socket(
            f"/api/execution-processes/{execution_id}/{kind}-logs/ws", gather_s=GATHER_S
        )

    @asynccontextmanager
    async def _socket(
        self, path: str, query: dict[str, str] | None = None, *, gather_s: float = 0.0
    ) -> AsyncIterator[Socket]:
        address = self._where()
        connecting = self._session.ws_connect(
            address.at(path),
            params=query,
            headers=address.headers | {"Accept-Encoding": "identity"},
            heartbeat=HEARTBEAT_S,
            max_msg_size=0,
            timeout=aiohttp.ClientWSTimeout(ws_close=CLOSE_TIMEOUT_S),
        )
        try:
            async with asyncio.timeout(CALL_TIMEOUT_S):
                socket = await connecting
        except aiohttp.WSServerHandshakeError as error:
            raise _handshake_failure(error.status) from error
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise NotReachable(_away(error)) from error
        try:
            yield Socket(socket, gather_s)
        finally:
            await socket.close()

    # --- one call ---------------------------------------------------------------------------------

    def _where(self) -> Address:
        return parse_address(self._address())

    async def _speaks(self) -> Era:
        return self._era or (await self.generation()).era

    async def _get(self, path: str, kind: type[T], query: dict[str, str] | None = None) -> T:
        body, _ = await self._fetch("GET", path, query)
        answer = _envelope(body, kind)
        if not answer.success or answer.data is None:
            raise RefusedByBackend(200, answer.message)
        return answer.data

    async def _has(self, path: str, query: Mapping[str, str] | None = None) -> bool:
        try:
            body, _ = await self._fetch("GET", path, query)
        except (NotVibeKanban, NotFound):
            return False
        return _envelope(body, Any).success

    async def _fetch(
        self, method: str, path: str, query: Mapping[str, str] | None = None
    ) -> tuple[bytes, datetime | None]:
        """Make a call; returns a JSON body and the server's time.

        A page of HTML with status 200 is what any wrong path gives (docs/vibe-kanban.md, 2).
        """
        address = self._where()
        try:
            async with self._session.request(
                method,
                address.at(path),
                params=query,
                headers=address.headers,
                timeout=aiohttp.ClientTimeout(total=CALL_TIMEOUT_S, sock_connect=CONNECT_TIMEOUT_S),
            ) as answer:
                body = await answer.read()
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise NotReachable(_away(error)) from error
        if answer.status == 404:
            raise NotFound
        if answer.status >= 400:
            raise RefusedByBackend(answer.status, _message(body))
        if answer.content_type != "application/json":
            raise NotVibeKanban
        return body, _date(answer.headers.get("Date"))


def _envelope(body: bytes, kind: type[T]) -> schema.Envelope[T]:
    """Decode a JSON answer; the data of one that says no may be anything."""
    try:
        return msgspec.json.decode(body, type=schema.Envelope[kind])  # type: ignore[valid-type]  # msgspec takes the type at run time
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise NotVibeKanban from error


def _message(body: bytes) -> str | None:
    """Return the server's own words from an error answer, where it is one of its JSON ones."""
    try:
        text = msgspec.json.decode(body, type=schema.Envelope[Any]).message
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    return text[:MESSAGE_CHARS] if text else None


def _handshake_failure(status: int) -> BackendError:
    if status == 404:
        return NotFound()
    return NotVibeKanban() if status == 200 else RefusedByBackend(status, None)


def _away(error: Exception) -> Sentence:
    """Say what went wrong without an address."""
    if isinstance(error, TimeoutError):
        return sentence("vibe-kanban is not reachable: it did not answer in time.")
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return sentence("vibe-kanban is not reachable: its host name is not known.")
    if isinstance(error, aiohttp.ClientConnectorError):
        return sentence("vibe-kanban is not reachable: it does not accept connections.")
    return BROKEN_OFF


def _date(header: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(header or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
