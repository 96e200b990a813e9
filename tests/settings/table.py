"""Writes docs/settings.md from the model: `python -m tests.settings.table`."""

from __future__ import annotations

import json
from pathlib import Path

from bot.handlers.fields import MORE, title
from bot.i18n import Translator
from bot.settings.model import ChatSettings, expectation, values

DOCUMENT = Path(__file__).parents[2] / "docs" / "settings.md"

COMMANDS = {
    "stream_mode": "`/stream`",
    "chunk_interval_s": "`/stream chunked 60s`",
    "chunk_chars": "`/stream chunked 2000`",
    "locale": "`/language`",
}

HEAD = """# What a chat can set

Every linked chat, and every linked topic of a group, has its own settings. They are changed on
the card of `/settings` (⚙ below a live view opens it, too), some also by a command, and act at
once, also on views that are running. In groups the person who linked the chat and the
administrators may change them. This table is made from the code: `make settings-table`.

| setting | on the card | values | default | command |
|---|---|---|---|---|
"""


def document() -> str:
    """Write the whole document."""
    return HEAD + "".join(_row(field) for field in ChatSettings.model_fields)


def _row(field: str) -> str:
    default = ChatSettings.model_fields[field].default
    shown = json.dumps(list(default) if isinstance(default, tuple) else default).strip('"')
    takes = " ".join(f"`{value}`" for value in values(field)) or expectation(field)
    name = title(field, Translator("en"))
    where = f"More… → {name}" if field in MORE else name
    return f"| `{field}` | {where} | {takes} | `{shown}` | {COMMANDS.get(field, '')} |\n"


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
