"""What makes a content the same content: its kind and its text, without how far it has come."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from bot.entries.model import (
    Action,
    Answered,
    CommandRun,
    Content,
    Dropped,
    Feedback,
    Fetch,
    FileChange,
    FileEdit,
    FileRead,
    ModelName,
    Plan,
    Questions,
    Script,
    Search,
    SubAgent,
    TextContent,
    Todos,
    Tool,
    ToolUse,
)

DIGEST_BYTES = 8
_SEPARATOR = "\x1f"


def kind_of(content: Content) -> str:
    """Name a content's kind."""
    if isinstance(content, Dropped):
        return content.kind
    return type(content).__name__.lower()


def salient(content: Content) -> str:
    """Return the text that tells a content from others; results and statuses are no part of it."""
    match content:
        case Tool(action=action):
            return _action(action)
        case Answered(answers=answers):
            return _joined(*(_joined(question, *given) for question, given in answers))
        case Feedback(text=text):
            return text
        case Script(kind=kind):
            return kind.value
        case ModelName(model=model):
            return model
        case _ if isinstance(content, TextContent):
            return content.text
        case _:
            return ""


def length_of(content: Content) -> int:
    """Return how much text of it can grow: 0 for contents that are shown whole or not at all."""
    if isinstance(content, Dropped):
        return content.length
    return len(content.text) if isinstance(content, TextContent) else 0


def digest(content: Content, length: int | None = None) -> bytes:
    """Hash kind and salient text; of a text that grows, only its first `length` characters.

    Of a beginning of a dropped text that nobody asked for in time the hash is empty.
    """
    if isinstance(content, Dropped):
        whole = length is None or length == content.length or not content.length
        return content.digest if whole else dict(content.prefixes).get(length or 0, b"")
    text = salient(content)
    if length is not None and isinstance(content, TextContent):
        text = text[:length]
    source = _joined(kind_of(content), text)
    return hashlib.blake2b(source.encode(), digest_size=DIGEST_BYTES).digest()


def beginnings(content: TextContent, lengths: Iterable[int]) -> Iterator[tuple[int, bytes]]:
    """Yield the digests of a text's beginnings with these lengths, reading it once."""
    hashed = hashlib.blake2b(_joined(kind_of(content), "").encode(), digest_size=DIGEST_BYTES)
    done = 0
    for length in sorted(lengths):
        hashed.update(content.text[done:length].encode())
        done = length
        yield length, hashed.digest()


def _action(action: Action) -> str:
    name = type(action).__name__
    match action:
        case FileRead(path=text) | Search(query=text) | Fetch(url=text) | Plan(text=text):
            return _joined(name, text)
        case CommandRun(command=text) | SubAgent(description=text):
            return _joined(name, text)
        case ToolUse(name=tool, arguments=arguments):
            return _joined(name, tool, arguments)
        case FileEdit(changes=changes):
            return _joined(name, *map(_change, changes))
        case Todos(items=items):
            return _joined(name, *(_joined(item.state, item.text) for item in items))
        case Questions(questions=questions):
            return _joined(name, *(question.text for question in questions))


def _change(change: FileChange) -> str:
    body = change.body.text if change.body else ""
    return _joined(change.kind, change.path, change.new_path or "", body)


def _joined(*parts: str) -> str:
    return _SEPARATOR.join(parts)
