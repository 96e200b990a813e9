"""How a client decides what waits for a person: approvals, questions and plans."""

from __future__ import annotations

import msgspec
from aiohttp import web

from .answers import success
from .shapes import OlderResponse, Response, body_of
from .world import Row, World

_FINAL = frozenset({"approved", "denied", "answered"})


class DecisionRoutes:
    """Take decisions, once each."""

    def __init__(self, world: World) -> None:
        self._world = world

    def all(self) -> list[web.RouteDef]:
        """List the routes."""
        return [web.post("/api/approvals/{id}/respond", self.respond)]

    async def respond(self, request: web.Request) -> web.Response:
        """Decide an approval; what cannot be decided so is 500 without a word.

        That is one that is unknown, over, or of the other kind: a question is answered, a tool is
        not. Which of them it was, nobody is told.
        """
        shape = OlderResponse if self._world.era == "a" else Response
        body: OlderResponse | Response = await body_of(request, shape)
        verdict: Row = msgspec.to_builtins(body.status)
        approval_id = request.match_info["id"]
        if not self._can_be(verdict["status"], approval_id):
            return web.Response(status=500)
        self._world.decide(approval_id, verdict)
        return success(verdict)

    def _can_be(self, status: str, approval_id: str) -> bool:
        approval = self._world.approvals.get(approval_id)
        if approval is None or status not in _FINAL:
            return False
        return (status == "answered") is bool(approval["is_question"])
