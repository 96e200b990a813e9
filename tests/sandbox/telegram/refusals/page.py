"""All refusals, and the page that lists them."""

from __future__ import annotations

from collections.abc import Iterator

from tests.sandbox.telegram.refusals import chats, messages, transport
from tests.sandbox.telegram.refusals.case import Case

CASES: dict[str, tuple[Case, ...]] = {
    "Edits, and messages that are gone": messages.EDITS,
    "Texts, entities, keyboards": messages.TEXTS,
    "Chats": chats.CHATS,
    "Topics": chats.TOPICS,
    "Taps, tokens, updates, floods, the server": transport.SERVER,
}


def page() -> str:
    """Return all refusals as Markdown."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# What the pretend Telegram refuses"
    yield ""
    yield "Made from `tests/sandbox/telegram/refusals`, whose calls the tests make over HTTP:"
    yield "each is answered in these words. To make this page again:"
    yield "`python -m tests.sandbox.telegram.refusals > docs/telegram-refusals.md`."
    for title, cases in CASES.items():
        yield from ("", f"## {title}", "", "| call | when | status | description |")
        yield "|---|---|---|---|"
        for case in cases:
            parameters = "".join(f", `{name}` {value}" for name, value in case.parameters.items())
            said = case.description if case.description.startswith("(") else f"`{case.description}`"
            yield f"| `{case.method}` | {case.given} | {case.status or '–'} | {said}{parameters} |"
