"""A web server in front of the real one: its path prefix, and its login."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from aiohttp import BasicAuth, hdrs, web


@dataclass(frozen=True, slots=True)
class Front:
    """A prefix of all paths, and a name and password that Basic authorization has to tell."""

    prefix: str = ""
    login: tuple[str, str] | None = None

    def placed(self, routes: Iterable[web.RouteDef]) -> list[web.RouteDef]:
        """Put routes behind the prefix."""
        return [web.route(r.method, self.prefix + r.path, r.handler, **r.kwargs) for r in routes]

    def path(self, request: web.Request) -> str:
        """Tell the path of a request as the server behind the front sees it."""
        return request.path.removeprefix(self.prefix)

    def refusal(self, request: web.Request) -> web.Response | None:
        """Refuse what is not for the server behind, or comes without the login."""
        if self.prefix and not request.path.startswith(f"{self.prefix}/"):
            return web.Response(status=404, text="404 page not found")
        if self.login is None or _told(request) == self.login:
            return None
        challenge = {hdrs.WWW_AUTHENTICATE: 'Basic realm="Restricted"'}
        return web.Response(status=401, text="Unauthorized", headers=challenge)

    def url(self, host: str, port: int, *, with_login: bool) -> str:
        """Tell the address to give to a client."""
        login = ""
        if with_login and self.login is not None:
            login = ":".join(quote(part, safe="") for part in self.login) + "@"
        return f"http://{login}{host}:{port}{self.prefix}"


def _told(request: web.Request) -> tuple[str, str] | None:
    try:
        auth = BasicAuth.decode(request.headers.get(hdrs.AUTHORIZATION, ""), "utf-8")
    except ValueError:
        return None
    return auth.login, auth.password
