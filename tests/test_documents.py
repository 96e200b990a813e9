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
FIRST_COLUMN = re.compile(r"^\| (`.*?) \|", re.MULTILINE)
MODULE = re.compile(r"`([a-z_0-9]+(?:/[a-z_0-9]+)+)(?:\.py)?`")


def _read(document: str) -> str:
    return (ROOT / document).read_text("utf-8")


def _facts(document: str) -> set[int]:
    return {int(number) for number in FACT.findall(_read(document))}


@pytest.mark.parametrize("document", ["docs/vibe-kanban.md", "docs/telegram.md"])
def test_facts_are_numbered(document: str) -> None:
    """Facts are counted from 1 without a gap, so that a number names one of them."""
    numbers = [int(one) for one in FACT.findall(_read(document))]
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


def test_the_map_is_the_tree() -> None:
    """ARCHITECTURE.md has a line for each part of the bot, and for nothing that is gone."""
    cells = "\n".join(FIRST_COLUMN.findall(_read("ARCHITECTURE.md")))
    paths = re.findall(r"`([\w./]+)`", cells)
    assert [path for path in paths if not (ROOT / path).exists()] == []
    parts = {part.name for part in (ROOT / "bot").glob("[!_]*")} | {"__main__.py"}
    assert {Path(path).name for path in paths if path.startswith("bot/")} == parts


def test_every_module_that_is_named_exists() -> None:
    """What ARCHITECTURE.md, CONTRIBUTING.md and the decisions name can be opened."""
    decisions = [f"docs/adr/{file.name}" for file in (ROOT / "docs/adr").iterdir()]
    documents = ["ARCHITECTURE.md", "CONTRIBUTING.md", *decisions]
    named = {name for document in documents for name in MODULE.findall(_read(document))}
    assert named
    assert [name for name in sorted(named) if not _is_there(name)] == []


def _is_there(name: str) -> bool:
    places = [ROOT / name, ROOT / "bot" / name]
    return any(place.exists() or place.with_suffix(".py").exists() for place in places)
