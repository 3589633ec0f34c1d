# MediSupply. `make` alone lists what there is.

.DEFAULT_GOAL := help
.NOTPARALLEL:

# make run PORT=18100 RUN_DIR=run2 starts a second copy beside the first.
PORT ?= 8000
RUN_DIR ?= run
export PORT RUN_DIR

# More arguments for pytest: make test ARGS="-k template -x"
ARGS ?=
export ARGS

MINUTES ?= 5
export MINUTES

PYTHON := .venv/bin/python
INSTALLED := .venv/.installed
AWS := .venv-aws/.installed
UV := .venv-tools/bin/uv

.PHONY: help
help:  ## list the commands
	@awk -F ':.*## *' '/^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' Makefile

.PHONY: run
run: $(INSTALLED) $(AWS)  ## start everything on this machine (PORT=8000 RUN_DIR=run); Ctrl-C stops it
	@$(PYTHON) -m dev.stack run

.PHONY: demo
demo: $(INSTALLED)  ## import the example file on a stack of its own, show what happens, stop
	@$(PYTHON) -m dev.stack demo

.PHONY: test
test: $(INSTALLED) $(AWS)  ## all tests, on SQLite, and on PostgreSQL if there is one (ARGS="-k name")
	@$(PYTHON) -m dev.run_tests

INTERPRETER ?= python3.11

.PHONY: test-python
test-python: $(INSTALLED) $(AWS)  ## the tests that another Python makes a difference to (INTERPRETER=python3.13)
	@$(PYTHON) -m dev.other_pythons $(INTERPRETER)

.PHONY: test-newer-pythons
test-newer-pythons: $(INSTALLED) $(AWS)  ## these on each newer Python of this machine (NEWER_PYTHONS=3.13)
	@$(PYTHON) -m dev.other_pythons

.PHONY: coverage
coverage: $(INSTALLED) $(AWS)  ## all tests, and which branches of the product they take; it has a floor
	@$(PYTHON) -m dev.run_tests --coverage

# The checks need settings as a developer has them; nothing is connected to.
.PHONY: lint
lint: export DEBUG = true
lint: export DATABASE_URL = sqlite://:memory:
lint: export REDIS_URL = redis://127.0.0.1:6379/0
lint: export AWS_ENDPOINT_URL = http://127.0.0.1:5000
lint: $(INSTALLED)  ## style, types, Django's own checks, missing migrations, the template for AWS
	@echo "ruff check" && $(PYTHON) -m ruff check .
	@echo "ruff format" && $(PYTHON) -m ruff format --check .
	@echo "mypy" && $(PYTHON) -m mypy .
	@echo "manage.py check" && $(PYTHON) manage.py check
	@echo "manage.py makemigrations --check" && $(PYTHON) manage.py makemigrations --check --dry-run
	@echo "cfn-lint" && .venv/bin/cfn-lint deploy/aws/cloudformation.yaml

# The one tool here that is not of Python; its own tests check the schema as well, without node.
REDOCLY_VERSION := 2.77.0
REDOCLY := .lint-tools/node_modules/.bin/redocly

.PHONY: lint-api
lint-api: $(REDOCLY)  ## lint docs/openapi.yaml as generators of clients do (needs node and npm)
	@REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true $(REDOCLY) lint --config docs/redocly.yaml --max-problems 20 docs/openapi.yaml

$(REDOCLY): Makefile
	@npm install --silent --no-audit --no-fund --no-save --prefix .lint-tools @redocly/cli@$(REDOCLY_VERSION) && touch $@

.PHONY: chaos
chaos: $(INSTALLED)  ## a soak under random faults (MINUTES=5 SEED=1); differences must be 0
	@$(PYTHON) -m dev.chaos

.PHONY: fuzz
fuzz: MINUTES := $(if $(filter file,$(origin MINUTES)),10,$(MINUTES))
fuzz: $(INSTALLED)  ## mutants of the awkward files through the reader (MINUTES=10 SEED=1); no findings
	@$(PYTHON) -m dev.fuzz

.PHONY: screenshots
screenshots: $(INSTALLED)  ## draw docs/img/*.png again from a running system of its own
	@$(PYTHON) -m dev.screenshots

.PHONY: picture
picture: $(INSTALLED)  ## draw the packages in docs/development.md again, after a change of who imports whom
	@$(PYTHON) -m dev.packages

.PHONY: licenses
licenses: $(INSTALLED)  ## write docs/licenses.md again, after a change of the packages
	@$(PYTHON) -m dev.licenses

.PHONY: schema
schema: $(INSTALLED)  ## write docs/openapi.yaml again, after a change of the API
	@DEBUG=true $(PYTHON) manage.py spectacular --lang es --file docs/openapi.yaml

.PHONY: guide
guide: $(INSTALLED)  ## write docs/preparar-el-archivo.md again, after a change of columns or messages
	@DEBUG=true $(PYTHON) manage.py make_guide

.PHONY: configuration
configuration: $(INSTALLED)  ## write docs/configuracion.md and .env.example again, after a change of a variable
	@$(PYTHON) -m dev.configuration

.PHONY: templates
templates: $(INSTALLED)  ## write fixtures/*.xlsx again, after a change of the columns
	@DEBUG=true $(PYTHON) manage.py make_templates

