"""Reads the command line and hands it to the command's module."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from bot.cli.terminal import survive_poor_ones

EXIT_INTERRUPTED = 130


def main(arguments: Sequence[str]) -> int:
    """Run a command; returns the process's exit code (2: wrong arguments or configuration)."""
    chosen = _parser().parse_args(arguments)
    survive_poor_ones()
    try:
        return _run(chosen)
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED


def _run(chosen: argparse.Namespace) -> int:
    match chosen.command:
        case "link":
            from bot.cli.link import link

            return link(as_json=chosen.json)
        case "doctor":
            from bot.cli.doctor import doctor

            return doctor()
        case "demo":
            from bot.cli.demo import demo

            return demo(chosen.port)
        case _:
            from bot.cli.leaving import leave_when_told

            leave_when_told()
            from bot.cli.run import run

            return run(chosen.mode)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bot",
        description="Mirrors vibe-kanban's coding agents live into Telegram. "
        "Without a command it runs the bot.",
        allow_abbrev=False,
    )
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument(
        "--polling",
        dest="mode",
        action="store_const",
        const="polling",
        help="ask Telegram for updates, even where TELEGRAM_WEBHOOK_URL is set",
    )
    mode.add_argument(
        "--webhook",
        dest="mode",
        action="store_const",
        const="webhook",
        help="let Telegram call TELEGRAM_WEBHOOK_URL",
    )
    commands = parser.add_subparsers(dest="command", metavar="command")
    link = commands.add_parser("link", help="make a one-time code that links a chat")
    link.add_argument("--json", action="store_true", help="print one line of JSON")
    commands.add_parser("doctor", help="look at everything, say what is wrong and how to mend it")
    demo = commands.add_parser("demo", help="try everything without a token and a backend")
    demo.add_argument("--port", type=int, default=8090, help="port of the page (default: 8090)")
    return parser
