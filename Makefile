# `make run` shows a whole case; `make test` runs every check. Nothing else is needed beforehand
# but python3 (3.11 or newer, with venv), make and git.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OUT := build/run

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: run test lint types layers tests system servers bench evaluate nets lock pds styles clean help

help: ## List the targets.
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

run: $(VENV)/.run ## Rehearse the sample applicants and print what everybody sees.
	$(BIN)/walloff rehearse samples/applicants --requisition samples/rehearsal.toml \
	    --monitoring samples/monitoring.toml \
	    --home .walloff-rehearsal --out $(OUT) --alike amina-haddad --alike daniel-rosen

test: $(VENV)/.dev system servers lint types layers tests ## Run every check.

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

layers: $(VENV)/.dev
	$(BIN)/lint-imports

tests: $(VENV)/.dev
	$(BIN)/pytest -n 2 --dist loadfile

system: ## Install the Debian packages that tests need (as root; otherwise say what is missing).
	@sh tools/system.sh

bench: $(VENV)/.dev ## Measure speed, as ratios (PRESIDIO_PYTHON=an interpreter that has Presidio).
	$(BIN)/python -m benchmarks $(if $(PRESIDIO_PYTHON),--presidio-python $(PRESIDIO_PYTHON))

evaluate: $(VENV)/.dev ## Measure redaction and triage (DATA=folder of JSONL sets for more).
	$(BIN)/python -m benchmarks.evaluate $(if $(DATA),--data $(DATA))

nets: $(VENV)/.dev ## Train the nets again from the project's own corpus (minutes, deterministic).
	$(BIN)/python -m redaction.training

servers: # A server that is there for tests alone, where npm is: its tests say if it is not.
	@if command -v npm >/dev/null; then \
	    $(MAKE) --no-print-directory pds || echo "no Bluesky server: its tests are left out"; \
	else echo "no npm, so no Bluesky server: its tests are left out"; fi

pds: .pds/.done ## Install a Bluesky server for its tests (node 20, 360 MB, three minutes).

.pds/.done: tests/pds/package-lock.json
	@echo "Installing a Bluesky server for its tests into .pds (some minutes the first time)"
	mkdir -p .pds
	cp tests/pds/package.json tests/pds/package-lock.json .pds/
	npm ci --no-audit --no-fund --loglevel=error --prefix .pds
	@touch $@

styles: .styles/.done ## Build the style sheet and copy the scripts of the pages (node 20).
	python3 tools/build_styles.py .styles/node_modules

.styles/.done: portal/web/styles/package.json portal/web/styles/package-lock.json
	mkdir -p .styles
	cp portal/web/styles/package.json portal/web/styles/package-lock.json .styles/
	npm ci --no-audit --no-fund --loglevel=error --prefix .styles
	@touch $@

lock: ## Pin the newest versions that pyproject.toml allows, by hash (needs uv).
	uv pip compile -q --upgrade --generate-hashes --no-emit-index-url --no-emit-find-links \
	    --no-header --no-annotate --python-version 3.11 --extra build \
	    pyproject.toml -o requirements.lock
	uv pip compile -q --generate-hashes --no-emit-index-url --no-emit-find-links \
	    --no-header --no-annotate --python-version 3.11 --extra build --extra dev \
	    -c requirements.lock pyproject.toml -o requirements-dev.lock
	echo 'prefect-redis>=0.3' | uv pip compile -q --generate-hashes --no-emit-index-url \
	    --no-emit-find-links --no-header --no-annotate --python-version 3.11 --no-deps \
	    -c requirements-dev.lock - -o requirements-scale.lock

clean: ## Remove what the targets above made, the rehearsal's home included.
	rm -rf $(VENV) build dist .walloff-rehearsal

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	    || { echo "Walloff needs Python 3.11 or newer: set PYTHON=..."; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing what Walloff needs into $(VENV) (a few minutes the first time)"
	@# The development set holds this one whole, so it is not installed over it.
	@test -f $(VENV)/.dev || $(BIN)/pip install --quiet --no-deps --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing what the tests need into $(VENV) (a few minutes the first time)"
	$(BIN)/pip install --quiet --no-deps --require-hashes -r requirements-dev.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@
