"""Renders tool calls and scripts: one small function per action."""

from __future__ import annotations

from collections.abc import Mapping

from bot.entries.model import (
    Action,
    CommandRun,
    Excerpt,
    Fetch,
    FileEdit,
    FileRead,
    Plan,
    Questions,
    Script,
    ScriptKind,
    Search,
    SubAgent,
    Todos,
    Tool,
    ToolStatus,
    ToolUse,
)
from bot.rendering.excerpt import OUTPUT_LINES, Frame, excerpt, lines_shown
from bot.rendering.file_changes import CHANGE_EMOJI, edit_text
from bot.rendering.marks import own_line, script_mark, tool_mark
from bot.rendering.options import RenderOptions, Verbosity
from bot.rendering.phrases import BRIEF_CHARS, LINE_CHARS, PATH_CHARS, below, named, shown
from bot.rendering.plain import clean, one_line, shorten, shorten_middle
from bot.rendering.prose import plan_text, questions_text, sub_agent_text, todos_text
from bot.rendering.rich_text import RichText, code, join, plain, pre

ARGUMENT_CHARS = 120


def tool_text(tool: Tool, options: RenderOptions) -> RichText:
    """Render a tool call: its line, its mark, and what verbosity shows of its effect."""
    mark = plain(tool_mark(tool, options))
    match tool.action:
        case CommandRun() as action:
            return _command(action, tool, mark, options)
        case FileEdit() as action:
            return edit_text(action, mark, options)
        case ToolUse() as action:
            return _tool_use(action, tool, mark, options)
        case SubAgent() as action:
            return sub_agent_text(action, mark, options)
        case Plan() as action:
            return plan_text(action, tool, mark, options)
        case Todos() as action:
            return todos_text(action, mark, options)
        case Questions() as action:
            return questions_text(action, mark, options)
        case action:
            return join((_line(action, options), mark))


def late_text(tool: Tool, options: RenderOptions) -> RichText:
    """Render the result of a tool whose own line can no longer change."""
    mark = plain(tool_mark(tool, options))
    head = join((_brief(tool.action, options), mark))
    output = _result_of(tool.action)
    if output is None or tool.status is not ToolStatus.FAILED:
        return head
    return _with_output(head, output, tool, options)


def script_text(script: Script, options: RenderOptions) -> RichText:
    """Render a whole script as one line, with the end of its output when it failed."""
    _ = options.translate
    names = {
        ScriptKind.SETUP: _("Setup script"),
        ScriptKind.CLEANUP: _("Cleanup script"),
        ScriptKind.TOOL_INSTALL: _("Tool installation"),
    }
    head = plain("🔧 " + names[script.kind] + script_mark(script, options))
    if script.status is not ToolStatus.FAILED or script.output is None:
        return head
    frame = Frame(lines_shown(options, OUTPUT_LINES), options.block_chars - len(head) - 1)
    return below(head, excerpt(script.output, frame, options))


# --- lines ----------------------------------------------------------------------------------------


def _line(action: Action, options: RenderOptions) -> RichText:
    _ = options.translate
    match action:
        case FileRead(path=path):
            return named("📖 " + _("Reading:"), path, PATH_CHARS, options)
        case Search(query=query):
            return named("🔍 " + _("Searching:"), query, LINE_CHARS, options)
        case Fetch(url=url):
            return named("🌐 " + _("Fetching:"), url, LINE_CHARS, options)
    return _brief(action, options)


def _brief(action: Action, options: RenderOptions) -> RichText:
    """Name an action in as little as one can recognise it by."""
    _ = options.translate
    match action:
        case FileEdit(changes=changes):
            emoji = CHANGE_EMOJI[changes[0].kind]
            return named(emoji, changes[0].path, BRIEF_CHARS, options)
        case SubAgent(description=words):
            return plain(f"🤖 {shown(words, BRIEF_CHARS, options)}")
        case Plan():
            return plain("🗺 " + _("Plan"))
        case Todos():
            return plain("☑ " + _("To-do"))
        case Questions(questions=questions):
            return plain(
                "❓ " + shown(questions[0].text if questions else "", BRIEF_CHARS, options)
            )
        case _:
            return named(_EMOJI[type(action)], _subject(action), BRIEF_CHARS, options)


_EMOJI: Mapping[type[Action], str] = {
    FileRead: "📖",
    CommandRun: "⚡",
    Search: "🔍",
    Fetch: "🌐",
    ToolUse: "🧩",
}


def _subject(action: Action) -> str:
    match action:
        case FileRead(path=name) | CommandRun(command=name) | Search(query=name):
            return name
        case Fetch(url=name) | ToolUse(name=name):
            return name
    return ""


# --- commands and tools ---------------------------------------------------------------------------


def _result_of(action: Action) -> Excerpt | None:
    match action:
        case CommandRun(output=output):
            return output
        case ToolUse(result=result):
            return result
    return None


def _with_output(
    head: RichText, output: Excerpt | None, tool: Tool, options: RenderOptions
) -> RichText:
    """Add the end of an output: of a failure, and of everything where all is to be seen."""
    visible = tool.status is ToolStatus.FAILED or options.verbosity is Verbosity.FULL
    if output is None or not visible or options.verbosity is Verbosity.COMPACT:
        return head
    frame = Frame(lines_shown(options, OUTPUT_LINES), options.block_chars - len(head) - 1)
    return below(head, excerpt(output, frame, options))


def _command(action: CommandRun, tool: Tool, mark: RichText, options: RenderOptions) -> RichText:
    label = "⚡ " + options.translate("Running:")
    command = clean(options.redact(action.command, True)).strip()
    chars = min(LINE_CHARS, options.block_chars // 2)
    if "\n" in command and options.verbosity is not Verbosity.COMPACT:
        script = pre(shorten_middle(command, chars), "bash")
        head = below(join((label, script), "\n"), plain(own_line(mark.text)))
    else:
        head = join((label + " ", code(shorten_middle(one_line(command), chars)), mark))
    return _with_output(head, action.output, tool, options)


def _tool_use(action: ToolUse, tool: Tool, mark: RichText, options: RenderOptions) -> RichText:
    parts: list[RichText | str] = ["🧩 " + shown(action.name, ARGUMENT_CHARS, options)]
    arguments = shorten(one_line(options.redact(action.arguments, True)), ARGUMENT_CHARS)
    if arguments:
        parts += (": ", code(arguments))
    return _with_output(join((*parts, mark)), action.result, tool, options)
