# Everything a clone needs; `make help` lists it. Paths may hold spaces: keep the quotes.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Other people's clients and checkers, kept out of what users and tests install.
INTEROP := .venv-interop
INTEROP_READY := $(INTEROP)/.ready
LOCAL := connector-sdk connector-files connector-rest connector-salesforce connector-sql
# Where there is memory to write to, tests do: they prove the order of writes, not the patience of a disk.
PYTEST := $(if $(wildcard /dev/shm),PYTEST_DEBUG_TEMPROOT=/dev/shm) "$(BIN)/python" -m pytest -q -n 2
PROJECTS := $(wildcard pyproject.toml plugins/*/pyproject.toml)

.DEFAULT_GOAL := help
.PHONY: help setup demo check format test certify kill-matrix torture interop bench lock clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 10

setup: $(READY) ## create .venv with everything locked, and install the packages of this clone into it

$(READY): requirements.lock $(PROJECTS)
	"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11) and "connector-sdk needs Python 3.11 or newer; set PYTHON=python3.11")'
	"$(PYTHON)" -m venv "$(VENV)"
	"$(BIN)/python" -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements.lock
	"$(BIN)/python" -m pip install --quiet --disable-pip-version-check --no-index --no-deps --no-build-isolation -e . $(patsubst %,-e %,$(wildcard plugins/connector-*))
	@touch "$(READY)"

demo: $(READY) ## run the main job, narrated: Salesforce (simulated) to a warehouse, and what goes wrong
	@"$(BIN)/connector-sdk" demo

check: $(READY) ## format, lint, types, imports, fast tests
	"$(BIN)/ruff" format --check .
	"$(BIN)/ruff" check .
	"$(BIN)/mypy"
	"$(BIN)/lint-imports" --no-cache
	$(PYTEST) -m "not slow and not torture"

format: $(READY) ## let ruff put the layout right
	"$(BIN)/ruff" format .
	"$(BIN)/ruff" check --fix .

test: $(READY) ## everything a user should see pass
	$(PYTEST) -m "not torture"

torture: $(READY) ## what takes longer: every project of the template and every plugin with a book, held to every rule
	$(PYTEST) -m torture

certify: $(READY) ## certify the plugins that have a book; wheels, evidence and pages go to dist/
	@set -e; rm -rf build/certify; mkdir -p build/certify dist; \
	for book in plugins/*/conformance; do \
		plugin=$${book%/conformance}; name=$${plugin##*/}; wheel=dist/$${name//-/_}; \
		cp -R "$$plugin" build/certify/; rm -rf build/certify/$$name/build build/certify/$$name/*.egg-info "$$wheel"-*; \
		"$(BIN)/python" -m pip wheel --quiet --disable-pip-version-check --no-index --no-deps --no-build-isolation \
			--wheel-dir dist ./build/certify/$$name; \
		"$(BIN)/connector-sdk" certify "$$wheel"-*.whl --book "$$book" --min-tier silver; \
	done

kill-matrix: $(READY) ## hold connectors made wrong on purpose to all rules; write docs/kill-matrix.md (half an hour)
	"$(BIN)/python" -m tests.conformance.kill_matrix

interop: $(READY) $(INTEROP_READY) ## other people's clients against our simulators, pyright against our types (needs npm)
	CONNECTOR_SDK_PROGRAM="$(BIN)/connector-sdk" "$(INTEROP)/bin/python" -m pytest -q -c tests/interop/pytest.ini tests/interop
	"$(INTEROP)/node_modules/.bin/pyright" --project tests/typing

$(INTEROP_READY): requirements-interop.lock tests/interop/package-lock.json
	"$(PYTHON)" -m venv "$(INTEROP)"
	"$(INTEROP)/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements-interop.lock
	cp tests/interop/package.json tests/interop/package-lock.json "$(INTEROP)/"
	cd "$(INTEROP)" && npm ci --ignore-scripts --no-audit --no-fund --silent
	@touch "$(INTEROP_READY)"

bench: $(READY) ## measure and write benchmarks/results.md
	"$(BIN)/python" benchmarks/run.py

UV_LOCK := uv pip compile --no-config --universal --python-version 3.11 --generate-hashes --no-header --no-annotate

lock: ## resolve the locks anew (needs uv and npm)
	$(UV_LOCK) $(patsubst %,--no-emit-package %,$(LOCAL)) requirements.in -o requirements.lock
	$(UV_LOCK) requirements-interop.in -o requirements-interop.lock
	cd tests/interop && npm install --package-lock-only --omit-lockfile-registry-resolved --no-audit --no-fund

clean: ## remove what setup and the tests made
	rm -rf "$(VENV)" "$(INTEROP)" build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
