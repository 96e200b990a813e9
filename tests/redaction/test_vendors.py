"""Every kind of secret in every carrier, whole and while it grows; and text that has none."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from random import Random
from typing import Literal

import pytest
import structlog

from bot import log
from bot.redaction import Redactor
from tests.redaction.clean import Sample, samples
from tests.redaction.clean_lines import LINES
from tests.redaction.vendors import KINDS, Carrier, Kind, Shape, Specimen, carried, leaked

SEED = 7
LEAST_KINDS = 70
LEAST_CLEAN = 200_000
CHANGED_LINES = 0.001
CONTEXT = 64
"""So much of what was shown before is looked at again, so that nothing hides in a seam."""

SHORT_BLOCK = 700
"""A longer text is left to the slow tests, where the quick ones grow it."""


CUT_CHARS = 4
"""So much behind what a kind of token begins with tells that it is one."""

_TELLING = [kind for kind in KINDS if len(kind.lead) >= 3 and "://" not in kind.lead]


@pytest.fixture(autouse=True)
def restore_logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)
    structlog.reset_defaults()


def test_the_corpus_is_worth_it() -> None:
    """Kinds have names of their own and a source, and each carrier really shows the secret."""
    assert len({kind.name for kind in KINDS}) == len(KINDS) >= LEAST_KINDS
    assert all(kind.source for kind in KINDS)
    for kind in KINDS:
        for carrier in kind.carriers:
            specimen = carried(kind, carrier, SEED)
            assert leaked(specimen, specimen.text), (kind.name, carrier.name)


# --- whole ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_no_kind_shows(kind: Kind) -> None:
    """Nothing that could be used is left of a secret, whatever surrounds it."""
    redact = Redactor([])
    found = {}
    for carrier in kind.carriers:
        specimen = carried(kind, carrier, SEED)
        shown = redact(specimen.text, True)
        if run := leaked(specimen, shown):
            found[carrier.name] = _around(shown, run)
    assert found == {}


@pytest.mark.parametrize("after", ["", "…"])
@pytest.mark.parametrize("kind", _TELLING, ids=lambda kind: kind.name)
def test_a_secret_cut_short_does_not_show(kind: Kind, after: str) -> None:
    """Where a title, a line or an agent ends inside a token, its beginning does not show."""
    redact = Redactor([])
    specimen = kind.generate(Random(SEED))
    found = {}
    for end in range(len(kind.lead) + CUT_CHARS, len(specimen.text) + 1):
        shown = redact(f"Use {specimen.text[:end]}{after}", True)
        if run := leaked(specimen, shown):
            found[end] = _around(shown, run)
    assert found == {}


@pytest.mark.parametrize("fmt", ["json", "console"])
def test_no_kind_is_logged(fmt: Literal["json", "console"]) -> None:
    """Neither a field nor an error's message brings a secret into the log."""
    found = []
    for kind in KINDS:
        specimen = carried(kind, Random(kind.name).choice(kind.carriers), SEED)
        stream = io.StringIO()
        log.configure("INFO", fmt, Redactor([]), stream)
        try:
            raise ValueError(specimen.text)
        except ValueError:
            structlog.get_logger().exception("failed", detail=specimen.text)
        if run := leaked(specimen, stream.getvalue()):
            found.append((kind.name, _around(stream.getvalue(), run)))
    assert found == []


# --- growing --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_no_growing_kind_shows(kind: Kind) -> None:
    """In a sample of carriers, no beginning of the text shows more than its whole."""
    chosen = Random(kind.name).sample(kind.carriers, 2)
    grown = (carried(kind, carrier, SEED) for carrier in chosen)
    found = [_grown(one) for one in grown if len(one.text) < SHORT_BLOCK]
    assert list(filter(None, found)) == []


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_no_growing_kind_shows_in_any_carrier(kind: Kind) -> None:
    """However a text grows, no beginning of it shows a secret, cut wherever it may be."""
    found = {}
    for carrier in _worth_growing(kind):
        if message := _grown(carried(kind, carrier, SEED + 1)):
            found[carrier.name] = message
    assert found == {}


def _worth_growing(kind: Kind) -> tuple[Carrier, ...]:
    """Long blocks are grown in every third carrier: they take as long as all others together."""
    return kind.carriers[:: 3 if kind.shape is Shape.BLOCK else 1]


def _grown(specimen: Specimen) -> str | None:
    """Let a text grow by single characters and tell what its first leak looks like."""
    redact = Redactor([])
    before = ""
    for end in range(1, len(specimen.text) + 1):
        shown = redact(specimen.text[:end], False)
        if shown != before:
            known = len(before) - CONTEXT if shown.startswith(before) else 0
            if run := leaked(specimen, shown[max(0, known) :]):
                return f"after {end} characters: {_around(shown, run)}"
            before = shown
    shown = redact(specimen.text, True)
    run = leaked(specimen, shown)
    return f"at the end: {_around(shown, run)}" if run else None


# --- clean ----------------------------------------------------------------------------------------


def test_clean_text_stays() -> None:
    """Of much real text without secrets at most one line in a thousand is changed."""
    texts = samples()
    assert sum(len(sample.text) for sample in texts) >= LEAST_CLEAN
    changed = list(_changed(texts))
    lines = sum(sample.text.count("\n") + 1 for sample in texts)
    assert len(changed) <= CHANGED_LINES * lines, f"{len(changed)} of {lines}: {changed}"


def test_lines_about_secrets_stay() -> None:
    """A line that only speaks of secrets is left alone."""
    redact = Redactor([])
    changed = [(line, redact(line, True)) for line in LINES if redact(line, True) != line]
    assert changed == []


def _changed(texts: Iterable[Sample]) -> Iterator[tuple[str, str, str]]:
    for sample in texts:
        shown = Redactor([])(sample.text, True)
        if shown != sample.text:
            before, after = sample.text.split("\n"), shown.split("\n")
            matcher = SequenceMatcher(None, before, after, autojunk=False)
            for tag, low, high, other, end in matcher.get_opcodes():
                if tag != "equal":
                    was, now = before[low:high], after[other:end]
                    yield from ((sample.name, line, "\n".join(now)) for line in was)


def _around(shown: str, run: str) -> str:
    at = max(0, shown.find(run))
    return shown[max(0, at - 40) : at + 60]
