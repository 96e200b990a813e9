"""Renders what tools say in words: sub-agents, plans, to-do lists, questions."""

from __future__ import annotations

from dataclasses import dataclass

from bot.entries.model import (
    Plan,
    Question,
    Questions,
    SubAgent,
    Todos,
    TodoState,
    Tool,
    ToolStatus,
)
from bot.rendering.excerpt import DIFF_LINES, MORE_CHARS, lines_shown, more_lines
from bot.rendering.markdown import render_block, split_blocks
from bot.rendering.options import RenderOptions, Verbosity
from bot.rendering.phrases import BRIEF_CHARS, LINE_CHARS, below, shown
from bot.rendering.plain import clean, shorten
from bot.rendering.rich_text import RichText, bold, join, plain, quote

_QUESTION_CHARS = 1000

_TODO_MARKS = {
    TodoState.COMPLETED: "✅",
    TodoState.IN_PROGRESS: "▶️",
    TodoState.PENDING: "▫️",
    TodoState.CANCELLED: "✖️",
}


@dataclass(frozen=True, slots=True)
class _Quoted:
    """Markdown for a quotation: at most `lines` of its source and `chars` of its rendering."""

    text: str
    lines: int
    chars: int
    omitted: int = 0


def sub_agent_text(action: SubAgent, mark: RichText, options: RenderOptions) -> RichText:
    """Render a task given to another agent, and the beginning of its report."""
    kind = shown(action.agent_type or "", BRIEF_CHARS, options)
    label = "🤖 " + options.translate("Sub-agent") + (f" ({kind})" if kind else "")
    head = join((f"{label}: {shown(action.description, LINE_CHARS, options)}", mark))
    if action.result is None or options.verbosity is Verbosity.COMPACT:
        return head
    quoted = _Quoted(
        action.result.text,
        lines_shown(options, DIFF_LINES),
        options.block_chars - len(head) - 1,
        action.result.omitted_lines,
    )
    return below(head, _quotation(quoted, options, expandable=True))


def plan_text(action: Plan, tool: Tool, mark: RichText, options: RenderOptions) -> RichText:
    """Render a plan; it stands open while it waits for approval."""
    head = join(("🗺 " + options.translate("Plan"), mark))
    if options.verbosity is Verbosity.COMPACT:
        return head
    room = options.block_chars - len(head) - 1
    quoted = _Quoted(action.text, len(action.text), room)
    return below(
        head, _quotation(quoted, options, expandable=tool.status is not ToolStatus.WAITING)
    )


def _quotation(quoted: _Quoted, options: RenderOptions, *, expandable: bool) -> RichText:
    """Render Markdown as a quotation of whole lines, and say how many are left out."""
    lines = options.redact(quoted.text, True).strip("\n").split("\n")
    kept = min(len(lines), quoted.lines)
    rich = markdown_text("\n".join(lines[:kept]))
    while len(rich) > quoted.chars - MORE_CHARS and kept > 1:
        kept = kept * 3 // 4
        rich = markdown_text("\n".join(lines[:kept]))
    more = quoted.omitted + len(lines) - kept
    shown = quote(rich, expandable=expandable)
    return below(shown, plain(more_lines(more, options.translate) if more else ""))


def markdown_text(source: str) -> RichText:
    """Render Markdown in one piece."""
    parts: list[RichText | str] = []
    for block in split_blocks(source, complete=True):
        rich = render_block(block)
        if rich:
            parts += ("\n" * block.gap, rich) if parts else (rich,)
    return join(parts)


def todos_text(action: Todos, mark: RichText, options: RenderOptions) -> RichText:
    """Render a to-do list, a line each."""
    lines = [join(("☑ " + options.translate("To-do"), mark))]
    for item in action.items:
        text = shown(item.text, LINE_CHARS, options)
        rich = bold(text) if item.state is TodoState.IN_PROGRESS else plain(text)
        lines.append(join((f"{_TODO_MARKS[item.state]} ", rich)))
    return join(lines, "\n")


def questions_text(action: Questions, mark: RichText, options: RenderOptions) -> RichText:
    """Render questions with their options."""
    first, *rest = action.questions or (Question("", "", ()),)
    parts = [_question(first, mark, options), *(_question(q, plain(""), options) for q in rest)]
    return join(parts, "\n\n")


def _question(question: Question, mark: RichText, options: RenderOptions) -> RichText:
    text = clean(options.redact(question.text, True)).strip()
    lines = [join((f"❓ {shorten(text, _QUESTION_CHARS)}", mark))]
    for name, description in question.options:
        about = shown(description, LINE_CHARS, options)
        label = bold(shown(name, LINE_CHARS, options))
        lines.append(join(("• ", label, f" – {about}" if about else "")))
    return join(lines, "\n")
