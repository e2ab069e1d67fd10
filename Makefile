# `make demo` shows the program, `make test` proves it. Both set up what they need; Python, pip, venv and make are enough.

PYTHON ?= python3
# One more than the two cores it is meant for: much of a test is waiting for the disk.
WORKERS ?= 3
VENV := .venv
PY := $(VENV)/bin/python
USES := $(VENV)/.uses
CHECKS := $(VENV)/.checks
LOCK := $(PY) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

# Images made for Python often set it, and then every process that is started compiles the whole program again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint types contracts prove bench scale letters lock clean

help:
	@echo 'make setup      create $(VENV) with the program and what it uses (PYTHON=python3.12 chooses the Python)'
	@echo 'make demo       set up and run `campaign demo`'
	@echo 'make test       set up and run lint, types, contracts and all tests, on SQLite and on PostgreSQL'
	@echo 'make lint | types | contracts     one of the checks'
	@echo 'make prove      the long searches'
	@echo 'make bench      the benchmarks (SIZE="10000 1000000" units; ROWS="launch step"; ON=sqlite; BENCH_CLOCK=processor)'
	@echo 'make scale      whole campaigns on a virtual clock (SIZE="1000 1000000"; ON=sqlite)'
	@echo 'make letters    every sample letter as .html, .txt, .eml and picture (Chromium draws it), into build/letters'
	@echo 'make lock       renew both lock files (make lock UPGRADE=--upgrade takes newer versions)'
	@echo 'make clean      remove $(VENV) and everything made here'

setup: $(USES)

demo: $(USES)
	@$(VENV)/bin/campaign demo

# Types and contracts are among the tests. What pytest says last is the last that is said.
# Compiled before: of the programs that the tests start, the one that reads documents may write nothing.
test: $(CHECKS)
	@$(MAKE) --no-print-directory lint
	@$(PY) -m compileall -q engine notifiers
	@$(PY) -m pytest -n $(WORKERS)

lint: $(CHECKS)
	@$(PY) -m ruff check .

types: $(CHECKS)
	@$(PY) -m mypy --strict engine notifiers tests

contracts: $(CHECKS)
	@$(VENV)/bin/lint-imports --no-logo

prove: $(CHECKS)
	@$(PY) -m pytest -n $(WORKERS) -m prove

bench: $(CHECKS)
	@$(PY) -W 'ignore:XDG_RUNTIME_DIR is not set' -m tests.bench $(if $(SIZE),--units $(SIZE)) $(if $(ROWS),--rows $(ROWS)) $(if $(ON),--on $(ON))

scale: $(CHECKS)
	@$(PY) -W 'ignore:XDG_RUNTIME_DIR is not set' -m tests.bench.whole $(or $(SIZE),1000 10000 100000) $(if $(ON),--on $(ON))

letters: $(CHECKS)
	@$(PY) -m tests.notifiers.gallery build/letters

# The second file holds only what the first does not, so that no version is written twice.
lock: $(CHECKS)
	echo 'setuptools>=77' | $(LOCK) $(UPGRADE) setup.cfg - --output-file requirements.lock
	$(LOCK) $(UPGRADE) setup.cfg --extra dev --constraint requirements.lock --output-file .ci/requirements.lock \
		$$(sed -n 's/^\([a-z0-9-]*\)==.*/--no-emit-package \1/p' requirements.lock)

clean:
	rm -rf $(VENV) build dist campaign.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo '需要 Python 3.11 或更高版本，$(PYTHON) 不是：请安装后用 make PYTHON=python3.12 指明。' >&2; \
		echo 'Python 3.11 or later is needed and $(PYTHON) is not: install one and name it, as in make PYTHON=python3.12.' >&2; \
		exit 1; }
	$(PYTHON) -m venv --clear $(VENV) || { rm -rf $(VENV); exit 1; }

# compat: by a path. The finder that would be installed instead is a fifth of the time in which `campaign --version` answers.
$(USES): requirements.lock setup.cfg pyproject.toml | $(PY)
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation \
		--config-settings editable_mode=compat --editable .
	@touch $@

$(CHECKS): .ci/requirements.lock | $(USES)
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock --requirement .ci/requirements.lock
	@touch $@
