"""Prints the page of all refusals."""

from __future__ import annotations

from tests.sandbox.telegram.refusals.page import page

print(page(), end="")  # noqa: T201 - this is what it is run for
