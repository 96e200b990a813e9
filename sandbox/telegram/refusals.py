"""How the pretend Telegram says no: status, description and parameters, word for word."""

from __future__ import annotations

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)


class Refusal(Exception):  # noqa: N818 - a refusal is an answer of the API, not an error of ours
    """A call that is refused; `str()` of it is the description the caller reads."""

    def __init__(self, status: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = parameters


def bad_request(reason: str) -> Refusal:
    """Refuse with 400; `reason` comes without its prefix."""
    return Refusal(400, f"Bad Request: {reason}")


def forbidden(reason: str) -> Refusal:
    """Refuse with 403; `reason` comes without its prefix."""
    return Refusal(403, f"Forbidden: {reason}")


def conflict(reason: str) -> Refusal:
    """Refuse with 409; `reason` comes without its prefix."""
    return Refusal(409, f"Conflict: {reason}")


def upgraded(chat_id: int) -> Refusal:
    """Refuse because a group became the supergroup `chat_id`."""
    return Refusal(
        400,
        "Bad Request: group chat was upgraded to a supergroup chat",
        migrate_to_chat_id=chat_id,
    )


def flooded(retry_after_s: int) -> Refusal:
    """Refuse with 429 for `retry_after_s` whole seconds."""
    return Refusal(
        429, f"Too Many Requests: retry after {retry_after_s}", retry_after=retry_after_s
    )
