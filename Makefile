# One command each: make run, make test, make lint, make bench, make torture, make pictures.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet

RUN := $(VENV)/.run-installed
DEV := $(VENV)/.dev-installed
WORKERS ?= 3

.PHONY: run test lint bench torture pictures clean

run: $(RUN)
	$(BIN)/tidings run

# Three on two cores, for many tests wait. Compiled files are kept, whatever the environment says: hundreds
# of processes are started. TESTS_DEPTH=deep looks ten times as long; ARGS names what to run.
test: $(DEV)
	@$(BROWSER)
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal $(ARGS)

lint: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive bots config inbox routing storage
	$(BIN)/python -m tests.known_holes

bench: $(DEV)
	$(BIN)/python -m tests.benchmarks

# Real processes harmed under load (docs/faults.md): make torture ARGS="--seed 7 --minutes 20"
torture: $(DEV)
	$(BIN)/python -m tests.torture $(ARGS)

pictures: $(DEV)
	@$(BROWSER)
	$(BIN)/python -m tests.pictures $(ARGS)

clean:
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "tidings needs Python 3.11 or newer: make run PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || $(call APT,python3-venv) \
	  || { echo "this Python cannot make environments: on Debian, apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)

# Everything that is pinned first, the build tool among it, so that the project itself needs no download.
$(RUN): $(BIN)/python requirements.lock requirements-build.lock pyproject.toml
	$(PIP) -r requirements.lock -r requirements-build.lock
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV): $(RUN) requirements-dev.lock
	$(PIP) -r requirements-dev.lock
	@touch $@

# Root on a bare Debian may fetch what is missing; others are told.
APT = { command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ] && echo "installing $(1)" && apt-get -qq update \
  && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends $(1) >/dev/null; }

# The tests drive a real browser: the one without windows where it can be had, for it takes half the time.
BROWSER = command -v chromium-headless-shell >/dev/null || $(call APT,chromium-headless-shell) && exit 0; \
  for name in chromium chromium-browser google-chrome google-chrome-stable; do \
  command -v $$name >/dev/null && exit 0; done; \
  $(call APT,chromium) || echo "no Chromium here: the tests with a browser will be skipped"
