"""How often the characters of a growing text are read."""

from __future__ import annotations

import pytest

from bot.redaction import Redactor
from tests.redaction import corpus

CHARS = 100_000
NAMES = 200
"""What stands before a value may be read again when the value is over: so much at most."""

PROSE = "I changed the session's token bucket, then ran `make test` (41 passed); see docs/a.md.\n"
ENV = "".join(f"SERVICE_{number}_PASSWORD=Abc{number}xyz!def\n" for number in range(10))
PEM_LINE = "Ab3dE6gH9jK2mN5pQ8sT1vW4xY7zA0cF3hJ6lP9r" * 2 + "\n"
PEM = f"-----BEGIN {'RSA'} PRIVATE KEY-----\n{PEM_LINE * 40}-----END {'RSA'} PRIVATE KEY-----\n"
TEXTS = {
    "prose": PROSE * (CHARS // len(PROSE)),
    "settings": ENV * (CHARS // len(ENV)),
    "a key": PROSE * 10 + PEM + PROSE * 10,
    "one run": "x" * CHARS,
    "one token": f"{corpus.TOKENS[2][1]}{'x' * CHARS} ",
    "a value without an end": 'password="' + "word " * (CHARS // 5),
    "a header": "Cookie: " + "a=bcdefgh; " * (CHARS // 11),
}


@pytest.mark.parametrize("step", [1, 7, 400])
@pytest.mark.parametrize("name", TEXTS)
def test_no_character_is_read_more_than_twice(name: str, step: int) -> None:
    """However a text grows, what is read of it in all is at most twice its length."""
    text = TEXTS[name][: CHARS if step == 400 else CHARS // 5]
    redact = Redactor([])
    for length in range(0, len(text), step):
        redact(text[:length], False)
    redact(text, True)
    assert redact.scanned <= 2 * len(text) + NAMES
