"""Texts that nobody should write: terminal codes, half Markdown, emoji chains, bombs."""

from __future__ import annotations

from tests.fuzz.draws import REPEATS, Draws

MOST_CHARS = 6_000
"""A longer text only takes longer; `test_growth` has the long ones."""

_TERMINAL = (
    "\x1b[31m", "\x1b[", "\x1b]0;title\x07", "\x1b]8;;http://a.b\x1b\\", "\x9b1m", "\x1bP",
    "\x1b", "\r", "\r\n", "\t", "\0", "\x08", "\x7f", "\x85", "\x1f",
)  # fmt: skip
_UNICODE = (
    "\u202e", "\u2066", "\u200f\u200e", "\u200b", "\ufeff", "\u2028", "\u0333", "\u030a",
    "e\u0301", "\ufffd", "\ufffd\ufffd", "👩‍👩‍👧‍👦", "\u200d", "👍🏽", "🇩🇪", "🇩",
    "🏴\U000e0067\U000e007f", "﷽", "日本語。", "ß", "\U0010ffff", "\ufdd0", "İ", "\u0e33", "각",
    "\u1100",
)  # fmt: skip
_MARKDOWN = (
    "**", "*", "_", "__", "~~", "~", "`", "```", "```py\n", "~~~\n", "\n```\n", "> ", "\n> ",
    "- ", "\n- ", "\n  - ", "\n1. ", "1) ", "# ", "\n###### ", "\n---\n", "\n===\n",
    "| a | b |\n|---|---|\n", "| ", "|\n", "[", "](", ")", "[a](https://example.com)",
    "[a](http://localhost:3)", "![", "<b>", "</div>", "<!--", "\n<div>\n", "&amp;", "&#0;", "\\",
    "\\*", "[x]: https://e.com\n", "- [ ] ", "- [x] ", "    code\n", "\n    code",
    "https://e.com/a_b?c=d", "main.py", "$", "__init__", "\n\n- a\n\n      x\n",
)  # fmt: skip
_WORDS = (
    "", "a", " ", "\n", "\n\n", "word ", "Two words. ", "x = 1\n", "12", "-1", "0s", "1e400",
    "NaN", "9" * 40, "Exit code 1\n", "[Request interrupted by user]\n", "Task: `",
    "agentId: 1\n", "<usage>", "Error:", "requesting", "System: init",
    "System initialized with model: ", "Stop hook feedback:\n", "There are uncommitted changes",
    "the user said: ", "diff --git a b\n", "--- a\n", "+++ b\n", "@@ -1 +1 @@\n", "+x\n", "-y\n",
    "Binary files a and b differ\n", "=== 3 passed, 1 failed in 2.0s",
    "test result: ok. 3 passed; 1 failed; 0 ignored", "Ran 3 tests in 1s\n\nFAILED (failures=1)",
    "Tests: 1 failed, 2 passed\n", "  3 passing\n  1 failing\n", "--- PASS: a\n",
    "/home/u/tree/a.py", "Claude Code + ANTHROPIC_API_KEY detected",
    "The user doesn't want to proceed with this tool use.", "User denied this tool use request",
)  # fmt: skip
# Put together here, so that no scanner takes them for secrets.
_SECRETS = (
    "sk" + "-ant-", "gh" + "p_", "AK" + "IA", "ey" + "J", "xox" + "b-", "AI" + "za",
    "hooks.slack.com/", "token=", "PASSWORD: ", "--password ", '"secret": "',
    "Authorization: Bearer ", "Cookie: a=", "postgres://u:", "@host/",
    "-----BEGIN " + "RSA PRIVATE KEY-----\n", "-----END " + "RSA PRIVATE KEY-----",
    "aB3dE6gH9jK2mN5pQ8sT1vW4xY7zA0cF3hJ6lP9r", "0123456789abcdef", "123456789:", ".", "-", "=",
    "\\n", '"', "'",
)  # fmt: skip
PIECES = (*_WORDS, *_MARKDOWN, *_UNICODE, *_TERMINAL, *_SECRETS)


def text(draws: Draws, most_pieces: int = 24, most_chars: int = MOST_CHARS) -> str:
    """Put a text together; it holds anything but lone surrogates."""
    parts: list[str] = []
    length = 0
    for _ in draws.times(most_pieces):
        part = _piece(draws)
        parts.append(part)
        length += len(part)
        if length > most_chars:
            break
    return "".join(parts)[:most_chars]


def _piece(draws: Draws) -> str:
    kind = draws.byte()
    if kind < 32:
        return draws.raw(1 + kind).decode("utf-8", "replace")
    if kind < 48:
        return chr(draws.below(0xD800))
    if kind < 60:
        return (draws.pick(PIECES) + draws.pick(PIECES)) * draws.pick(REPEATS)
    return draws.pick(PIECES) * (draws.pick(REPEATS) if kind < 90 else 1)
