"""A client that does what a recorded one did is answered as that one was, ids and times aside."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

import aiohttp
import pytest

from sandbox.kanban import Era, KanbanServer, load
from sandbox.kanban.comparison import Call, calls, differences, recorded_calls

from .steering import Steerer
from .stepped import SteppedTime

ASKS = {"c": {"permission_policy": "SUPERVISED"}, "a": {"variant": "APPROVALS"}}
FILE = {"c": "Create a file.", "a": "Create a file, please."}


async def approve(client: Steerer, era: Era) -> None:
    """Allow what waits."""
    await client.begin("Create a file.", **ASKS[era])
    await client.decide(await client.asked(), status="approved")


async def deny(client: Steerer, era: Era) -> None:
    """Refuse what waits, and say why."""
    await client.begin(FILE[era], **ASKS[era])
    await client.decide(await client.asked(), status="denied", reason="use another way")


async def question(client: Steerer, era: Era) -> None:
    """Choose an answer."""
    await client.begin("Choose a database.", **ASKS[era])
    answers = [{"question": "Which database should I use?", "answer": ["SQLite"]}]
    await client.decide(await client.asked(), status="answered", answers=answers)


async def plan(client: Steerer, _: Era) -> None:
    """Accept a plan."""
    await client.begin("Plan the fix.", permission_policy="PLAN")
    await client.decide(await client.asked(), status="approved")


async def queue(client: Steerer, _: Era) -> None:
    """Queue a message behind what runs."""
    await client.begin("Wait a while.")
    await client.time.advance(3)
    await client.queue("Then answer this.")


async def queuerun(client: Steerer, _: Era) -> None:
    """Queue a message behind what runs and changes something."""
    await client.begin("Write a file.")
    await client.time.advance(3)
    await client.queue("Then answer this.")


async def followup(client: Steerer, _: Era) -> None:
    """Go on when it is over."""
    await client.begin("Fix the login check.")
    await client.until_over()
    await client.follow_up("And what about the tests?")


async def stopped(client: Steerer, _: Era) -> None:
    """Stop what runs."""
    await client.begin("Wait a while.")
    await client.time.advance(5)
    await client.stop()


Deed = Callable[[Steerer, Era], Awaitable[None]]
CASES: list[tuple[Era, Deed]] = [
    *(("c", deed) for deed in (approve, deny, question, plan, queue, queuerun, followup, stopped)),
    *(("a", deed) for deed in (approve, deny, queuerun, followup, stopped)),
]


@pytest.fixture(params=CASES, ids=[f"{era}-{deed.__name__}" for era, deed in CASES])
async def case(
    request: pytest.FixtureRequest, time: SteppedTime, http: aiohttp.ClientSession
) -> AsyncIterator[tuple[Steerer, Era, Deed]]:
    """Serve the era of a deed, in a repository of the recorded name."""
    era, deed = request.param
    async with KanbanServer(era=era, clock=time.clock, sleep=time.sleep) as kanban:
        yield Steerer(kanban, http, time), era, deed


def _recorded(era: Era, name: str) -> list[Call]:
    return recorded_calls(load(f"era-a/{name}" if era == "a" else name))


async def test_calls_and_answers_are_the_recorded_ones(case: tuple[Steerer, Era, Deed]) -> None:
    """The same calls, in the same order, with the same bodies, get the same answers."""
    client, era, deed = case
    client.kanban.begins_with = deed.__name__
    client.repo = "shopa" if era == "a" else "shop"
    await deed(client, era)
    happened = calls(client.kanban.requests)
    assert differences(happened, _recorded(era, deed.__name__), answers=True) == []


CALL = Call("POST", "/api/x/1b671a64-40d5-491e-99b0-da01ff1f3341", {"a": 1}, 200, None)
OTHER_ID = "6ec0bd7f-11c0-43da-975e-2a8ad9ebae0b"


@pytest.mark.parametrize(
    "changed",
    [
        replace(CALL, method="PUT"),
        replace(CALL, path=CALL.path + "/y"),
        replace(CALL, body={"a": 1, "b": None}),
        replace(CALL, body=None),
    ],
)
def test_every_difference_of_a_request_is_named(changed: Call) -> None:
    """Method, path and body count, a field that is null included."""
    (named,) = differences([CALL, changed], [CALL, CALL])
    assert named.startswith("call 2: ")


def test_a_call_too_few_or_too_many_is_named() -> None:
    """What is missing, and what nobody recorded, is a difference."""
    assert differences([CALL], [CALL, CALL])[0].startswith("call 2: nothing instead of POST")
    assert differences([CALL, CALL], [CALL])[0].endswith("instead of nothing")


def test_ids_stand_for_themselves() -> None:
    """Another id is no difference; one id where there were two, is."""
    another = replace(CALL, path=f"/api/x/{OTHER_ID}")
    assert differences([CALL], [another]) == []
    assert differences([CALL, CALL], [CALL, another]) != []


def test_answers_count_only_if_asked_for() -> None:
    """Status and answer are compared on demand; times in them never are."""
    told = replace(CALL, answer={"at": "2026-11-22T15:05:34.103Z"})
    later = replace(CALL, answer={"at": "2026-11-23T01:00:00Z"})
    assert differences([told], [CALL]) == []
    assert differences([told], [later], answers=True) == []
    assert differences([told], [CALL], answers=True) != []
    assert differences([CALL], [replace(CALL, status=500)], answers=True) != []
