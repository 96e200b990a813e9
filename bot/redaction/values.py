"""Whether a value behind a name that says secret is one, or a placeholder, a type or code."""

from __future__ import annotations

import re

_PLACEHOLDER = re.compile(
    r"(?i)(?:[<\[({*•.#,;)\]} ].*|\$[A-Z_{(].*|%[A-Z_({].*|x+|.*x{6,}.*|your.*|"
    r".*[-_]here|example.*|"
    r"change.?me.*|placeholder.*|redacted|null|none|nil|true|false|undefined|string|str|required|"
    r"optional|any|bool|int|number|bytes|"
    r"(?:the|my|a|new|old)?[-_ ]?"
    r"(?:token|password|passwd|secret|key|credentials?)s?[-_]?[0-9]{0,2})"
)
_CODE = re.compile(r"[A-Za-z_]+(?:_[A-Za-z0-9]+)*[0-9]?(?:\.[A-Za-z_]\w*)+|[a-z]+(?:_[a-z0-9]+)+")
_PATH = re.compile(r"(?:~|\.{1,2})?/[\w.-]{1,23}(?:/[\w.-]{1,23})*/?|[a-z]+://.*")
_CHOSEN = re.compile(r"(?=.*[A-Za-z])(?=.*[0-9])|.*[!@#%^*+~?$].*[A-Za-z0-9]")


def is_placeholder(value: str) -> bool:
    """Whether a value only stands for one."""
    return _PLACEHOLDER.fullmatch(value[:_JUDGED]) is not None


def is_loud_secret(value: str) -> bool:
    """Whether what is assigned to a name in capitals is a secret: nearly everything is."""
    return len(value) >= 4 and not is_placeholder(value) and not _PATH.fullmatch(value[:_JUDGED])


def is_secret(value: str) -> bool:
    """Whether a value without quotes is a secret; most are code."""
    head = value[:_JUDGED]
    return (
        len(value) >= 6
        and is_loud_secret(value)
        and _CHOSEN.match(head) is not None
        and _CODE.fullmatch(head) is None
    )


def is_quoted_secret(value: str, passing: bool) -> bool:
    """Whether a quoted value is a secret; `passing` names may hold words, others do not."""
    if not is_loud_secret(value) or (any(one.isspace() for one in value) and not passing):
        return False
    return (passing and not value.count(" ") > 2) or is_secret(value)


_JUDGED = 256
"""So many characters of a value tell what it is."""
