"""The command menu: what the bot set, for whom, and what one person sees."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from sandbox.telegram.params import JsonObject, Params
from sandbox.telegram.refusals import bad_request
from sandbox.telegram.world import Chat, User

_NAME = re.compile(r"[a-z0-9_]{1,32}")
_DEFAULT: JsonObject = {"type": "default"}

Commands = list[JsonObject]


class Menu:
    """Commands by scope and language; a person sees the narrowest list that was set."""

    def __init__(self) -> None:
        self._lists: dict[tuple[str, str], Commands] = {}

    def set(self, params: Params) -> bool:
        """Set a list (setMyCommands)."""
        raw = params.json("commands")
        if not isinstance(raw, list):
            raise bad_request("can't parse commands: expected an Array")
        self._lists[_place(params)] = [_command(each) for each in raw]
        return True

    def get(self, params: Params) -> Commands:
        """Return a list exactly as it was set (getMyCommands)."""
        return self._lists.get(_place(params), [])

    def delete(self, params: Params) -> bool:
        """Forget a list (deleteMyCommands)."""
        self._lists.pop(_place(params), None)
        return True

    def seen_by(self, user: User, chat: Chat) -> Commands:
        """Return what a person's client offers in a chat."""
        for scope in _scopes(user, chat):
            for language in filter(None, (user.language_code, "none")):
                found = self._lists.get((_key(scope), "" if language == "none" else language))
                if found:
                    return found
        return []


def _place(params: Params) -> tuple[str, str]:
    return _key(params.json_object("scope") or _DEFAULT), params.text("language_code")


def _key(scope: JsonObject) -> str:
    return json.dumps(scope, sort_keys=True)


def _command(raw: object) -> JsonObject:
    if not isinstance(raw, dict):
        raise bad_request("can't parse BotCommand: expected an Object")
    name, description = str(raw.get("command", "")).lstrip("/"), str(raw.get("description", ""))
    if not _NAME.fullmatch(name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(description) <= 256:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": description}


def _scopes(user: User, chat: Chat) -> Iterator[JsonObject]:
    administers = chat.status(user.id) in ("creator", "administrator")
    group = chat.kind != "private"
    if group:
        yield {"type": "chat_member", "chat_id": chat.id, "user_id": user.id}
    if group and administers:
        yield {"type": "chat_administrators", "chat_id": chat.id}
    yield {"type": "chat", "chat_id": chat.id}
    if group and administers:
        yield {"type": "all_chat_administrators"}
    yield {"type": "all_group_chats" if group else "all_private_chats"}
    yield dict(_DEFAULT)
