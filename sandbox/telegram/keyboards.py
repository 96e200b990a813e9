"""Inline keyboards as a call gives them: what Telegram accepts and stores."""

from __future__ import annotations

from sandbox.telegram.entities import public_url
from sandbox.telegram.params import JsonObject
from sandbox.telegram.refusals import Refusal, bad_request
from sandbox.telegram.world import Chat

MAX_BUTTONS = 100
MAX_DATA_BYTES = 64

_ACTIONS = (
    "callback_data",
    "url",
    "web_app",
    "copy_text",
    "disabled",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
)


def read_keyboard(markup: JsonObject, chat: Chat) -> JsonObject | None:
    """Return the inline keyboard to store, None when there is none; raise Refusal for a bad one."""
    rows = markup.get("inline_keyboard")
    if rows is None:
        return None
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request("can't parse inline keyboard: expected an Array of Array")
    rows = [[_button(button, chat) for button in row] for row in rows if row]
    if sum(map(len, rows)) > MAX_BUTTONS:
        raise bad_request("reply markup is too long")
    return {"inline_keyboard": rows} if rows else None


def _button(raw: object, chat: Chat) -> JsonObject:
    if not isinstance(raw, dict) or not raw.get("text"):
        raise bad_request("can't parse inline keyboard button: Text must be non-empty")
    actions = [name for name in _ACTIONS if raw.get(name) is not None]
    if len(actions) != 1:
        raise bad_request(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    _check_action(actions[0], raw[actions[0]], chat)
    return dict(raw)


def _check_action(action: str, value: object, chat: Chat) -> None:
    if action == "callback_data" and not 1 <= len(str(value).encode()) <= MAX_DATA_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    if action == "url":
        try:
            public_url(str(value))
        except Refusal:
            raise bad_request("BUTTON_URL_INVALID") from None
    if action == "web_app" and chat.kind != "private":
        raise bad_request("BUTTON_TYPE_INVALID")
