# Kindred's commands. `make` alone lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help

PYTHON ?= python3
PORT ?= 8000
HOME_DIR ?= var
COLLECTION ?=
TESTS ?=
JOBS ?= 2
LENGTH ?= long

VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv

export VIRTUAL_ENV := $(CURDIR)/$(VENV)
export KINDRED_HOME := $(abspath $(HOME_DIR))

.PHONY: help
help:  ## list these commands
	@grep -hE '^[a-z-]+:.*  ## ' $(MAKEFILE_LIST) | sed -E 's/:.*  ## /\t/' | \
		while IFS=$$'\t' read -r name text; do printf '  make %-12s %s\n' "$$name" "$$text"; done
	@printf '\n  PORT=8000        where `make demo` serves\n'
	@printf '  COLLECTION=DIR   a folder of pictures to show instead of the study collection\n'
	@printf '  HOME_DIR=var     where database, pictures and logs are stored\n'
	@printf '  TESTS=PATH       which tests `make test` runs\n'
	@printf '  JOBS=2           how many processes `make test` uses, each with its own PostgreSQL and Redis; 0: no second process\n'
	@printf '  N=1000000        how many vectors `make bench-scale` measures, grown from the pictures and network of\n'
	@printf '                   IMAGES=DIR, BACKBONE=NAME, WEIGHTS=FILE\n'
	@printf '  N=100000         how many works `make bench-duplicates` measures\n'
	@printf '  N=30000          how many works `make bench-overviews` measures, grown from the pictures of IMAGES=DIR\n'

.PHONY: demo
demo: $(VENV)/.stamp-local  ## start everything on this machine with the study collection; Ctrl-C stops it
	@exec $(BIN)/python manage.py runlocal --port "$(PORT)" $(if $(COLLECTION),--collection "$(COLLECTION)")

.PHONY: test
test: $(VENV)/.stamp-dev  ## run all tests, in two processes
	@exec $(BIN)/python -m pytest -n $(JOBS) --dist worksteal $(or $(TESTS),--ignore tests/resilience)

.PHONY: resilience
resilience: $(VENV)/.stamp-dev  ## kill processes during uploads, crawl for leaks, send hostile files; LENGTH=short takes minutes
	@LENGTH=$(LENGTH) exec $(BIN)/python -m pytest -n $(JOBS) --dist worksteal tests/resilience

.PHONY: check
check: $(VENV)/.stamp-dev  ## style, types, layers, migrations, locked requirements
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py check --fail-level WARNING
	@$(MAKE) --no-print-directory check-locked

.PHONY: bench
bench: $(VENV)/.stamp-bench  ## run the benchmarks and print a table
	@exec $(BIN)/python -m bench

.PHONY: bench-iiif
bench-iiif: $(VENV)/.stamp-bench  ## measure tiles of enlarged pictures: time of one, and tiles a second
	@exec $(BIN)/python -m bench pages.image_service

.PHONY: bench-scale
bench-scale: N = 1000000
bench-scale: $(VENV)/.stamp-bench  ## measure queries among up to N=1000000 vectors; about an hour
	@exec $(BIN)/python -m bench.scale $(N) $(if $(IMAGES),--images "$(IMAGES)") \
		$(if $(BACKBONE),--backbone "$(BACKBONE)") $(if $(WEIGHTS),--weights "$(WEIGHTS)")

.PHONY: bench-duplicates
bench-duplicates: N = 100000
bench-duplicates: $(VENV)/.stamp-bench  ## measure what looking for duplicates costs an upload among 2,000 and N=100000 works
	@OMP_NUM_THREADS=1 exec $(BIN)/python -m bench.duplicates $(N)

.PHONY: bench-overviews
bench-overviews: N = 30000
bench-overviews: $(VENV)/.stamp-bench  ## measure groups, the map and paths among N=30000 works
	@exec $(BIN)/python -m bench.overviews $(N) $(if $(IMAGES),--images "$(IMAGES)")

