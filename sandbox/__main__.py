"""`python -m sandbox`: both pretend servers on this machine, for the demo and for trying things.

It writes one line of JSON with their addresses and the bot's token, then serves until it is told
to end (SIGTERM, SIGINT).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
from collections.abc import Sequence

from sandbox.kanban import KanbanServer
from sandbox.kanban.server import steady_time
from sandbox.telegram import Telegram, TelegramServer, add_cast

TOUR = (
    "basic",
    "tools",
    "failing",
    "unicode",
    "subagent",
    "markdown",
    "scripts",
    "followup",
    "many",
    "crash",
    "essay",
)
PAUSE_S = 8.0
FOR_EVER_S = 1e9
LONGEST_SILENCE_S = 3.0


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve as the command line says."""
    options = _parser().parse_args(arguments)
    asyncio.run(serve(port=options.port, speed=options.speed, tour=options.tour))


async def serve(*, port: int, speed: float, tour: bool) -> None:
    """Serve both until a signal comes; the page is on `port`, the rest where there is room."""
    telegram = Telegram(clock=steady_time)
    add_cast(telegram)
    kanban = KanbanServer(speed=speed, max_gap_s=LONGEST_SILENCE_S if tour else None)
    async with TelegramServer(telegram, port=port) as server, kanban, asyncio.TaskGroup() as tasks:
        addresses = {
            "page": server.url,
            "telegram_url": server.url,
            "kanban_url": kanban.url,
            "token": telegram.token,
        }
        print(json.dumps(addresses), flush=True)
        guide = tasks.create_task(show_around(telegram, kanban)) if tour else None
        await _told_to_end()
        if guide is not None:
            guide.cancel()


async def show_around(telegram: Telegram, kanban: KanbanServer) -> None:
    """Play the tour's recordings one after another, for ever, once the bot speaks to a person."""
    await telegram.wait_for(lambda: _speaks_to_a_person(telegram), FOR_EVER_S)
    while True:
        for name in TOUR:
            await kanban.play(name).done
            await asyncio.sleep(PAUSE_S)


def _speaks_to_a_person(telegram: Telegram) -> bool:
    """Say whether the bot has sent something to a private chat: it may once it was started."""
    sent = (call for call in telegram.calls if call.method == "sendMessage" and call.status == 200)
    return any(call.chat_id is not None and call.chat_id > 0 for call in sent)


async def _told_to_end() -> None:
    told, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told.set)
    await told.wait()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m sandbox", description=main.__doc__)
    parser.add_argument("--port", type=int, default=0, help="the page's port; 0 finds a free one")
    parser.add_argument("--speed", type=float, default=1.0, help="how fast recordings are played")
    parser.add_argument("--tour", action="store_true", help="play recordings, one after another")
    return parser


if __name__ == "__main__":
    main()
