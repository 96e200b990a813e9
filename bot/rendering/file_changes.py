"""Renders changes to files."""

from __future__ import annotations

from pathlib import PurePosixPath

from bot.entries.model import ChangeKind, Excerpt, FileChange, FileEdit
from bot.rendering.excerpt import DIFF_LINES, MORE_CHARS, Frame, excerpt, lines_shown
from bot.rendering.options import RenderOptions, Verbosity
from bot.rendering.phrases import PATH_CHARS, below, named, shown
from bot.rendering.rich_text import RichText, code, join, plain

_LANGUAGES = {
    "py": "python", "rs": "rust", "js": "javascript", "jsx": "jsx", "ts": "typescript",
    "tsx": "tsx", "go": "go", "java": "java", "kt": "kotlin", "rb": "ruby", "c": "c", "h": "c",
    "cpp": "cpp", "cc": "cpp", "cs": "csharp", "php": "php", "swift": "swift", "sh": "bash",
    "bash": "bash", "sql": "sql", "html": "html", "css": "css", "scss": "scss", "json": "json",
    "yaml": "yaml", "yml": "yaml", "toml": "toml", "xml": "xml", "md": "markdown",
}  # fmt: skip
"""Telegram's names of languages, by the ending of a file's name."""


CHANGE_EMOJI = {
    ChangeKind.EDIT: "📝",
    ChangeKind.WRITE: "📝",
    ChangeKind.DELETE: "🗑",
    ChangeKind.RENAME: "➡",
    ChangeKind.BINARY: "📦",
}


def edit_text(action: FileEdit, mark: RichText, options: RenderOptions) -> RichText:
    """Render changes to files: a line each, and below it what was changed."""
    heads = _heads_within(action, mark, options)
    left = options.block_chars - sum(len(head) + 1 for head in heads)
    share = left // len(heads)
    parts = [
        below(head, _body_of(change, share, options))
        for head, change in zip(heads, action.changes, strict=False)
    ]
    hidden = len(action.changes) - len(heads)
    if hidden:
        _ = options.translate
        parts.append(plain("… " + _.plural("+{n} file", "+{n} files", hidden)))
    return join(parts, "\n")


def _heads_within(action: FileEdit, mark: RichText, options: RenderOptions) -> list[RichText]:
    """The lines of the first changes, as many as fit; there is always one."""
    heads: list[RichText] = []
    room = options.block_chars - MORE_CHARS
    for change in action.changes:
        head = _change_line(change, options)
        head = head if heads else join((head, mark))
        if heads and len(head) + 1 > room:
            break
        heads.append(head)
        room -= len(head) + 1
    return heads


def _change_line(change: FileChange, options: RenderOptions) -> RichText:
    _ = options.translate
    labels = {
        ChangeKind.EDIT: _("Editing:"),
        ChangeKind.WRITE: _("Writing:"),
        ChangeKind.DELETE: _("Deleting:"),
        ChangeKind.RENAME: _("Renaming:"),
        ChangeKind.BINARY: _("Binary file changed:"),
    }
    label = f"{CHANGE_EMOJI[change.kind]} {labels[change.kind]}"
    parts = [named(label, change.path, PATH_CHARS, options)]
    if change.new_path is not None and change.kind is ChangeKind.RENAME:
        parts += (plain(" → "), code(shown(change.new_path, PATH_CHARS, options)))
    return join((*parts, counts(change)))


def counts(change: FileChange) -> str:
    """Return `  +12 −3` as far as it is known; a written file has only what was added."""
    known = []
    if change.additions is not None:
        known.append(f"+{change.additions}")
    if change.deletions is not None and change.kind is not ChangeKind.WRITE:
        known.append(f"−{change.deletions}")
    return "  " + " ".join(known) if known else ""


def _body_of(change: FileChange, chars: int, options: RenderOptions) -> RichText:
    if change.body is None or options.verbosity is Verbosity.COMPACT:
        return RichText()
    lines = lines_shown(options, DIFF_LINES)
    match change.kind:
        case ChangeKind.EDIT | ChangeKind.RENAME:
            return excerpt(_without_headers(change.body), Frame(lines, chars, "diff"), options)
        case ChangeKind.WRITE:
            ending = PurePosixPath(change.path).suffix.removeprefix(".").lower()
            return excerpt(change.body, Frame(lines, chars, _LANGUAGES.get(ending)), options)
    return RichText()


def _without_headers(diff: Excerpt) -> Excerpt:
    kept = [line for line in diff.text.split("\n") if not line.startswith("@@")]
    return Excerpt("\n".join(kept), diff.omitted_lines, diff.tail)
