# Every target works from a clean checkout; `make` alone lists them.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

VENV  := .venv
BIN   := $(VENV)/bin
READY := $(VENV)/.ready

# What `make demo` runs. Edit here.
define DEMO
$(BIN)/alliances compare constant_change \
    --arm "managers in half of the firms: firms.alliance_function_share=0.5" \
    --arm "twice the flexibility: firms.flexibility=1.0" \
    --worlds 200 --out results/demo
endef

# Interpreters that `make test-matrix` looks for, on the path and among pyenv's.
MATRIX := 3.11 3.12 3.13

.PHONY: help setup demo test axe test-matrix check coverage format bench screenshots schema docs lock clean

help:  ## print this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## (.*)/  make \1\t\2/' | expand -t 20

setup: $(READY)  ## create .venv with everything pinned, and compile the engine once

# Redone only when what is pinned or packaged changes, so that a second `make test` starts pytest at once, without network.
$(READY): requirements.txt pyproject.toml
	@python=""; \
	for candidate in "$${PYTHON:-}" python3 python3.13 python3.12 python3.11; do \
	    if [ -n "$$candidate" ] && "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
	    then python="$$candidate"; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
	    echo "No Python 3.11 or newer found (looked at \$$PYTHON, python3, python3.13, python3.12, python3.11)." >&2; \
	    echo "Install one, or name it: make setup PYTHON=/path/to/python3.12" >&2; exit 1; \
	fi; \
	if ! $(BIN)/python -m pip --version >/dev/null 2>&1; then \
	    echo "Creating $(VENV) with $$("$$python" --version) ..."; \
	    "$$python" -m venv --clear $(VENV) || { \
	        echo "This Python cannot create a virtual environment (on Debian and Ubuntu: install python3-venv)." >&2; exit 1; }; \
	fi
	@echo "Installing the pinned packages ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@echo "Compiling the engine, once (about half a minute) ..."
	@$(BIN)/alliances doctor --compile
	@touch $@

demo: $(READY)  ## compare two ways to run alliances in a changing world, into results/demo
	$(DEMO)

test: $(READY)  ## the whole test suite
	@$(BIN)/python -m pytest -n 2

# Not part of `make test`, which needs neither npm nor, once set up, a network: without axe-core its tests are skipped and say so.
axe: $(READY)  ## fetch axe-core with npm into build/, so that `make test` also looks for barriers in the pages
	@$(BIN)/python tests/browser/axe.py

# Each Python has a Mesa of its own: 3.3.1 on 3.11, the newest 3.x from 3.12. Environments stay below build/ for the next time.
test-matrix:  ## the Mesa face and the quick tests of simulation/, on each Python found of 3.11, 3.12 and 3.13
	@absent=""; failed=""; \
	for version in $(MATRIX); do \
	    python=""; \
	    for candidate in "python$$version" "$${PYENV_ROOT:-$$HOME/.pyenv}"/versions/$$version.*/bin/python; do \
	        if "$$candidate" -c "import sys; sys.exit('%d.%d' % sys.version_info[:2] != '$$version')" 2>/dev/null; \
	        then python="$$candidate"; break; fi; \
	    done; \
	    if [ -z "$$python" ]; then absent="$$absent $$version"; continue; fi; \
	    home="build/python$$version"; \
	    if [ ! "$$home/.ready" -nt requirements.txt ]; then \
	        echo "Installing the pinned packages for Python $$version ..."; \
	        "$$python" -m venv --clear "$$home"; \
	        "$$home/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt; \
	        touch "$$home/.ready"; \
	    fi; \
	    echo "Python $$version, Mesa $$("$$home/bin/python" -c 'import mesa; print(mesa.__version__)'):"; \
	    "$$home/bin/python" -m pytest -q -n 2 -m "not slow" -p no:cacheprovider tests/simulation || failed="$$failed $$version"; \
	    "$$home/bin/python" -m pytest -q -m slow -p no:cacheprovider tests/simulation/test_mesa_*.py || failed="$$failed $$version"; \
	done; \
	if [ -n "$$absent" ]; then echo "Not tested, because this machine has no Python$$absent."; fi; \
	if [ -n "$$failed" ]; then echo "Failed on Python$$failed." >&2; exit 1; fi

check: $(READY)  ## before each commit: format, lint, types, import borders, quick tests
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python -m pytest -q -n 2 -m "not slow"

# Uncompiled, so that kernels are seen too: some fifty times as slow, hence a choice of tests. numpy warns where the hash wraps.
coverage: $(READY)  ## lines of the engine that tests run, with the compiler off: at least 95 %
	@NUMBA_DISABLE_JIT=1 $(BIN)/python -m pytest -q -n 2 -m "not slow" -W "ignore:overflow encountered:RuntimeWarning" \
	    --cov=simulation --cov-report=term-missing:skip-covered --cov-fail-under=95 \
	    tests/scenarios/test_bad_input.py tests/scenarios/test_reading.py tests/scenarios/test_networks_files.py \
	    tests/reference tests/simulation/rules tests/simulation/test_compiled.py tests/simulation/test_draws.py \
	    tests/simulation/test_front_door.py tests/simulation/test_parameters.py tests/simulation/test_schedule.py \
	    tests/simulation/test_interventions.py tests/simulation/test_policies.py \
	    tests/simulation/test_mesa_fork.py tests/simulation/test_mesa_views.py

format: $(READY)  ## format the code and mend what the linter can mend
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: $(READY)  ## measure speed and memory, into build/bench.json
	@mkdir -p build
	$(BIN)/python tests/benchmarks/bench.py

screenshots: $(READY)  ## draw the pictures of docs/lab.md again, with the system's Chromium
	@$(BIN)/python tests/browser/screenshots.py

schema: $(READY)  ## write scenarios/scenario.schema.json again from the schema in code
	$(BIN)/alliances schema --write

docs: schema  ## write docs/odd.md again, the ODD protocol of the model, and the schema
	$(BIN)/alliances odd --write docs/odd.md

# The universal resolution holds for every Python >= 3.11 on Linux, macOS and Windows, one version of each package for all
# but mesa, of which Python 3.11 gets the last release that runs on it.
# No index address is written: the file must install from any mirror.
# Not after `setup`: with a dependency that is named but not pinned yet, setup could not finish.
lock:  ## pin the newest versions of all packages again, into requirements.txt (needs network)
	@test -x $(BIN)/python || { echo "Run \`make setup\` first." >&2; exit 1; }
	@$(BIN)/python -m venv build/lock
	@build/lock/bin/python -m pip install --quiet --disable-pip-version-check uv
	build/lock/bin/uv pip compile pyproject.toml --extra dev --upgrade --quiet \
	    --universal --python-version 3.11 --fork-strategy fewest \
	    --generate-hashes --no-annotate --no-emit-index-url --no-emit-find-links \
	    --custom-compile-command "make lock" --output-file requirements.txt

clean:  ## remove .venv, builds and caches; results/ stays
	rm -rf $(VENV) build dist htmlcov .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find simulation scenarios experiments tests -name __pycache__ -type d -prune -exec rm -rf {} +
