# RMS Review. `make run` serves, `make test` tests; both need only Python >= 3.11 and make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
STAMP_DEV := $(VENV)/.installed-dev
ONLY ?=
WORKERS ?= auto
ARGS ?=

.PHONY: help run install test check bench soak fake-sources screenshots lock clean

help:            ## what there is to make
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 16

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "RMS Review needs Python 3.11 or newer; name one with PYTHON=python3.12 make …"; exit 1; }
	$(PYTHON) -m venv $(VENV)

# uv where it is on the PATH (seconds), else pip (under a minute). Hashes are checked by both.
define install-packages
	@if command -v uv >/dev/null 2>&1; then \
	  VIRTUAL_ENV=$(VENV) uv pip install --quiet --python $(BIN)/python --require-hashes -r $(1); \
	else \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1); \
	fi
endef

$(STAMP): requirements.txt | $(BIN)/python
	@echo "Installing the packages of requirements.txt …"
	$(call install-packages,requirements.txt)
	@touch $@

$(STAMP_DEV): requirements-dev.txt $(STAMP)
	@echo "Installing the packages of requirements-dev.txt …"
	$(call install-packages,requirements-dev.txt)
	@touch $@

install: $(STAMP_DEV)   ## runtime and development packages into .venv

run: $(STAMP)    ## serve on http://127.0.0.1:$PORT with worker and scheduler
	@$(BIN)/python manage.py up

test: $(STAMP_DEV)      ## all tests; WORKERS=3 for so many at once
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

check: $(STAMP_DEV)     ## lint, types, import rules, migrations, API schema, templates
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	PYTHONPATH=. $(BIN)/lint-imports --no-cache
	$(BIN)/mypy .
	$(BIN)/python manage.py check --fail-level WARNING
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py spectacular --validate --fail-on-warn --file /dev/null
	$(BIN)/djlint templates --lint --quiet

bench: $(STAMP_DEV)     ## figures as JSON lines; ONLY=name for one
	@$(BIN)/python -m tests.bench $(ONLY)

fake-sources: $(STAMP_DEV)   ## PubMed and Semantic Scholar on this machine, for work offline
	@$(BIN)/python -m tests.fake_sources $(ARGS)

soak: $(STAMP_DEV)      ## pulls whose workers, Redis and PostgreSQL die at random; KILLS=30 MINUTES=25
	$(BIN)/python -m tests.soak

screenshots: $(STAMP_DEV)   ## the pictures of the README, made by the product itself
	$(BIN)/python -m tests.screenshots

lock:            ## requirements*.txt with hashes from requirements*.in (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes requirements.in -o requirements.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes requirements-dev.in -o requirements-dev.txt

clean:           ## the installed packages; the library under var/ stays
	rm -rf $(VENV)
