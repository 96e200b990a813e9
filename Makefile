# Every verb sets up what it needs in .venv. Nothing but Python >= 3.11 has to be there before.

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell command -v python3.11 || command -v python3)
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
PYTEST := $(BIN)/python -m pytest
MESSAGES := --keywords=_ --keywords=translate --keywords=plural:1,2 --keywords=sentence --mapping=babel.cfg --sort-output --no-location --omit-header
UPDATE := $(BIN)/pybabel --quiet update --input-file=locales/messages.pot --output-dir=locales \
	--no-fuzzy-matching --no-wrap --ignore-pot-creation-date
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate --custom-compile-command "make lock"

SECONDS ?= 600

.PHONY: help demo test test-all check fix cover mutate bench faults fuzz settings-table screenshots locales lock clean
.DEFAULT_GOAL := help

help: ## List the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed, and none was found."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed; $(PYTHON) is older. Try: make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)

# A stamp says which requirements are installed; the project itself is linked, never copied.
$(VENV)/.run: requirements.txt pyproject.toml | $(BIN)/python
	$(PIP) install --require-hashes -r requirements.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.txt pyproject.toml | $(BIN)/python
	$(PIP) install --require-hashes -r requirements-dev.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/.run

demo: $(VENV)/.run ## Show the bot in a pretend world, without token and backend
	$(BIN)/python -m bot demo

test: $(VENV)/.dev ## Run the quick suite (at most 5 minutes)
	$(PYTEST) -m "not slow and not browser" $(ARGS)

test-all: $(VENV)/.dev ## Run everything else too: all recordings, faults, browser
	$(PYTEST) $(ARGS)

check: $(VENV)/.dev ## Check format, lint, types, imports and catalogs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --config .importlinter
	@$(BIN)/pybabel --quiet extract $(MESSAGES) --output=$(VENV)/messages.pot bot
	@{ diff -u locales/messages.pot $(VENV)/messages.pot && $(UPDATE) --check; } || { echo "The catalogs are behind: make locales"; exit 1; }
	$(PYTEST) --quiet tests/test_locales.py

fix: $(VENV)/.dev ## Mend what can be mended without thinking
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

cover: $(VENV)/.dev ## Measure branch coverage of the quick suite
	$(PYTEST) -m "not slow and not browser" --cov --cov-report=term-missing:skip-covered --cov-fail-under=95 $(ARGS)

mutate: $(VENV)/.dev ## Change the core on purpose and count what the tests notice
	$(BIN)/mutmut run
	$(BIN)/python -m bench.mutation_score

bench: $(VENV)/.dev ## Measure what is promised in numbers
	$(BIN)/python -m bench

fuzz: $(VENV)/.dev ## Feed hostile input to every target for SECONDS each (Linux)
	$(BIN)/python -m tests.fuzz --seconds $(SECONDS)

faults: $(VENV)/.dev ## Run the fault matrix and write docs/faults.md
	$(BIN)/python -m tests.virtual

outcomes: $(VENV)/.dev ## Let turns end in every way and write docs/outcomes.md
	$(BIN)/python -m tests.virtual.outcome_table

settings-table: $(VENV)/.dev ## Write docs/settings.md from the model
	$(BIN)/python -m tests.settings.table

screenshots: $(VENV)/.dev ## Take the README's pictures with Chromium
	PICTURES=docs/pictures $(PYTEST) tests/browser

locales: $(VENV)/.dev ## Bring the catalogs up to date with the code
	$(BIN)/pybabel --quiet extract $(MESSAGES) --output=locales/messages.pot bot
	$(UPDATE)

lock: $(VENV)/.dev ## Pin every dependency anew, with hashes
	$(PIP) install uv
	$(LOCK) --output-file=requirements.txt pyproject.toml build-requirements.in
	$(LOCK) --extra=dev --constraint=requirements.txt --output-file=requirements-dev.txt pyproject.toml build-requirements.in

clean: ## Remove what the other verbs made
	rm -rf $(VENV) build mutants *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache .coverage .fuzz
