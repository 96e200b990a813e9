"""Linking and unlinking a place, by a person or because Telegram took the chat away."""

from __future__ import annotations

import structlog
from aiogram import Router
from aiogram.filters import (
    JOIN_TRANSITION,
    LEAVE_TRANSITION,
    ChatMemberUpdatedFilter,
    Command,
    CommandObject,
)
from aiogram.types import CallbackQuery, ChatMemberUpdated, Message

from bot.handlers.callbacks import ConfirmUnlink, OpenUnlink
from bot.handlers.commands import usage
from bot.handlers.keyboards import unlink_question
from bot.handlers.modes import current
from bot.handlers.needs import ACTS, OPEN
from bot.handlers.once import OncePerMinute
from bot.handlers.ports import Chats, Followers, Place, Roster
from bot.handlers.repositories import ask_repositories
from bot.handlers.say import rewrite, say, toast
from bot.handlers.suspects import Suspects
from bot.i18n import Catalogs, Translator
from bot.linking.codes import Linking
from bot.linking.model import ChatRecord, ChatToLink, Linked, WrongCode
from bot.live.ports import LinkedChat
from bot.settings.model import AUTO_LOCALE

_log = structlog.get_logger(__name__)


def build() -> Router:
    """Make the router of this module."""
    router = Router(name="link")
    router.message.register(link, Command("link"), flags=OPEN)
    router.message.register(unlink, Command("unlink"), flags=ACTS)
    router.callback_query.register(unlink_asked, OpenUnlink.filter(), flags=ACTS)
    router.callback_query.register(unlink_confirmed, ConfirmUnlink.filter(), flags=ACTS)
    router.my_chat_member.register(added, ChatMemberUpdatedFilter(JOIN_TRANSITION))
    router.my_chat_member.register(removed, ChatMemberUpdatedFilter(LEAVE_TRANSITION))
    return router


def not_linked(_: Translator) -> str:
    """Say how to link; all that a stranger ever learns."""
    return _(
        "👋 This chat is not linked yet. Run “python -m bot link” where the bot runs, "
        "then send me the code here: /link CODE"
    )


def _anonymous(message: Message) -> bool:
    """Whether an administrator wrote it in the group's own name."""
    return message.sender_chat is not None and message.sender_chat.id == message.chat.id


class LinkDesk:
    """Redeems codes: the one way in, whether by /link or by a deep link."""

    def __init__(
        self,
        linking: Linking,
        roster: Roster,
        followers: Followers,
        catalogs: Catalogs,
        once: OncePerMinute,
        suspects: Suspects,
    ) -> None:
        self._linking = linking
        self._roster = roster
        self._followers = followers
        self._catalogs = catalogs
        self._once = once
        self._suspects = suspects

    async def redeem(self, message: Message, code: str, place: Place, _: Translator) -> None:
        """Try a code for the place of this message and answer what came of it."""
        person = message.from_user
        if person is None or message.sender_chat is not None:
            # A code is redeemed by a person: somebody has to have linked the chat.
            self._suspects.note(message, "nobody's code")
            if _anonymous(message) and self._once.allows(("anonymous", place.chat_id)):
                await say(message, "🤔 " + _("Please link as yourself: I note who linked a chat."))
            return
        chat = ChatToLink(
            place.chat_id, place.topic, place.type, place.title, person.id, person.language_code
        )
        answer = await self._linking.redeem(code, person.id, chat)
        if isinstance(answer, Linked):
            await self._welcome(message, answer, _)
            return
        self._suspects.note(message, "wrong code")
        if isinstance(answer, WrongCode):
            await say(
                message, "🤔 " + _("That code is wrong, used or too old. Please make a new one.")
            )
        elif self._once.allows(("guesses", person.id)):
            await say(message, "✋ " + _("Too many wrong codes. Please wait 10 minutes."))

    async def _welcome(self, message: Message, linked: Linked, _: Translator) -> None:
        self._followers.chat_linked(live_chat(linked.chat, self._catalogs))
        await say(message, welcome(linked, self._roster, self._followers, _))
        if linked.chat.type != "private" and not linked.again:
            await ask_repositories(message, linked.chat, self._followers, _)


