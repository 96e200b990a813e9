"""How far a tool call has come, as a mark at the end of its line."""

from __future__ import annotations

from bot.entries.model import CommandRun, Content, Script, SubAgent, Tool, ToolStatus, ToolUse
from bot.rendering.options import RenderOptions
from bot.rendering.plain import duration, one_line, shorten

_REASON_CHARS = 200
_UNSETTLED = frozenset({ToolStatus.RUNNING, ToolStatus.UNKNOWN})


def has_mark(content: Content) -> bool:
    """Whether the content shows how it stands, so that a change of it is news."""
    match content:
        case Tool(action=action, status=ToolStatus.SUCCEEDED):
            return isinstance(action, CommandRun | ToolUse | SubAgent)
        case Tool(status=status) | Script(status=status):
            return status not in _UNSETTLED
    return False


def tool_mark(tool: Tool, options: RenderOptions) -> str:
    """Return a tool's mark with the blanks before it; empty while nothing is known."""
    _ = options.translate
    match tool.status:
        case ToolStatus.SUCCEEDED:
            return " ✓" if has_mark(tool) else ""
        case ToolStatus.FAILED:
            exit_code = tool.action.exit_code if isinstance(tool.action, CommandRun) else None
            return " ✗" + _exit(exit_code, options)
        case ToolStatus.WAITING:
            return " · 🔐 " + _("Waiting for approval")
        case ToolStatus.DENIED:
            return " · 🚫 " + _("Denied") + _because(tool.reason, options)
        case ToolStatus.TIMED_OUT:
            return " · ⌛ " + _("Timed out")
        case ToolStatus.CANCELLED:
            return " · ⏹ " + _("Cancelled")
    return ""


def own_line(mark: str) -> str:
    """Return a mark without what joins it to the text before it."""
    return mark.removeprefix(" ").removeprefix("· ")


def script_mark(script: Script, options: RenderOptions) -> str:
    """Return a script's mark: `…` while it runs, then how it went."""
    _ = options.translate
    match script.status:
        case ToolStatus.SUCCEEDED if script.duration_s is not None:
            return " ✓ " + duration(script.duration_s, _)
        case ToolStatus.SUCCEEDED:
            return " ✓"
        case ToolStatus.FAILED:
            return " ✗" + _exit(script.exit_code, options)
        case ToolStatus.TIMED_OUT:
            return " · ⌛ " + _("Timed out")
        case ToolStatus.CANCELLED:
            return " · ⏹ " + _("Cancelled")
    return "…"


def _exit(code: int | None, options: RenderOptions) -> str:
    return "" if code is None else " " + options.translate("exit {code}", code=code)


def _because(reason: str | None, options: RenderOptions) -> str:
    text = one_line(options.redact(reason or "", True))
    return ": " + shorten(text, _REASON_CHARS) if text else ""
