# `make` alone lists what can be made. Everything is installed into .venv, nothing outside.
#
#   PYTHON=python3.12   which Python makes .venv (3.11 or newer)
#   PORT=5007           where `make dashboard` serves
#   BROWSER=no          `make dashboard` opens no browser window
#   ARGS='-k heat'      handed on to pytest or to the benchmarks

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip -qq --no-input --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help env dashboard test lint format texts bench load faults fuzz audit upgrade clean distclean

help:  ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

dashboard: $(VENV)/.runtime  ## install what it needs, then serve the dashboard
	$(BIN)/permafrost-carbon serve $(if $(PORT),--port $(PORT)) $(if $(filter no,$(BROWSER)),--no-browser)

env: $(VENV)/.test  ## make .venv with everything for working on the code

test: env  ## run the tests (in a browser too, where Chromium is or can be installed)
	CHROMIUM="$$(sh tests/chromium.sh)" $(BIN)/python -m pytest $(ARGS)

lint: env  ## check style and format, change nothing
	$(BIN)/python -m ruff check
	$(BIN)/python -m ruff format --check

format: env  ## mend style and format where that is safe
	$(BIN)/python -m ruff check --fix-only --exit-zero
	$(BIN)/python -m ruff format

texts: env  ## bring dashboard/texts up to what the code says, for translators
	$(BIN)/python -m dashboard.catalogue

bench: env  ## measure speed: model, scaling, latency
	$(BIN)/python -m benchmarks $(ARGS)

load: env  ## many visitors at once on this machine: what the server holds
	$(BIN)/python -m benchmarks.load $(ARGS)

faults: env  ## let things go wrong: what is survived, lost or wrong (minutes)
	$(BIN)/python -m benchmarks.faults $(ARGS)

fuzz: env  ## say everything wrongly: what is refused in words, what is a fault (minutes)
	$(BIN)/python -m benchmarks.fuzz $(ARGS)

audit: env  ## look for known holes in what constraints.txt pins
	$(BIN)/python -m tests.audit

upgrade: env  ## move to the newest versions pyproject.toml allows, record them in constraints.txt
	$(PIP) install --upgrade --upgrade-strategy eager --editable '.[test]'
	{ grep '^#' constraints.txt; $(PIP) freeze --exclude-editable; } > constraints.new
	mv constraints.new constraints.txt

clean:  ## remove caches and builds
	rm -rf .pytest_cache .ruff_cache .hypothesis build dist *.egg-info
	find . -name __pycache__ -type d -not -path './$(VENV)/*' -prune -exec rm -rf {} +

distclean: clean  ## remove .venv as well
	rm -rf $(VENV)

# Stamps: what is installed, as of which pyproject.toml and constraints.txt.

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'Needs Python 3.11 or newer as $(PYTHON); name another: make PYTHON=python3.12 …' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo '$(PYTHON) cannot make virtual environments. On Debian and Ubuntu: apt install python3-venv' >&2; exit 1; }
	@echo 'Making $(VENV) …'
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) install --upgrade pip
	@touch $@

$(VENV)/.runtime: pyproject.toml constraints.txt | $(VENV)/.made
	@echo 'Installing the dashboard into $(VENV) (a minute or two the first time) …'
	@$(PIP) install --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.test: pyproject.toml constraints.txt | $(VENV)/.made
	@echo 'Installing the dashboard and its test tools into $(VENV) (a minute or two the first time) …'
	@$(PIP) install --constraint constraints.txt --editable '.[test]'
	@touch $(VENV)/.runtime $@