def live_chat(record: ChatRecord, catalogs: Catalogs) -> LinkedChat:
    """Make what the live views know of a chat: `auto` is the linker's language here."""
    chosen = record.settings.locale
    locale = catalogs.negotiate(record.language) if chosen == AUTO_LOCALE else chosen
    return LinkedChat(
        id=record.id,
        chat_id=record.chat_id,
        topic=record.topic,
        type=record.type,
        settings=record.settings,
        locale=locale,
    )


def welcome(linked: Linked, roster: Roster, followers: Followers, _: Translator) -> str:
    """Name backend and mode, and what runs now."""
    first = _("This chat was linked already.") if linked.again else _("This chat is linked now.")
    running = len(roster.active(linked.chat.id))
    lines = [
        "✅ " + first,
        *(backend_line(name, version, _) for name, version in _reachable(followers)),
        _("Mode: {mode}", mode=current(linked.chat.settings, _)),
        _.plural("{n} turn is running.", "{n} turns are running.", running)
        if running
        else _("Nothing is running."),
    ]
    if not _reachable(followers):
        lines.insert(1, "⚠️ " + _("The backend is not reachable now, I keep trying."))
    return "\n".join(lines)


def backend_line(name: str, version: str | None, _: Translator) -> str:
    """Name a backend and its version."""
    return _("Backend: {backend}", backend=" ".join(filter(None, ["vibe-kanban", name, version])))


def _reachable(followers: Followers) -> list[tuple[str, str | None]]:
    return [(one.name, one.version) for one in followers.backends() if one.reachable]


async def link(
    message: Message,
    command: CommandObject,
    linked: ChatRecord | None,
    place: Place,
    desk: LinkDesk,
    once: OncePerMinute,
    _: Translator,
) -> None:
    """Redeem a code."""
    if command.args and len(command.args.split()) == 1:
        await desk.redeem(message, command.args, place, _)
    elif linked is not None or once.allows(("not linked", place.chat_id, place.topic)):
        await say(message, usage("link", _))


async def unlink(message: Message, _: Translator) -> None:
    """Ask once."""
    question = _("Unlink this chat? I forget it and show nothing here any more.")
    await say(message, question, keyboard=unlink_question(_))


async def unlink_asked(callback: CallbackQuery, _: Translator) -> None:
    """Ask once, from the settings card."""
    await toast(callback)
    if isinstance(callback.message, Message):
        await unlink(callback.message, _)


async def unlink_confirmed(
    callback: CallbackQuery, chat: ChatRecord, chats: Chats, followers: Followers, _: Translator
) -> None:
    """Forget the chat; the last words replace the question."""
    await toast(callback)
    await followers.chat_unlinked(chat.id)
    await chats.unlink(chat.id)
    if isinstance(callback.message, Message):  # last, for a lane that rests would keep it waiting
        await rewrite(callback.message, _("This chat is unlinked. Bye 👋"))


async def added(event: ChatMemberUpdated, chats: Chats, catalogs: Catalogs) -> None:
    """Say in a group that just took us in how to link it."""
    if event.chat.type not in {"group", "supergroup"} or await _linked_in(event, chats):
        return
    _ = catalogs.translator(catalogs.negotiate(event.from_user.language_code))
    await event.answer(not_linked(_), parse_mode=None, disable_notification=True)


async def removed(event: ChatMemberUpdated, chats: Chats, followers: Followers) -> None:
    """Unlink quietly what Telegram took away: kicked, blocked or left."""
    for chat in await _linked_in(event, chats):
        _log.info("chat.lost", chat=chat.id, status=event.new_chat_member.status)
        await followers.chat_unlinked(chat.id)
        await chats.lose(chat.id, str(event.new_chat_member.status))


async def _linked_in(event: ChatMemberUpdated, chats: Chats) -> list[ChatRecord]:
    """List what is linked in a Telegram chat: itself and its topics."""
    return [chat for chat in await chats.all() if chat.chat_id == event.chat.id]
