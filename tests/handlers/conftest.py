from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.i18n import Catalogs
from tests.fakes.handlers import Stage

PORTUGUESE = """
msgid ""
msgstr ""
"Language: pt_BR\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"

msgid "What is running now"
msgstr "O que está a correr"

msgid "Nothing is running."
msgstr "Nada está a correr."

msgid "Language: {language}"
msgstr "Idioma: {language}"
"""


@pytest.fixture
def catalogs(tmp_path: Path) -> Catalogs:
    """Ship English and a little Portuguese."""
    folder = tmp_path / "pt_BR" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "messages.po").write_text(PORTUGUESE, encoding="utf-8")
    return Catalogs(tmp_path)


@pytest.fixture
async def stage(catalogs: Catalogs) -> AsyncIterator[Stage]:
    """Set up a dispatcher with everything around it."""
    stage = Stage(catalogs)
    yield stage
    await stage.session.close()
