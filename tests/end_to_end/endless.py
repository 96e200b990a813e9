"""A turn that says something at once, and then nothing for longer than any test takes."""

from __future__ import annotations

from sandbox.kanban import Era, Recording

SAID = "This takes its time."

_AT_ONCE_S = 0.1
_AN_HOUR_S = 3600.0


def endless(era: Era) -> Recording:
    """Make the recording of such a turn, to be stopped or killed in the middle."""
    content = {"entry_type": {"type": "assistant_message"}, "content": f"{SAID}\n"}
    value = {"type": "NORMALIZED_ENTRY", "content": content}
    said = {"JsonPatch": [{"op": "add", "path": "/entries/0", "value": value}]}
    return Recording.of_frames([(_AT_ONCE_S, said), (_AN_HOUR_S, said)], era=era)
