"""The table of settings says what the model says."""

from __future__ import annotations

from bot.handlers.fields import PRESETS
from bot.settings.model import ChatSettings, bounds
from tests.settings.table import DOCUMENT, document


def test_the_document_is_up_to_date() -> None:
    """`make settings-table` has been run since the model changed."""
    assert DOCUMENT.read_text(encoding="utf-8") == document()


def test_presets_are_values_that_are_taken() -> None:
    """Every button of the card sets something the model takes, the default among them or Other…."""
    for field, numbers in PRESETS.items():
        limits = bounds(field)
        assert limits is not None
        assert all(limits[0] <= number <= limits[1] for number in numbers)
        assert getattr(ChatSettings(), field) in numbers
