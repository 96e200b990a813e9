"""What a tap on a button carries: our own row ids and short digests, never an id of a backend.

Callback data has 64 bytes, two UUIDs do not fit, and anybody can forge it: a handler looks every id
up and compares its chat before it acts.
"""

from __future__ import annotations

from hashlib import blake2b

from aiogram.filters.callback_data import CallbackData

from bot.settings.model import StreamMode


class MuteView(CallbackData, prefix="mute"):
    """Mute the workspace of a view."""

    view_id: int


class UnmuteView(CallbackData, prefix="unmute"):
    """Unmute the workspace of a view."""

    view_id: int


class StopView(CallbackData, prefix="stop"):
    """Stop the turn of a view; acts by the second tap."""

    view_id: int


class ShowView(CallbackData, prefix="show"):
    """Point at the newest message of a view."""

    view_id: int


class ConfirmStop(CallbackData, prefix="stopnow"):
    """The answer to /stop's question; acts at once."""

    view_id: int


class UnmuteWorkspace(CallbackData, prefix="unmutews"):
    """Unmute a workspace in which nothing runs, named by `short`."""

    workspace: str


class ChooseMode(CallbackData, prefix="mode"):
    """Set the stream mode."""

    mode: StreamMode


class ToggleRepository(CallbackData, prefix="repo"):
    """Take a repository in or out of the chat's filter, named by `short`."""

    repository: str


class AllRepositories(CallbackData, prefix="repoall"):
    """Show every repository."""


class RepositoriesDone(CallbackData, prefix="repodone"):
    """The choice of repositories is made."""


class OpenSettings(CallbackData, prefix="settings"):
    """Open the settings card in a message of its own."""


class ShowSettings(CallbackData, prefix="card"):
    """Turn the card to a page: a setting's name, `main` or `more`."""

    page: str


class ChangeSetting(CallbackData, prefix="set"):
    """Set a field to a value; the card stays on `page`."""

    page: str
    field: str
    value: str


class AskSetting(CallbackData, prefix="ask"):
    """Ask for a value that no button has."""

    field: str


class CloseSettings(CallbackData, prefix="cardclose"):
    """Take the card's buttons away."""


class OpenRepositories(CallbackData, prefix="repoask"):
    """Ask which repositories the chat sees."""


class OpenUnlink(CallbackData, prefix="unlinkask"):
    """Ask whether to unlink."""


class ChooseLocale(CallbackData, prefix="locale"):
    """Set the chat's language."""

    locale: str


class ConfirmUnlink(CallbackData, prefix="unlinknow"):
    """The answer to /unlink's question; acts at once."""


class Dismiss(CallbackData, prefix="dismiss"):
    """Drop a question without acting."""


def short(opaque_id: str) -> str:
    """Name an opaque id of a backend in 16 characters that fit any button."""
    return blake2b(opaque_id.encode(), digest_size=8).hexdigest()
