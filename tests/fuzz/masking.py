"""The target for redaction: what is shown of a growing text stays true, and no own secret shows."""

from __future__ import annotations

from bot.redaction import Redactor
from tests.fuzz.draws import Draws
from tests.fuzz.laws import law
from tests.fuzz.texts import text

MODULES = ("bot.redaction",)
_SECRETS = ("hunter2-" + "correct-horse", "77:" + "own_TOKEN-of-the-bot")
_FACTOR, _MARKS = 8, 64
"""A masked text may be longer than its source, but not by much."""


def target(data: bytes) -> None:
    """Mask a text whole and growing."""
    draws = Draws(data)
    source = _with_secrets(draws)
    whole = Redactor(_SECRETS)(source, True)
    for secret in _SECRETS:
        law(secret not in whole, "a secret of our own is shown")
    law(len(whole) <= _FACTOR * len(source) + _MARKS, "masking blows a text up")
    growing = Redactor(_SECRETS)
    before = ""
    cuts = sorted(draws.below(len(source) + 1) for _ in draws.times(6))
    for cut in (*cuts, len(source)):
        shown = growing(source[:cut], False)
        law(shown.startswith(before), "what was shown is withdrawn")
        law(whole.startswith(shown), "what is shown does not stay")
        law(shown == Redactor(_SECRETS)(source[:cut], False), "what was seen before matters")
        before = shown
    law(growing(source, True) == whole, "the end depends on the way")


def _with_secrets(draws: Draws) -> str:
    before, after = text(draws, 12), text(draws, 12)
    secret = draws.pick((*_SECRETS, "", _SECRETS[0][:9]))
    return before + secret + after
