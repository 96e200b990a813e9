"""Every keyboard the handlers send, from plain values; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.handlers.callbacks import (
    AllRepositories,
    ChooseMode,
    ConfirmStop,
    ConfirmUnlink,
    Dismiss,
    MuteView,
    RepositoriesDone,
    ShowView,
    StopView,
    ToggleRepository,
    UnmuteView,
    UnmuteWorkspace,
    short,
)
from bot.handlers.modes import caption
from bot.i18n import Translator
from bot.live.turns import ActiveTurn
from bot.settings.model import ChatSettings, StreamMode

BUTTON_CHARS = 64

MOST_REPOSITORIES = 40
"""Telegram takes 100 buttons; nobody reads that many."""


def stream_modes(settings: ChatSettings, _: Translator) -> InlineKeyboardMarkup:
    """Offer the modes, a row each, with the current one marked."""
    return rows(
        [
            button(
                marked(caption(mode, settings, _), mark=mode is settings.stream_mode),
                ChooseMode(mode=mode),
            )
        ]
        for mode in StreamMode
    )


def active_turns(
    turns: Sequence[ActiveTurn], settings: ChatSettings, _: Translator
) -> InlineKeyboardMarkup:
    """Give every turn its row; with several turns, buttons carry the number the text gives them."""
    numbered = len(turns) > 1
    return rows(
        _turn_row(turn, f" {number}" if numbered else "", settings, _)
        for number, turn in enumerate(turns, start=1)
    )


def _turn_row(
    turn: ActiveTurn, suffix: str, settings: ChatSettings, _: Translator
) -> list[InlineKeyboardButton]:
    row = []
    if turn.muted:
        row.append(button("🔊 " + _("Unmute") + suffix, UnmuteView(view_id=turn.view_id)))
    elif settings.stream_mode.streams:
        row.append(button("🔇 " + _("Mute") + suffix, MuteView(view_id=turn.view_id)))
    row.append(button("⏹ " + _("Stop") + suffix, StopView(view_id=turn.view_id)))
    if turn.newest_message_id is not None:
        row.append(button("↗ " + _("Show") + suffix, ShowView(view_id=turn.view_id)))
    return row


def stop_question(view_id: int, _: Translator) -> InlineKeyboardMarkup:
    """Ask whether to stop."""
    return rows(
        [
            [
                button("⏹ " + _("Stop"), ConfirmStop(view_id=view_id)),
                button(_("Let it run"), Dismiss()),
            ]
        ]
    )


def unlink_question(_: Translator) -> InlineKeyboardMarkup:
    """Ask whether to unlink."""
    return rows([[button(_("Unlink"), ConfirmUnlink()), button(_("Keep it"), Dismiss())]])


def muted_workspaces(muted: Iterable[tuple[str, str]], _: Translator) -> InlineKeyboardMarkup:
    """Offer Unmute for every muted workspace, as `(id, title)`."""
    return rows(
        [button(_("Unmute {title}", title=title), UnmuteWorkspace(workspace=short(workspace_id)))]
        for workspace_id, title in muted
    )


def repositories(
    known: Sequence[tuple[str, str]], chosen: Iterable[str], _: Translator
) -> InlineKeyboardMarkup:
    """Offer the repositories `(id, name)`, with the chosen ids marked (none chosen: all)."""
    ids = frozenset(chosen)
    choices = [
        [
            button(
                marked(name, mark=repository_id in ids),
                ToggleRepository(repository=short(repository_id)),
            )
        ]
        for repository_id, name in known[:MOST_REPOSITORIES]
    ]
    last = [
        button(marked(_("All"), mark=not ids), AllRepositories()),
        button(_("Done"), RepositoriesDone()),
    ]
    return rows([*choices, last])


def marked(label: str, *, mark: bool) -> str:
    """Show which choice is the current one."""
    return f"✓ {label}" if mark else label


def button(label: str, data: CallbackData) -> InlineKeyboardButton:
    """Make a button; a longer label is cut: Telegram would squeeze it anyway."""
    text = label if len(label) <= BUTTON_CHARS else label[: BUTTON_CHARS - 1] + "…"
    return InlineKeyboardButton(text=text, callback_data=data.pack())


def rows(buttons: Iterable[list[InlineKeyboardButton]]) -> InlineKeyboardMarkup:
    """Make a keyboard of rows."""
    return InlineKeyboardMarkup(inline_keyboard=list(buttons))
