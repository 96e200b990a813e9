"""The parameters of one call, whatever encoding they came in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.telegram.refusals import bad_request

JsonObject = dict[str, object]


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a call."""

    file_name: str
    content: bytes
    mime_type: str = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Params:
    """Typed reading of a call's parameters; what is absent reads as None or False.

    Forms carry everything as text, JSON bodies carry values: both read alike. A value of a wrong
    shape is a Refusal.
    """

    values: Mapping[str, object]
    uploads: Mapping[str, Upload]

    @classmethod
    def of(cls, values: Mapping[str, object]) -> Params:
        """Make parameters without files."""
        return cls(values, {})

    def text(self, name: str) -> str:
        """Return a text, empty when absent."""
        value = self.values.get(name)
        return "" if value is None else str(value)

    def number(self, name: str) -> int | None:
        """Return a whole number."""
        value = self.values.get(name)
        if value is None or value == "":
            return None
        try:
            return int(str(value))
        except ValueError:
            raise bad_request(f'parameter "{name}" must be a number') from None

    def flag(self, name: str) -> bool:
        """Return a truth value."""
        return str(self.values.get(name, "")).lower() in ("true", "1", "yes")

    def json(self, name: str) -> object:
        """Return a structured value, parsed when it came as text."""
        value = self.values.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {name} JSON object") from None

    def json_object(self, name: str) -> JsonObject:
        """Return an object, empty when absent."""
        value = self.json(name)
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise bad_request(f"can't parse {name}: expected an Object")
        return value

    def upload(self, name: str) -> Upload | None:
        """Return the file of a parameter, directly or as `attach://part`."""
        reference = self.text(name)
        part = reference.removeprefix("attach://") if reference.startswith("attach://") else name
        return self.uploads.get(part)
