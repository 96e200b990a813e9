from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = sorted(
    file for folder in ("bot", "sandbox", "bench") for file in (ROOT / folder).rglob("*.py")
)
NAMED = re.compile(r"\b(docs/[\w-]+\.md), (\d+(?:(?:, | to )\d+)*)")
FACT = re.compile(r"^(\d+)\. ", re.MULTILINE)


def _facts(document: str) -> set[int]:
    return {int(number) for number in FACT.findall((ROOT / document).read_text("utf-8"))}


@pytest.mark.parametrize("document", ["docs/vibe-kanban.md", "docs/telegram.md"])
def test_facts_are_numbered(document: str) -> None:
    """Facts are counted from 1 without a gap, so that a number names one of them."""
    numbers = [int(one) for one in FACT.findall((ROOT / document).read_text("utf-8"))]
    assert numbers == list(range(1, len(numbers) + 1))


def test_every_fact_that_code_names_is_there() -> None:
    """A docstring that names a document's fact names one that can be read."""
    named = {
        (document, int(number))
        for file in SOURCES
        for document, numbers in NAMED.findall(file.read_text("utf-8"))
        for number in re.findall(r"\d+", numbers)
    }
    assert named
    assert {one for one in named if one[1] not in _facts(one[0])} == set()
