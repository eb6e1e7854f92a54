# MeetOne: set up, run, check and test. `make help` lists what there is.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
NODE_BIN := node_modules/.bin
PIP := $(BIN)/pip --disable-pip-version-check --quiet
# The checkers of JavaScript run on the Node that requirements-dev.txt pins.
WITH_NODE := PATH="$(CURDIR)/$(BIN):$$PATH"

CATALOGUES := $(wildcard translations/*/LC_MESSAGES/messages.po)
COMPILED := $(CATALOGUES:.po=.mo)
TYPESCRIPT_PROJECTS := tsconfig.json tsconfig.worker.json tsconfig.tests.json

.PHONY: help setup run setup-tests test test-unit test-web test-network \
	test-javascript format catalogues clean \
	check check-python check-javascript check-css check-templates check-catalogues

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

## Set up and run

setup: $(VENV)/.requirements $(COMPILED) ## create .venv, install what MeetOne needs, compile the catalogues

run: setup ## set up and start MeetOne
	@exec $(BIN)/python app.py

$(BIN)/python:
	@tools/create_venv $(PYTHON) $(VENV)

$(VENV)/.requirements: requirements.txt | $(BIN)/python
	@echo "Installing what MeetOne needs into $(VENV)"
	@$(PIP) install --use-pep517 --requirement $<
	@touch $@

%.mo: %.po $(VENV)/.requirements
	@$(BIN)/pybabel --quiet compile --input-file=$< --output-file=$@

## Test

test: test-unit test-web test-network test-javascript ## set up, install the test tools, run every test

# Two at a time where nothing is timed; media and sockets have the machine to themselves.
test-unit: setup-tests
	$(BIN)/pytest --numprocesses=2 --cov --cov-report=term --no-cov-on-fail tests/unit

test-web: setup-tests
	$(BIN)/pytest --numprocesses=2 --dist=loadfile tests/web

test-network: setup-tests
	$(BIN)/pytest tests/protocol tests/browser

test-javascript: setup-tests
	$(WITH_NODE) node --test "tests/js/**/*.test.js"

setup-tests: setup $(VENV)/.requirements-dev node_modules/.installed
	@missing=(); \
	need() { command -v $$1 >/dev/null || missing+=($$2); }; \
	need "$${CHROMIUM:-chromium}" chromium; need turnutils_stunclient coturn; need stun stun-client; \
	need ip iproute2; [[ -x /usr/sbin/nft ]] || missing+=(nftables); \
	/sbin/ldconfig -p | grep -q libatomic.so.1 || missing+=(libatomic1); : Playwright runs on it; \
	[[ $${#missing[@]} == 0 ]] || tools/install_packages "$${missing[@]}"

$(VENV)/.requirements-dev: requirements-dev.txt requirements.txt | $(VENV)/.requirements
	@echo "Installing what checks and tests need into $(VENV)"
	@$(PIP) install --use-pep517 --requirement $<
	@touch $@

node_modules/.installed: package-lock.json package.json .npmrc | $(VENV)/.requirements-dev
	@$(WITH_NODE) npm ci --loglevel=error
	@touch $@

## Check

check: check-python check-javascript check-css check-templates check-catalogues ## formatters, linters, types, catalogues

check-python: $(VENV)/.requirements-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	@$(PIP) check

check-javascript: node_modules/.installed
	$(WITH_NODE) $(NODE_BIN)/prettier --check --log-level=warn .
	$(WITH_NODE) $(NODE_BIN)/eslint .
	@for project in $(TYPESCRIPT_PROJECTS); do \
	  echo tsc --project $$project; $(WITH_NODE) $(NODE_BIN)/tsc --project $$project; done

check-css: node_modules/.installed
	$(WITH_NODE) $(NODE_BIN)/stylelint "static/**/*.css"

check-templates: $(VENV)/.requirements-dev
	$(BIN)/djlint --lint --quiet templates

check-catalogues: $(VENV)/.requirements
	$(BIN)/python tools/catalogues.py --check

## Keep in shape

format: $(VENV)/.requirements-dev node_modules/.installed ## lay out Python, JavaScript and CSS
	$(BIN)/ruff check --fix --select=I .
	$(BIN)/ruff format .
	$(WITH_NODE) $(NODE_BIN)/prettier --write --log-level=warn .
	$(WITH_NODE) $(NODE_BIN)/stylelint --fix "static/**/*.css"

catalogues: $(VENV)/.requirements ## bring the catalogues up to date with the code
	$(BIN)/python tools/catalogues.py

clean: ## remove everything that make made, except an installation's own data
	rm -rf $(VENV) node_modules .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find translations -name '*.mo' -delete
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
