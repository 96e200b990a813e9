"""Secrets that are not written as their vendors write them are masked all the same."""

from __future__ import annotations

from random import Random
from string import ascii_letters, digits

import pytest

from bot.redaction import Redactor
from bot.rendering.markdown import render_block, split_blocks
from bot.rendering.plain import clean
from tests.redaction.corpus import TOKENS

_RANDOM = Random(7)
_TAIL = "".join(_RANDOM.choices(ascii_letters + digits, k=36))
GITHUB = "gh" + "p_" + _TAIL
OWN = "123456789" + ":AA" + _TAIL[:33]
LONG = "Sup3rSecretLongPassw0rd"
LEAST = 8
"""So many characters in a row of a secret are too many."""

TERMINAL = {
    "reset before": "\x1b(B\x1b[m{}",
    "title before": "\x1b]0;build\x07{}",
    "cursor before": "\x1b[?25h{}",
    "colons before": "\x1b[38:5:1m{}",
    "link around": "\x1b]8;;https://example.com\x1b\\{}\x1b]8;;\x1b\\",
    "in octal": "echo -e '\\033[32m{}\\033[0m'",
    "by name": "echo -e '\\e[32m{}\\e[0m'",
    "in capitals": "'\\x1B[32m{}'",
    "made visible": "^[[32m{}",
    "without its escape": "[32m{}[0m",
    "percent before": "a%3d{}",
}
INSIDE = {
    "reset": "\x1b(B",
    "cursor": "\x1b[?25h",
    "eight bits": "\x9b1m",
    "nothing": "\0",
    "invisible": "\u2062",
    "emphasis": "**",
}


def _shows(secret: str, shown: str) -> bool:
    return any(secret[at : at + LEAST] in shown for at in range(len(secret) - LEAST + 1))


@pytest.mark.parametrize("around", TERMINAL.values(), ids=TERMINAL)
@pytest.mark.parametrize("secret", [GITHUB, OWN], ids=["vendor", "own"])
def test_codes_of_terminals_hide_nothing(around: str, secret: str) -> None:
    """A token is told beside codes for a terminal, however these are written."""
    assert not _shows(secret, clean(Redactor([OWN])(around.format(secret), True)))


@pytest.mark.parametrize("between", INSIDE.values(), ids=INSIDE)
@pytest.mark.parametrize("secret", [GITHUB, OWN], ids=["vendor", "own"])
def test_what_nobody_sees_parts_nothing(between: str, secret: str) -> None:
    """A token with something in it that is not shown is masked whole."""
    text = f"It is {secret[:20]}{between}{secret[20:]}."
    shown = "".join(
        render_block(block).text
        for block in split_blocks(Redactor([OWN])(text, True), complete=True)
    )
    assert not _shows(secret, shown)


@pytest.mark.parametrize("token", [*(one for _, one in TOKENS), OWN], ids=lambda one: one[:12])
def test_escaped_markdown_hides_nothing(token: str) -> None:
    """A token whose signs are escaped, as agents do in Markdown, shows in no step of its growth."""
    text = "It is " + "".join(f"\\{one}" if one in "_-.:=+" else one for one in token) + " now."
    redact, before = Redactor([OWN]), ""
    for end in range(1, len(text) + 1):
        shown = redact(text[:end], False)
        assert shown.startswith(before)
        before = shown
    plain = redact(text, True).replace("\\", "")
    assert not _shows(token, plain)


@pytest.mark.parametrize("end", ["…", ""], ids=["marked", "bare"])
@pytest.mark.parametrize("secret", [OWN, "98765432" + ":AA" + _TAIL, "own words of ours"])
def test_cut_secrets_are_masked(secret: str, end: str) -> None:
    """What somebody cut of a secret before it came here is masked, too."""
    for length in range(13, len(secret)):
        shown = Redactor([OWN, "own words of ours"])(f"Use {secret[:length]}{end}", True)
        assert not _shows(secret[:length], shown), length


@pytest.mark.parametrize(
    "address",
    [
        f"postgres://user:{LONG[:5]}@{LONG[5:]}@db.example/x",
        f"postgres://user:{LONG[:5]}/{LONG[5:]}@db.example/x",
        f"https://me@mail.example:{LONG}@db.example/x",
        f"redis://:{LONG[:9]}@{LONG[9:]}@cache",
    ],
)
def test_passwords_with_signs_of_addresses(address: str) -> None:
    """A password in an address may hold what parts addresses."""
    for piece in (LONG[:5], LONG[5:]):
        assert not _shows(piece, Redactor([])(f"Open {address} now", True))


@pytest.mark.parametrize(
    "address",
    [
        "http://localhost:3000/@vite/client",
        "https://example.com/@scope/package",
        "ssh://git@example.com:22/a@b",
        "https://example.com:8080/x.png?mail=a@b.example",
    ],
)
def test_addresses_without_passwords_stay(address: str) -> None:
    """An address with an `@` in its path, or behind a port, is left alone."""
    assert Redactor([])(f"Open {address} now", True) == f"Open {address} now"


@pytest.mark.parametrize(
    "text", ["**Password:** letmein1x", "| `DB_PASSWORD` | `letmein1x` |"], ids=["label", "table"]
)
def test_names_in_markdown_tell(text: str) -> None:
    """A label in bold and a cell of a table tell what follows them."""
    assert "letmein1x" not in Redactor([])(text, True)
