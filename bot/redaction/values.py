"""Whether a value behind a name that says secret is one, or a placeholder, a type or code."""

from __future__ import annotations

import re

_NAMES = r"(?:token|password|passwd|passphrase|pass|pwd|secret|key|credentials?)s?"
_PLACEHOLDER = re.compile(
    r"(?i)(?:<[\w .:-]*>\W?|\[[\w \"',.-]*\]|\([\w \"',.-]*\)|\{[\w \"'.,:()-]*\}+|[*•.]+|"
    r"[<{(\[]{1,2}(?-i:[A-Z]?[a-z]*|[A-Z]+)|"
    r"\$[({][A-Z_{ ].*|\$(?:env:|secrets\.)?(?-i:[A-Z_][A-Z0-9_]*|[a-z_]+)|\$\d{1,2}|"
    r"%[A-Z_]+%|%[sdr]|%\(\w+\)s|"
    r"x+|.*x{6,}.*|[-_]+|…|your.*|.*[-_]here|example.*|sample.*|dummy.*|"
    r"change.?me.*|placeholder.*|redacted|null|none|nil|true|false|undefined|string|str|required|"
    r"optional|any|bool|int|number|bytes|"
    rf"(?:the|my|a|new|old|user|db|some|api|access)?[-_ ]?{_NAMES}[-_]?[0-9]{{0,2}})"
)
_NO_VALUE = re.compile(r"[#,;)\]} ].*|[0-9]+(?:\.[0-9]+)+")
_CALL = re.compile(
    r"[A-Za-z_$][\w$]*(?:(?:\.|\?\.|::|->)[A-Za-z_$][\w$]*)*[!?]?[(\[][\w.,:*&=()\[\]>-]*\$?"
)
_CODE = re.compile(
    r"[A-Za-z_]+(?:_[A-Za-z0-9]+)*[0-9]?[?!]?(?:(?:\.|\?\.|::|->)[A-Za-z_]\w*[?!]?)+|"
    r"[A-Za-z]+(?:_[a-z0-9]+)+|&\w+|@\w+"
)
_PATH = re.compile(r"(?:~|\.{1,2})?(?:/[A-Za-z]*+[a-z0-9._-]{0,40}+)++/?|[a-z]+://.*")
_LETTER_AND_DIGIT = re.compile(r"(?=.*[A-Za-z])(?=.*[0-9])")
_SIGN = re.compile(r".*[!@#%^*+~?$&].*[A-Za-z0-9]")
_DISORDER = re.compile(
    r"[A-Za-z_][0-9]+(?=[A-Za-z.])|[A-Z][a-z](?=[A-Z])|[a-z][A-Z]{2,}(?=[a-z])|[A-Z]{2,}[a-z](?=[A-Z])|[^aeiouyAEIOUY\W\d_]{4}"
)
_HUMP = re.compile(r"[A-Z]?[a-z]+")
_VOWEL = re.compile(r"[aeiouyAEIOU]")
_TALKS = re.compile(
    r"(?i)pass|pwd|secret|token|key|user|get|new|old|value|input|form|config|env|name"
)
_STRANGE = re.compile(r"[A-Za-z0-9][=;,&|{}()<>+^-]{1,4}[A-Za-z0-9.]")
_WAVE = re.compile(r"[a-z][A-Z]")
_JUDGED = 256
"""So many characters of a value tell what it is."""
TRAILING = ",;)]}"


def is_placeholder(value: str) -> bool:
    """Whether a value only stands for one."""
    return not value or _PLACEHOLDER.fullmatch(value[:_JUDGED]) is not None


def is_loud_secret(value: str) -> bool:
    """Whether what is assigned to a name in capitals is a secret: nearly everything is."""
    head = value[:_JUDGED]
    stripped = head.rstrip(TRAILING)
    if len(value) < 4 or is_placeholder(head) or is_placeholder(stripped):
        return False
    return not any(one.fullmatch(head) for one in (_PATH, _NO_VALUE)) and not is_call(head)


def is_secret(value: str) -> bool:
    """Whether a value without quotes is a secret; most are code."""
    head = value[:_JUDGED].rstrip(TRAILING)
    return (
        len(head) >= 6
        and is_loud_secret(value)
        and looks_chosen(head)
        and (_CODE.fullmatch(head) is None or _is_random(head))
    )


def is_bare_secret(value: str) -> bool:
    """Whether letters alone are a password where a command or a setting has them, and no code."""
    head = value[:_JUDGED]
    if not is_loud_secret(value) or _TALKS.search(head) or _CODE.fullmatch(head.rstrip(TRAILING)):
        return False
    if head.isalpha():
        return len(head) >= 12 and _WAVE.search(head) is not None
    return len(head) >= 8 and _STRANGE.search(head) is not None


def looks_chosen(value: str) -> bool:
    """Whether a value is more than words: it mixes letters with digits, signs or capitals."""
    if _LETTER_AND_DIGIT.match(value) or _SIGN.match(value):
        return True
    capitals = sum(one.isupper() for one in value)
    wavy = len(_WAVE.findall(value)) >= 2 and len(value) <= capitals * 4 <= 3.5 * len(value)
    return len(value) >= 12 and wavy


def is_quoted_secret(value: str, passing: bool, words: int = 3) -> bool:
    """Whether a quoted value is a secret; `passing` names may hold words, others do not."""
    blanks = value.count(" ")
    if any(one.isspace() and one != " " for one in value):
        return False
    if passing:
        return blanks < words and _is_text(value)
    return blanks == 0 and _is_text(value) and len(value) >= 6 and looks_chosen(value[:_JUDGED])


def _is_text(value: str) -> bool:
    head = value[:_JUDGED]
    plain = not any(one.fullmatch(head) for one in (_PATH, _NO_VALUE))
    return len(value) >= 4 and not is_placeholder(head) and plain


def is_call(value: str) -> bool:
    """Whether a value calls or looks up; a password with one bracket in it mostly does not."""
    return _CALL.fullmatch(value) is not None and not _is_random(value)


def _is_random(value: str) -> bool:
    """Whether nobody names anything so: digits between letters, or capitals in disorder."""
    humps = _HUMP.findall(value)
    unspoken = sum(len(hump) >= 3 and not _VOWEL.search(hump) for hump in humps)
    return len(_DISORDER.findall(value)) + unspoken >= 2