.PHONY: requirements
requirements: $(UV)  ## resolve requirements/*.in to *.txt with hashes (UPGRADE=1 takes newer versions)
	@echo "base.in -> base.txt" && $(UV_COMPILE) requirements/base.in -o requirements/base.txt
	@echo "dev.in  -> dev.txt" && $(UV_COMPILE) -c requirements/base.txt requirements/dev.in -o requirements/dev.txt
	@echo "aws.in  -> aws.txt" && $(UV_COMPILE) requirements/aws.in -o requirements/aws.txt
	@echo "bench.in -> bench.txt" && $(UV_COMPILE) -c requirements/dev.txt requirements/bench.in -o requirements/bench.txt

UV_COMPILE = $(UV) pip compile --quiet --universal --no-strip-extras --python-version 3.11 --generate-hashes \
	--custom-compile-command "make requirements" $(if $(UPGRADE),--upgrade)

# --- What the commands above need --------------------------------------------------------------

# The first Python that is new enough; 3.11 first, because that is what production runs.
FIND_PYTHON = for name in python3.11 python3.12 python3.13 python3.14 python3 python; do \
	if $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then command -v $$name; break; fi; \
	done

# Written last, so an installation that broke off is done again, and one that is complete is not.
$(INSTALLED): requirements/base.txt requirements/dev.txt
	@$(PYTHON) -c '' 2>/dev/null || { python=$$($(FIND_PYTHON)); \
	if [ -z "$$python" ]; then echo "MediSupply needs Python 3.11 or newer, and none was found on the PATH." >&2; exit 1; fi; \
	echo "Creating .venv with $$($$python --version)"; \
	$$python -m venv --clear .venv || { echo "The virtual environment could not be created (on Debian and Ubuntu: apt install python3-venv)." >&2; exit 1; }; }
	@$(PYTHON) -m dev.install requirements/dev.txt
	@touch $@

$(AWS): requirements/aws.txt | $(INSTALLED)
	@$(PYTHON) -m venv --clear .venv-aws
	@.venv-aws/bin/python -m dev.install requirements/aws.txt
	@touch $@

$(UV):
	@python=$$($(FIND_PYTHON)); echo "Installing uv into .venv-tools"; \
	$$python -m venv .venv-tools && .venv-tools/bin/python -m pip install --quiet --disable-pip-version-check uv

# --- Benchmarks --------------------------------------------------------------------------------

# Less of it: BENCH_QUICK=1, BENCH_RUNS=1, BENCH_SIZES=1000,20000. PostgreSQL: TEST_DATABASE_URL.
BENCHMARK = @$(PYTHON) -m benchmarks

.PHONY: bench
bench: $(INSTALLED) .venv-bench/.installed  ## measure imports beside their limit and other tools: benchmarks/RESULTS.md
	$(BENCHMARK) bench

.PHONY: bench-stock
bench-stock: $(INSTALLED)  ## measure a file of stock beside its own limit
	$(BENCHMARK) stock

.PHONY: bench-workers
bench-workers: $(INSTALLED)  ## measure 1, 2 and 4 workers over forty files
	$(BENCHMARK) workers

.PHONY: bench-night
bench-night: $(INSTALLED)  ## measure what files, chunks and rows cost, and simulate a night on larger machines
	$(BENCHMARK) night

.PHONY: bench-fairness
bench-fairness: $(INSTALLED)  ## measure small files beside a large one, with one worker
	$(BENCHMARK) fairness

.PHONY: bench-corrections
bench-corrections: $(INSTALLED)  ## measure how long the rows to correct of 200,000 rejected ones take
	$(BENCHMARK) corrections

.PHONY: bench-plans
bench-plans: $(INSTALLED)  ## measure a plan of 200,000 rows and its application, which must come to the same as the import
	$(BENCHMARK) plans

.PHONY: bench-web-memory
bench-web-memory: $(INSTALLED)  ## measure the web processes' memory over 500 uploads; it must stay flat
	$(BENCHMARK) web-memory

.PHONY: bench-search
bench-search: $(INSTALLED)  ## measure searches among 260,000 products, and what they cost an import
	$(BENCHMARK) search

.PHONY: bench-undo
bench-undo: $(INSTALLED)  ## measure plans, their application and undos beside the import of the same file
	$(BENCHMARK) undo

.PHONY: bench-day
bench-day: $(INSTALLED)  ## 1,000 small and 20 large files, 100 clients that poll, the purge: all ends, nothing grows
	$(BENCHMARK) day

.PHONY: bench-year
bench-year: $(INSTALLED)  ## a year of nights with their purges: tables, indexes and answers stop growing
	$(BENCHMARK) year

.PHONY: bench-polling
bench-polling: $(INSTALLED)  ## measure the answers to 200 clients that poll two imports
	$(BENCHMARK) polling

.PHONY: bench-previews
bench-previews: $(INSTALLED)  ## measure how soon files are seen as they are understood, and other answers meanwhile
	$(BENCHMARK) previews

.venv-bench/.installed: requirements/bench.txt | $(INSTALLED)
	@$(PYTHON) -m venv --clear .venv-bench
	@.venv-bench/bin/python -m dev.install requirements/bench.txt
	@touch $@
