"""The file in which a server leaves its port, in the forms of its generations."""

from __future__ import annotations

import json
from typing import Literal

PortForm = Literal["json", "number", "coloured"]


def port_file_text(port: int, form: PortForm) -> str:
    """Write what the file holds: JSON, a bare number, or a number with its colour codes."""
    if form == "json":
        return json.dumps({"main_port": port, "preview_proxy_port": port + 1})
    return f"\x1b[32m{port}\x1b[0m\n" if form == "coloured" else str(port)
