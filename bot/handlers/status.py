"""/status: link, backend, version, mode, streams, flood control, and what is wrong now."""

from __future__ import annotations

from collections.abc import Iterable

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import Message

from bot.handlers.modes import current
from bot.handlers.needs import READS
from bot.handlers.ports import About, Followers, Lanes, LaneState, Roster
from bot.handlers.say import moment, say
from bot.i18n import Translator
from bot.linking.model import ChatRecord
from bot.live.ports import Health
from bot.live.turns import ActiveTurn
from bot.rendering.rich_text import RichText, join, plain
from bot.settings.model import ChatSettings, StreamMode


def build() -> Router:
    """Make the router of this module."""
    router = Router(name="status")
    router.message.register(status, Command("status"), flags=READS)
    return router


async def status(
    message: Message,
    chat: ChatRecord,
    roster: Roster,
    followers: Followers,
    lanes: Lanes,
    about: About,
    _: Translator,
) -> None:
    """Answer with the whole report."""
    lines = [
        join(["🔗 ", _("Linked since"), " ", moment(chat.linked_at, "Dt")]),
        *(plain(backend_line(health, _)) for health in followers.backends()),
        plain("🤖 " + _("Bot {version}", version=about.version)),
        plain("🎚 " + mode_line(chat.settings, _)),
        plain("📡 " + streams_line(roster.active(chat.id), chat.settings, _)),
        plain("✉️ " + _("Messages sent: {count}", count=chat.messages_sent)),
        flood_line(lanes.state(chat.chat_id), _),
        *(plain(f"⚠️ {_.say(problem)}") for problem in about.problems()),
    ]
    await say(message, join(lines, "\n"))


def backend_line(health: Health, _: Translator) -> str:
    """Name a backend, its version, and what is wrong with it."""
    name = " ".join(filter(None, ["vibe-kanban", health.name, health.version]))
    if health.reachable:
        return "🖥 " + _("{backend}: reachable", backend=name)
    if health.problem and not health.name:
        return "🔌 " + _.say(health.problem)
    problem = _.say(health.problem) if health.problem else _("not reachable")
    return "🔌 " + _("{backend}: {problem}", backend=name, problem=problem)


def mode_line(settings: ChatSettings, _: Translator) -> str:
    """Name the mode and, where it matters, the interval."""
    mode = current(settings, _)
    if settings.stream_mode is not StreamMode.REALTIME:
        return _("Mode: {mode}", mode=mode)
    seconds = f"{settings.stream_flush_interval_ms / 1000:g}"
    return _("Mode: {mode}, at most every {seconds} s", mode=mode, seconds=seconds)


def streams_line(turns: Iterable[ActiveTurn], settings: ChatSettings, _: Translator) -> str:
    """Count the live views."""
    streaming = settings.notifications_enabled and settings.stream_mode.streams
    views = sum(1 for turn in turns if streaming and not (turn.muted or turn.waiting))
    return _("Active streams: {count}", count=views)


def flood_line(state: LaneState, _: Translator) -> RichText:
    """Say whether Telegram wants silence."""
    if state.resting_until is None:
        return plain("🟢 " + _("Flood control: none"))
    until = moment(state.resting_until, "T")
    return join(["🟡 ", _("Flood control: Telegram wants silence until"), " ", until])
