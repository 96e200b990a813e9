"""What can go wrong with a call to Telegram, and the steps of a view at which it does."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from sandbox.telegram import Close, Fault, Hang, HtmlPage, Params, Respond, Telegram
from tests.end_to_end.chains import NOTICE
from tests.end_to_end.world import WRITES

ENDED = re.compile(r"^(✅ Done|❌ Failed|⏹ Stopped|⚠️ Interrupted)", re.MULTILINE)
AWAY_S = 60.0
BACK_AFTER_S = 900.0
"""When people open a topic again, or give the bot its rights back."""

HANG_S = 30.0


class Step(StrEnum):
    """What a view does, one call at a time."""

    FIRST_SEND = "first send"
    EDIT = "edit"
    ROLL_OVER_EDIT = "roll-over edit"
    ROLL_OVER_SEND = "roll-over send"
    FINAL = "final"
    NOTICE = "notice"

    @property
    def edits(self) -> bool:
        """Whether it changes a message that is there."""
        return self in (Step.EDIT, Step.ROLL_OVER_EDIT, Step.FINAL)


def step_of(method: str, params: Params) -> Step | None:
    """Tell which step a call is."""
    text = params.text("text")
    if method == "sendMessage":
        return _send(text)
    if method != "editMessageText":
        return None
    if ENDED.search(text):
        return Step.FINAL
    return Step.EDIT if "⏳ In progress" in text else Step.ROLL_OVER_EDIT


def _send(text: str) -> Step | None:
    if text.startswith("🤖 Task:"):
        return Step.FIRST_SEND
    if text.startswith("↪ "):
        return Step.ROLL_OVER_SEND
    return Step.NOTICE if NOTICE.match(text) else None


class Place(StrEnum):
    """Where the view stands."""

    PRIVATE = "a private chat"
    GROUP = "a group"
    SUPERGROUP = "a supergroup"
    TOPIC = "a topic"


@dataclass(slots=True)
class Scene:
    """One chat with a person and the bot, and what was done to it."""

    telegram: Telegram
    chat: int
    user: int
    topic: int = 0
    moved_to: int | None = None
    taken_away: set[int] = field(default_factory=set)
    """Messages that a person has deleted while the bot still wrote them."""

    def take_away(self, message_id: int) -> None:
        """Let a person delete a message."""
        self.telegram.delete_message(self.chat, message_id)
        self.taken_away.add(message_id)

    def later(self, seconds: float, act: Callable[[], object]) -> None:
        """Let something happen after a while."""
        asyncio.get_running_loop().call_later(seconds, act)


Strike = Callable[[Scene, Params], None]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that goes wrong: `before` a call is applied, or `after` it was (its message id)."""

    name: str
    before: Strike | None = None
    after: Callable[[Scene, int], None] | None = None
    place: Place = Place.PRIVATE
    times: int = 0
    """How many calls in a row the pretend Telegram strikes by itself."""
    refusals: tuple[str, ...] = ()
    """What Telegram may refuse because of it."""


PROBING = ("message to edit not found", "message can't be edited", "message is not modified")
"""How Telegram answers who looks for a message that may have been sent."""


def _scripted(
    name: str, effect: Respond | HtmlPage | Close | Hang, times: int = 1, *, applied: bool = False
) -> Trouble:
    """Make a trouble of the connection or the server, for the call and those that follow."""

    def strike(scene: Scene, _: Params) -> None:
        fault = Fault(WRITES, effect, chat_id=scene.chat, applied=applied, times=times)
        scene.telegram.faults.append(fault)

    known = isinstance(effect, Respond) and effect.status == 429
    return Trouble(name, before=strike, times=times, refusals=() if known else PROBING)


def _outage(scene: Scene, _: Params) -> None:
    scene.telegram.down = True
    scene.later(AWAY_S, lambda: setattr(scene.telegram, "down", False))


def _message_deleted(scene: Scene, params: Params) -> None:
    if (aimed_at := params.number("message_id")) is not None:
        scene.take_away(aimed_at)


def _sent_deleted(scene: Scene, message_id: int) -> None:
    if message_id not in scene.taken_away:
        scene.take_away(message_id)


def _target_deleted(scene: Scene, params: Params) -> None:
    target = params.json_object("reply_parameters").get("message_id")
    if (aimed_at := params.number("message_id")) is not None:
        target = scene.telegram.message(scene.chat, aimed_at).reply_to_message_id
    assert isinstance(target, int), "this call has no target"
    scene.telegram.delete_message(scene.chat, target)


def _topic_closed(scene: Scene, _: Params) -> None:
    scene.telegram.close_topic(scene.chat, scene.topic)
    scene.later(BACK_AFTER_S, lambda: scene.telegram.reopen_topic(scene.chat, scene.topic))


def _topic_deleted(scene: Scene, _: Params) -> None:
    scene.telegram.delete_topic(scene.chat, scene.topic)


def _blocked(scene: Scene, _: Params) -> None:
    scene.telegram.block(scene.user)


def _no_rights(scene: Scene, _: Params) -> None:
    scene.telegram.set_bot_status(scene.chat, "restricted", by=scene.user)
    scene.later(
        BACK_AFTER_S,
        lambda: scene.telegram.set_bot_status(scene.chat, "member", by=scene.user),
    )


def _migrated(scene: Scene, _: Params) -> None:
    scene.moved_to = scene.telegram.upgrade_group(scene.chat)


def _flood(retry_after: int) -> Respond:
    return Respond(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)


TROUBLES = (
    _scripted("429 once", _flood(5)),
    _scripted("429 storm with penalties", _flood(8), times=4),
    _scripted("502 × 1", Respond(502, "Bad Gateway")),
    _scripted("502 × 3", Respond(502, "Bad Gateway"), times=3),
    _scripted("HTML 502", HtmlPage(502)),
    _scripted("hang", Hang(HANG_S)),
    _scripted("closed before", Close()),
    _scripted("closed after applying", Close(), applied=True),
    Trouble("outage 60 s", _outage, refusals=PROBING),
    Trouble("message deleted", _message_deleted, _sent_deleted, refusals=PROBING),
    Trouble("reply target deleted", _target_deleted),
    Trouble("topic closed", _topic_closed, place=Place.TOPIC, refusals=("TOPIC_CLOSED",)),
    Trouble(
        "topic deleted",
        _topic_deleted,
        place=Place.TOPIC,
        refusals=("message thread not found", "message to edit not found"),
    ),
    Trouble("bot blocked", _blocked, refusals=("bot was blocked by the user",)),
    Trouble(
        "no rights",
        _no_rights,
        place=Place.SUPERGROUP,
        refusals=("not enough rights to send text messages to the chat", "CHAT_WRITE_FORBIDDEN"),
    ),
    Trouble(
        "group migrated",
        _migrated,
        place=Place.GROUP,
        refusals=("group chat was upgraded to a supergroup chat",),
    ),
)
