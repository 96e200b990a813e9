"""Entry point of `python -m bot`; what a command needs is imported when it is chosen."""

from __future__ import annotations

import sys

from bot.cli.main import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
