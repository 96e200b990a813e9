"""A network inside one process: servers and clients on its ports speak over memory."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections import deque
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

FIRST_PORT = 1_001
"""Below those that the system gives away."""

HIGH_WATER_BYTES = 256 * 1024
LOW_WATER_BYTES = 64 * 1024
HOST = "127.0.0.1"

Factory = Callable[[], asyncio.Protocol]


class Network:
    """Who listens on which port, and every connection that is open."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._listening: dict[int, Factory] = {}
        self._wanted: WeakKeyDictionary[socket.socket, int] = WeakKeyDictionary()
        self._away: dict[int, Factory] = {}
        self._next_port = FIRST_PORT
        self.open_ends: set[MemoryTransport] = set()

    def listen(
        self, factory: Factory, port: int, closed: Callable[[], None] | None = None
    ) -> Listening:
        """Take a port; 0 is a free one. `closed` is called when it is free again."""
        if port == 0:
            port, self._next_port = self._next_port, self._next_port + 1
        if port in self._listening:
            raise OSError(errno.EADDRINUSE, f"port {port} is taken")
        self._listening[port] = factory
        return Listening(self, port, closed)

    def close(self, port: int) -> None:
        """Refuse whoever comes from now on."""
        self._listening.pop(port, None)

    def take_away(self, port: int) -> None:
        """Reset every connection to a port, and refuse new ones until it is given back."""
        self._away[port] = self._listening.pop(port)
        for end in [end for end in self.open_ends if end.port == port]:
            end.abort()

    def give_back(self, port: int) -> None:
        """Let whoever listened on a port be reached again."""
        self._listening[port] = self._away.pop(port)

    def connect(self, sock: socket.socket, port: int) -> None:
        """Note where a socket leads; raises what the system does where nobody listens."""
        if port not in self._listening:
            raise ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")
        self._wanted[sock] = port

    def open(
        self, factory: Factory, sock: socket.socket
    ) -> tuple[asyncio.Transport, asyncio.Protocol]:
        """Join a client with the server on the port its socket leads to."""
        port = self._wanted.pop(sock)
        sock.close()
        accept = self._listening.get(port)
        if accept is None:
            raise ConnectionResetError(errno.ECONNRESET, "Connection reset by peer")
        client, server = factory(), accept()
        near = MemoryTransport(self, self._loop, client, port)
        far = MemoryTransport(self, self._loop, server, port)
        near.join(far)
        far.join(near)
        self.open_ends |= {near, far}
        server.connection_made(far)
        client.connection_made(near)
        return near, client


class _Address:
    """The one thing a server's socket is asked for."""

    def __init__(self, port: int) -> None:
        self._port = port

    def getsockname(self) -> tuple[str, int]:
        return HOST, self._port


class Listening:
    """A port that is listened on."""

    def __init__(self, network: Network, port: int, closed: Callable[[], None] | None) -> None:
        self._network = network
        self._port = port
        self._closed = closed
        self.sockets = (_Address(port),)

    def close(self) -> None:
        """Free the port."""
        self._network.close(self._port)
        if self._closed is not None:
            self._closed()

    async def wait_closed(self) -> None:
        """Return at once: connections are their protocols' affair."""

    def is_serving(self) -> bool:
        """Say whether the port is taken by this server."""
        return self._port in self._network._listening


class MemoryTransport(asyncio.Transport):
    """One end of a connection; what is written arrives at the other end, in order."""

    def __init__(
        self,
        network: Network,
        loop: asyncio.AbstractEventLoop,
        protocol: asyncio.BaseProtocol,
        port: int,
    ) -> None:
        super().__init__({"peername": (HOST, port), "sockname": (HOST, port)})
        self.port = port
        self._network = network
        self._loop = loop
        self._protocol = protocol
        self._peer: MemoryTransport | None = None
        self._arrived: deque[bytes] = deque()
        self._waiting_bytes = 0
        self._reading = True
        self._closing = False
        self._lost = False
        self._over: tuple[Exception | None] | None = None
        self._peer_paused = False

    def join(self, peer: MemoryTransport) -> None:
        """Learn the other end."""
        self._peer = peer

    # --- writing ----------------------------------------------------------------------------------

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Hand bytes to the other end."""
        if self._peer is not None and not self._closing and data:
            self._peer._arrive(bytes(data))

    def is_closing(self) -> bool:
        """Say whether nothing more can be written."""
        return self._closing

    def get_write_buffer_size(self) -> int:
        """Count what the other end has not taken."""
        return self._peer._waiting_bytes if self._peer is not None else 0

    def close(self) -> None:
        """Close after what was written has arrived."""
        self._end(None)

    def abort(self) -> None:
        """Reset the connection."""
        self._end(ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"))

    def _end(self, told: Exception | None) -> None:
        if self._closing:
            return
        self._closing = True
        self._loop.call_soon(self._lose, None)
        if self._peer is not None:
            self._peer._hear_end(told)

    # --- reading ----------------------------------------------------------------------------------

    def pause_reading(self) -> None:
        """Take nothing for now."""
        self._reading = False

    def resume_reading(self) -> None:
        """Go on taking what arrives."""
        if not self._reading:
            self._reading = True
            self._loop.call_soon(self._take)

    def is_reading(self) -> bool:
        """Say whether what arrives is taken."""
        return self._reading

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Let another protocol go on."""
        self._protocol = protocol

    def get_protocol(self) -> asyncio.BaseProtocol:
        """Return who reads here."""
        return self._protocol

    def _arrive(self, data: bytes) -> None:
        if self._closing or self._lost:
            return
        self._arrived.append(data)
        self._waiting_bytes += len(data)
        if self._waiting_bytes > HIGH_WATER_BYTES and not self._peer_paused:
            self._peer_paused = True
            self._writer().pause_writing()
        self._loop.call_soon(self._take)

    def _hear_end(self, told: Exception | None) -> None:
        self._over = (told,)
        self._loop.call_soon(self._take)

    def _take(self) -> None:
        """Give the protocol what has arrived, and the end after it."""
        while self._reading and self._arrived and not self._closing:
            data = self._arrived.popleft()
            self._waiting_bytes -= len(data)
            if self._peer_paused and self._waiting_bytes <= LOW_WATER_BYTES:
                self._peer_paused = False
                self._writer().resume_writing()
            self._reader().data_received(data)
        if self._over is not None and self._reading and not self._arrived:
            (told,), self._over = self._over, None
            if told is None and not self._closing:
                self._reader().eof_received()
            self._closing = True
            self._lose(told)

    def _lose(self, error: Exception | None) -> None:
        if self._lost:
            return
        self._lost = True
        self._arrived.clear()
        self._waiting_bytes = 0
        self._network.open_ends.discard(self)
        self._protocol.connection_lost(error)

    def _reader(self) -> asyncio.Protocol:
        protocol: Any = self._protocol
        return protocol  # type: ignore[no-any-return]  # whoever speaks here is no datagram's

    def _writer(self) -> asyncio.BaseProtocol:
        assert self._peer is not None
        return self._peer._protocol
