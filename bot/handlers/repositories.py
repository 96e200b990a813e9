"""Which repositories a chat sees: the question a group is asked when it links."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bot.handlers.callbacks import (
    AllRepositories,
    OpenRepositories,
    RepositoriesDone,
    ToggleRepository,
    short,
)
from bot.handlers.keyboards import repositories
from bot.handlers.needs import ACTS
from bot.handlers.ports import Followers, Settings
from bot.handlers.say import rewrite, say, toast
from bot.i18n import Translator
from bot.linking.model import ChatRecord


def build() -> Router:
    """Make the router of this module."""
    router = Router(name="repositories")
    router.callback_query.register(toggle, ToggleRepository.filter(), flags=ACTS)
    router.callback_query.register(choose_all, AllRepositories.filter(), flags=ACTS)
    router.callback_query.register(opened, OpenRepositories.filter(), flags=ACTS)
    router.callback_query.register(done, RepositoriesDone.filter(), flags=ACTS)
    return router


async def ask_repositories(
    message: Message, chat: ChatRecord, followers: Followers, _: Translator
) -> None:
    """Ask, unless there is nothing to choose from."""
    known = await followers.repositories()
    if len(known) > 1:
        keyboard = repositories(known, chat.settings.repositories, _)
        await say(message, question(_), keyboard=keyboard)


async def opened(
    callback: CallbackQuery, chat: ChatRecord, followers: Followers, _: Translator
) -> None:
    """Ask from the settings card, in a message of its own."""
    known = await followers.repositories()
    if not known:
        await toast(callback, _("There are no repositories to choose from now."), alert=True)
        return
    await toast(callback)
    if isinstance(callback.message, Message):
        keyboard = repositories(known, chat.settings.repositories, _)
        await say(callback.message, question(_), keyboard=keyboard)


def question(_: Translator) -> str:
    """Ask which repositories to show."""
    return _("Which repositories should this chat see?")


async def toggle(
    callback: CallbackQuery,
    callback_data: ToggleRepository,
    chat: ChatRecord,
    followers: Followers,
    settings: Settings,
    _: Translator,
) -> None:
    """Take one repository in or out; it acts at once. None left means all."""
    await toast(callback)
    known = await followers.repositories()
    tapped = next((r for r, _name in known if short(r) == callback_data.repository), None)
    if tapped is None:
        return
    chosen = [r for r in chat.settings.repositories if r != tapped]
    if len(chosen) == len(chat.settings.repositories):
        chosen.append(tapped)
    changed = await settings.change(chat.id, {"repositories": tuple(chosen)})
    if isinstance(callback.message, Message):
        keyboard = repositories(known, changed.repositories, _)
        await rewrite(callback.message, question(_), keyboard=keyboard)


async def choose_all(
    callback: CallbackQuery, chat: ChatRecord, settings: Settings, _: Translator
) -> None:
    """Show every repository, and be done."""
    await toast(callback)
    if chat.settings.repositories:
        await settings.change(chat.id, {"repositories": ()})
    if isinstance(callback.message, Message):
        await rewrite(callback.message, _("This chat sees all repositories."))


async def done(
    callback: CallbackQuery, chat: ChatRecord, followers: Followers, _: Translator
) -> None:
    """Put the choice in words in place of the buttons."""
    await toast(callback)
    if not isinstance(callback.message, Message):
        return
    chosen = chat.settings.repositories
    names = [name for r, name in await followers.repositories() if r in chosen]
    if not chosen:
        await rewrite(callback.message, _("This chat sees all repositories."))
        return
    await rewrite(callback.message, _("This chat sees: {names}", names=", ".join(names)))
