"""A message as the product wants it: text with entities, and the buttons under it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.rendering.rich_text import RichText


@dataclass(frozen=True, slots=True)
class Button:
    """One inline button: its label and its callback data (at most 64 bytes)."""

    label: str
    data: str


Keyboard = tuple[tuple[Button, ...], ...]
"""Rows of buttons; empty: no keyboard."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message; two equal ones are the same for Telegram, so equality answers "edit it?"."""

    text: RichText
    keyboard: Keyboard = ()
    silent: bool = True
