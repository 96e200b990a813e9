"""The command line: one module a command; only `run` imports aiogram."""
