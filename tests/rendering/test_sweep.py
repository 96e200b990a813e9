"""Answers of every length around a message's border, as they are sent, judged by Telegram."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import chain

import pytest
import regex

from bot.live.chain import Chain
from bot.live.desk import NO_FAREWELL, Desk, Posture
from bot.live.plan import plan
from bot.rendering.entities import Entity
from bot.rendering.rich_text import RichText
from sandbox.telegram import Limits, Params, Telegram
from tests.fakes.stories import DONE, OPTIONS, answer, story
from tests.rendering import oracle
from tests.rendering.materials import MATERIALS, Material

CHAT = 7
SHORTEST, LONGEST = 3_800, 4_300
QUICK_STRIDE = 50
STRIDES = {"ascii": 1, "cyrillic": 1, "cjk": 1, "flags": 23, "markup": 23, "dunder": 23}
STRIDE = 7
"""Every length of what is cheap to look at; what is dear is looked at less often."""

MOST_ENTITIES = 100
LEAD = "💬 "


@pytest.fixture(scope="module")
def telegram() -> Telegram:
    """Make the judge: every rule of Telegram but its patience."""
    made = Telegram(limits=Limits.off())
    made.add_user(CHAT, "Ada")
    made.say(CHAT, CHAT, "/start")
    return made


@pytest.mark.parametrize("name", MATERIALS)
def test_around_the_border(name: str, telegram: Telegram) -> None:
    """Lengths from 3,800 to 4,300: accepted as they are, nothing lost, no character cut."""
    for length in range(SHORTEST, LONGEST + 1, QUICK_STRIDE):
        judge(MATERIALS[name](length), telegram)


@pytest.mark.slow
@pytest.mark.parametrize("name", MATERIALS)
def test_more_lengths(name: str, telegram: Telegram) -> None:
    """No length is an exception."""
    for length in range(SHORTEST, LONGEST + 1, STRIDES.get(name, STRIDE)):
        judge(MATERIALS[name](length), telegram)


def judge(material: Material, telegram: Telegram) -> None:
    """Send what a view shows of an answer, and hold what arrived against the material."""
    told = story(answer(1, material.source), outcome=DONE)
    desk = Desk(1, OPTIONS, Posture.LIVE, NO_FAREWELL)
    pages = plan(told, Chain(), desk).pages
    for page in pages:
        assert_stored(page.message.text, telegram)
    bodies = [page.body for page in pages]
    shown = chain.from_iterable(characters(body.text.removeprefix(LEAD)) for body in bodies)
    assert list(shown) == characters(material.visible)
    arrived = [stretch for body in bodies for stretch in stretches(body)]
    for wanted in material.formatted:
        assert wanted in arrived, wanted


def assert_stored(rich: RichText, telegram: Telegram) -> None:
    """Send a message; Telegram keeps exactly what was sent, and its own code agrees."""
    params = {"chat_id": CHAT, "text": rich.text, "entities": json.dumps(rich.utf16())}
    reply = telegram.call("sendMessage", Params.of(params))
    assert reply.status == 200, reply.body
    stored = telegram.bot_messages(CHAT)[-1]
    assert stored.text == rich.text
    assert len(stored.entities) == len(rich.entities) <= MOST_ENTITIES
    assert oracle.stored(rich) == (rich.text, oracle.spans(rich))
    telegram.delete_message(CHAT, stored.message_id)


def characters(text: str) -> list[str]:
    """Split into what a reader takes for characters, blanks left out."""
    return [found for found in regex.findall(r"\X", text) if not found.isspace()]


def stretches(body: RichText) -> Iterator[tuple[str, str]]:
    """Name every formatted stretch; code blocks line by line."""
    for entity in body.entities:
        for line in inside(body, entity).split("\n"):
            yield entity.type, line


def inside(body: RichText, entity: Entity) -> str:
    """Return the text of an entity."""
    return body.text[entity.offset : entity.end]