.PHONY: quality
quality: ADDRESS = http://localhost:8000
quality: $(VENV)/.stamp-dev  ## measure the public pages of the site that runs at ADDRESS, and write docs/quality.md; needs Node.js
	@exec $(BIN)/python -m bench.quality "$(ADDRESS)"

.PHONY: bench-device
bench-device: $(VENV)/.stamp-bench  ## measure networks and decoding on a CUDA device; under five minutes
	@exec $(BIN)/python -m bench.device $(if $(IMAGES),--images "$(IMAGES)") $(if $(WEIGHTS),--weights "$(WEIGHTS)")

.PHONY: install
install: $(VENV)/.stamp-dev  ## create the environment for development

.PHONY: format
format: $(VENV)/.stamp-dev  ## format the code
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

.PHONY: messages
messages: MAKEMESSAGES = $(BIN)/python manage.py makemessages --locale=de --no-location --no-wrap --no-obsolete \
	--ignore=$(VENV) --ignore=var --ignore=tests --ignore=bench --ignore=bench-results --ignore=static/vendor
messages: export DATABASE_URL = postgresql:///none
messages: export REDIS_URL = redis://localhost/0
messages: $(VENV)/.stamp-dev  ## collect the texts for translation and compile the translations; needs GNU gettext
	$(MAKEMESSAGES) --domain=django
	$(MAKEMESSAGES) --domain=djangojs
	sed -i '/^"POT-Creation-Date/d; /^"Report-Msgid-Bugs-To/d' locale/*/LC_MESSAGES/*.po  # they change in every branch
	$(BIN)/python manage.py compilemessages --locale=de --ignore=$(VENV)

# --- requirements, pinned with hashes; each file is a superset of the one before ---

LOCKS := web worker local dev bench
EXTRAS_web :=
EXTRAS_worker := --extra worker
EXTRAS_local := $(EXTRAS_worker) --extra local
EXTRAS_dev := $(EXTRAS_local) --extra dev
EXTRAS_bench := $(EXTRAS_dev) --extra bench
COMPILE := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate

.PHONY: lock
lock: $(VENV)/.stamp-uv  ## pin the requirements again (UPGRADE=--upgrade takes newer versions)
	@for name in $(LOCKS); do echo "requirements/$$name.txt"; $(MAKE) --no-print-directory -s lock-$$name || exit 1; done

lock-%: $(VENV)/.stamp-uv
	@$(COMPILE) $(UPGRADE) $(EXTRAS_$*) pyproject.toml -o $(or $(OUT),requirements/$*.txt) >/dev/null

.PHONY: check-locked
check-locked: $(VENV)/.stamp-uv
	@set -e; copy=$$(mktemp); trap 'rm -f "$$copy"' EXIT; \
	for name in $(LOCKS); do \
		cp requirements/$$name.txt "$$copy"; \
		if ! $(MAKE) --no-print-directory -s lock-$$name UPGRADE=--offline OUT="$$copy" 2>/dev/null; then \
			echo "requirements/$$name.txt: not compared with pyproject.toml, as that needs the network"; \
		elif ! diff -q requirements/$$name.txt "$$copy" >/dev/null; then \
			echo "requirements/$$name.txt does not match pyproject.toml: run make lock"; exit 1; \
		fi; \
	done

# --- the environment ---

$(VENV)/.stamp-uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "Kindred needs Python 3.11 or newer; name one as in: make $(or $(MAKECMDGOALS),demo) PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) >/dev/null || \
		{ echo "$(PYTHON) cannot make an environment; on Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@touch $@

# Installed packages stay, so that `make demo` removes nothing from a developer's environment.
$(VENV)/.stamp-%: requirements/%.txt $(VENV)/.stamp-uv
	@echo "Installing requirements/$*.txt into $(VENV)"
	@$(UV) pip install --quiet --require-hashes -r requirements/$*.txt
	@touch $@ $(if $(filter dev bench,$*),$(VENV)/.stamp-local) $(if $(filter bench,$*),$(VENV)/.stamp-dev)

.SECONDARY: $(VENV)/.stamp-uv
