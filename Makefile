# Two commands do everything: `make demo` shows Sapar, `make test` proves it.
# Needed beforehand: python3 (3.11 or newer) and make. All else goes into .venv, .venv-methods, .debian and var.
PYTHON ?= python3
SETUP  := $(PYTHON) tools/bootstrap.py
PY     := .venv/bin/python
# Small matrices are slower with several threads, and much slower on a busy machine.
export OPENBLAS_NUM_THREADS ?= 1
# The tests start some hundred processes: kept bytecode saves each of them seconds, whatever the machine is set to.
export PYTHONDONTWRITEBYTECODE :=
# Processes that share the tests. Much of their time they wait for servers and browsers: two cores keep three busy.
WORKERS ?= 3

.PHONY: help server demo test test-unit test-methods test-sqlite test-postgres check bench docs shots lock clean setup setup-dev

help:
	@echo "make demo      a running Sapar with invented data; prints the address and the sign-ins"
	@echo "make test      every test: methods without Django, SQLite, PostgreSQL, a real browser"
	@echo "make check     linters, types, layers, migrations, translations, documentation"
	@echo "make server    set up a server in this folder (docs/how-to/deploy.md)"
	@echo "make bench     measure, and write docs/reference/benchmarks.md"
	@echo "make docs      build the documentation into site/"
	@echo "make shots     take the screenshots of the tutorial"
	@echo "make lock      renew the lock files"
	@echo "make clean     remove what the other words made"

setup:
	@$(SETUP) server
	@$(SETUP) assets

setup-dev:
	@$(SETUP) dev
	@$(SETUP) assets

# Whoever runs the server may not write beside the program: it is compiled here.
server: setup
	@$(PY) -m compileall -q -j 0 .venv/lib src

demo: setup
	@$(PY) -m sapar.cli demo $(ARGS)

test: test-methods test-sqlite test-postgres

test-methods:
	@$(SETUP) methods
	@.venv-methods/bin/python tools/without_django.py
	@.venv-methods/bin/python -m pytest -q -n $(WORKERS) --dist worksteal tests/methods tests/formats tests/cli $(ARGS)

test-sqlite: setup-dev
	@$(SETUP) programs
	@$(PY) -m pytest -q -n $(WORKERS) --dist worksteal --ignore=tests/methods --ignore=tests/formats --ignore=tests/cli $(ARGS)

test-postgres: setup-dev
	@$(SETUP) programs
	@SAPAR_TEST_DATABASE=postgres $(PY) -m pytest -q -n $(WORKERS) --dist worksteal -m "not e2e" --ignore=tests/methods --ignore=tests/formats --ignore=tests/cli --ignore=tests/architecture $(ARGS)

test-unit: setup-dev
	@$(PY) -m pytest -q -n $(WORKERS) --dist worksteal -m "not e2e and not slow" $(ARGS)

check: setup-dev
	@$(PY) tools/check.py

bench: setup-dev
	@$(SETUP) programs
	@$(PY) -m bench $(ARGS)

docs: setup-dev
	@$(PY) -m mkdocs build --strict --site-dir site

shots: setup-dev
	@$(SETUP) programs
	@SAPAR_SHOTS=docs/shots $(PY) -m pytest -q -m e2e tests/e2e/test_story.py $(ARGS)

lock: setup-dev
	@$(SETUP) lock

clean:
	rm -rf .venv .venv-methods .debian .debian-* node_modules var site
