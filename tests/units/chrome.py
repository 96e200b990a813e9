"""What stands around a chain's content (headers, footer, end line), taken off and kept apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_HEAD = "🤖 Task: "
_LATER_HEAD = "↪ "
_FOOTER = re.compile(r"⏳ In progress…|🔇 Muted")
_END = re.compile(
    r"(?P<end>✅ Done|❌ Failed(?: \(exit -?\d+\))?|❌ Could not start|⚠️ Interrupted"
    r"|⏹ Stopped|↩ Reset)"
    r"(?: · (?:(?:\d+ h )?\d+ min(?: \d+ s)?|\d+ s))?"
)
_WARNING = re.compile(r"⚠️ cleanup failed(?: \(exit -?\d+\))?")
_SCRIPT_DURATION = re.compile(r"^(🔧 .*?✓) (?:\d+ h )?(?:\d+ min )?(?:\d+ s)?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain's links as content only, and what was around it.

    `header` is the first link's head; `end` the end line without its duration, None while the turn
    runs; `heads` says for each later link whether it began as it must.
    """

    header: str
    bodies: tuple[str, ...]
    end: str | None
    warning: str | None
    heads: tuple[bool, ...]


def strip(links: Sequence[str]) -> Chain:
    """Take the chrome off the links of one chain, in order."""
    header, bodies = "", []
    heads: list[bool] = []
    for number, text in enumerate(links):
        if number == 0:
            header, body = _first(text)
        else:
            heads.append(text.startswith(_LATER_HEAD))
            body = text.partition("\n")[2] if heads[-1] else text
        bodies.append(_SCRIPT_DURATION.sub(r"\1", body))
    end = warning = None
    if bodies:
        bodies[-1], end, warning = _last(bodies[-1])
    return Chain(header, tuple(bodies), end, warning, tuple(heads))


def _first(text: str) -> tuple[str, str]:
    """Return the header and the body of the first link."""
    if not text.startswith(_HEAD):
        return "", text
    header, _, body = text.partition("\n\n")
    return header, body


def _last(body: str) -> tuple[str, str | None, str | None]:
    """Return the last body without its foot, the end line, and the line on a failed cleanup."""
    lines = body.split("\n")
    end = warning = None
    while lines and (not lines[-1].strip() or _is_foot(lines[-1])):
        line = lines.pop()
        ended = _END.fullmatch(line)
        if ended is not None:
            end = ended["end"]
        elif _WARNING.fullmatch(line):
            warning = line
    return "\n".join(lines), end, warning


def _is_foot(line: str) -> bool:
    """Whether a line belongs to the foot of the newest link."""
    return any(pattern.match(line) for pattern in (_FOOTER, _END, _WARNING))
