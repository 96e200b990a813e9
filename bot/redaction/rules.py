"""What secrets look like: shapes of tokens that are told by their beginning."""

from __future__ import annotations

import re
from dataclasses import dataclass
from re import Pattern

WORD = "A-Za-z0-9_-"

# A token does not begin inside a word, unless what stands before it is an escaped line end (`\n`)
# of a text within a text.
_BEGINS = r"(?:(?<![A-Za-z0-9]{0})|(?<=\\[nrt]{0}))"


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of secret.

    `literal` stands in every secret of the rule, so that a text without it needs no search. `whole`
    finds secrets, and takes every character that may belong to one. `growing` finds, at the end of
    a text, the earliest place from which a secret may be or become; it may find too much, never
    too little, and nothing before the last run of `alphabet`. Both must take linear time on any
    text.
    """

    kind: str
    literal: str
    whole: Pattern[str]
    growing: Pattern[str]
    alphabet: str

    def begun(self, text: str) -> int:
        """Return where the end of a text begins that a secret may be or become."""
        run = len(text.rstrip(self.alphabet))
        match = self.growing.search(text, run) if run < len(text) else None
        return match.start() if match else len(text)


def _prefixed(kind: str, prefix: str, tail: str, least: int) -> Rule:
    """Describe a prefix followed by at least so many characters of its tail's class."""
    start = re.escape(prefix)
    # The literal comes first, the condition looks back over it: so the search is a plain find.
    whole = start + _BEGINS.format(start) + f"[{tail}]{{{least},}}"
    growing = _growing(prefix, f"[{tail}]*")
    return Rule(kind, prefix, re.compile(whole), growing, _members(tail) + prefix)


def _members(characters: str) -> str:
    """List what a regular expression's character class contains (of ASCII)."""
    return "".join(re.findall(f"[{characters}]", "".join(map(chr, range(128)))))


def _growing(prefix: str, rest: str) -> Pattern[str]:
    """Match a beginning of the prefix, or the prefix and some of the rest, at the end."""
    pattern = rest
    for character in reversed(prefix[1:]):
        pattern = rf"(?:{re.escape(character)}{pattern})?"
    return re.compile(_BEGINS.format("") + re.escape(prefix[0]) + pattern + r"\Z")


def _jwt() -> Rule:
    part = f"[{WORD}]{{8,}}"
    return Rule(
        "JWT",
        "eyJ",
        re.compile(rf"eyJ(?:(?<![{WORD}]eyJ)|(?<=\\[nrt]eyJ)){part}\.eyJ{part}\.{part}"),
        re.compile(
            rf"(?:(?<![{WORD}])|(?<=\\[nrt]))e(?:y(?:J[{WORD}]*(?:\.[{WORD}]*){{0,2}})?)?\Z"
        ),
        _members(WORD) + ".",
    )


def _telegram() -> Rule:
    # The literal is only the colon: the search begins there and looks back at the digits.
    return Rule(
        "Telegram token",
        ":",
        re.compile(rf"(?<![0-9])[0-9]{{8,10}}:[{WORD}]{{34,}}"),
        re.compile(rf"(?<![0-9])(?:[0-9]{{1,10}}|[0-9]{{8,10}}:[{WORD}]*)\Z"),
        _members(WORD) + ":",
    )


RULES = (
    *(_prefixed("GitHub token", f"gh{kind}_", "A-Za-z0-9", 36) for kind in "pousr"),
    _prefixed("GitHub token", "github_pat_", "A-Za-z0-9_", 22),
    _prefixed("GitLab token", "glpat-", WORD, 20),
    *(_prefixed("Slack token", f"xox{kind}-", "A-Za-z0-9-", 10) for kind in "abeoprs"),
    _prefixed("Anthropic key", "sk-ant-", WORD, 20),
    *(_prefixed("OpenAI key", f"sk-{kind}-", WORD, 20) for kind in ("proj", "svcacct", "admin")),
    _prefixed("OpenAI key", "sk-", "A-Za-z0-9", 32),
    _prefixed("AWS key", "AKIA", "A-Z0-9", 16),
    _prefixed("Google key", "AIza", WORD, 35),
    _telegram(),
    _prefixed("npm token", "npm_", "A-Za-z0-9", 36),
    _prefixed("Stripe key", "sk_live_", "A-Za-z0-9", 16),
    _prefixed("Stripe key", "rk_live_", "A-Za-z0-9", 16),
    _jwt(),
)
