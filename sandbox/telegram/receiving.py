"""How the bot receives updates: by asking for them, or by a webhook, never both."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.telegram.params import JsonObject, Params
from sandbox.telegram.refusals import bad_request, conflict
from sandbox.telegram.updates import Updates

MAX_SECRET_CHARS = 256
MAX_CONNECTIONS = 40

_SECRET = re.compile(r"[A-Za-z0-9_-]*")


@dataclass(slots=True)
class Webhook:
    """Where updates are posted to, and how the last failure read."""

    url: str
    secret_token: str = ""
    max_connections: int = MAX_CONNECTIONS
    allowed: list[str] = field(default_factory=list)
    failed_at: float | None = None
    failure: str = ""


class Receiving:
    """The methods of the Bot API about updates; `webhook` is None while the bot has to ask."""

    def __init__(self, updates: Updates, clock: Callable[[], float]) -> None:
        self._updates = updates
        self._clock = clock
        self.webhook: Webhook | None = None

    def get_updates(self, params: Params) -> list[JsonObject]:
        """Return what waits, and forget what is below the offset."""
        if self.webhook is not None:
            raise conflict(
                "can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first"
            )
        self._allow(params)
        if (offset := params.number("offset")) is not None:
            self._updates.confirm(offset)
        return self._updates.waiting(params.number("limit") or 100)

    def set_webhook(self, params: Params) -> bool:
        """Post updates from now on, over plain HTTP too; an empty address is deleteWebhook."""
        url, secret = params.text("url"), params.text("secret_token")
        if not url:
            return self.delete_webhook(params)
        if not url.startswith(("http://", "https://")):
            raise bad_request("bad webhook: invalid webhook URL specified")
        if len(secret) > MAX_SECRET_CHARS:
            raise bad_request("secret token is too long")
        if not _SECRET.fullmatch(secret):
            raise bad_request("secret token contains unallowed characters")
        allowed = self._allow(params)
        self._drop(params)
        connections = params.number("max_connections") or MAX_CONNECTIONS
        self.webhook = Webhook(url, secret, connections, allowed)
        return True

    def delete_webhook(self, params: Params) -> bool:
        """Let the bot ask again."""
        self._drop(params)
        self.webhook = None
        return True

    def get_webhook_info(self, params: Params) -> JsonObject:  # noqa: ARG002 - methods have one shape
        """Describe the webhook, its last failure too."""
        hook = self.webhook or Webhook("", max_connections=0)
        optional: JsonObject = {
            "max_connections": hook.max_connections,
            "allowed_updates": hook.allowed,
            "last_error_date": hook.failed_at and int(hook.failed_at),
            "last_error_message": hook.failure,
        }
        return {
            "url": hook.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self._updates),
            **{name: value for name, value in optional.items() if value},
        }

    def posted(self, update: JsonObject) -> None:
        """Forget an update that the webhook took."""
        self._updates.confirm(int(str(update["update_id"])) + 1)

    def failed(self, hook: Webhook, words: str) -> None:
        """Remember why an update could not be posted."""
        hook.failed_at, hook.failure = self._clock(), words

    def _allow(self, params: Params) -> list[str]:
        allowed = params.json("allowed_updates")
        if not isinstance(allowed, list):
            return []
        types = [str(each) for each in allowed]
        self._updates.allow(types)
        return types

    def _drop(self, params: Params) -> None:
        if params.flag("drop_pending_updates"):
            self._updates.clear()
