# Everything that is done with lungstudy from a checkout. Needs Python 3.11 or later and make; `make` lists the commands.

PORT ?= 8000
# Which build of torch: cpu, or a CUDA one such as cu130 (see https://pytorch.org/get-started/locally/).
TORCH ?= cpu
TORCH_VERSION := 2.13.0
UV := uv==0.13.9

VENV := .venv
PYTHON := $(VENV)/bin/python
PIP := $(PYTHON) -m pip install --quiet --disable-pip-version-check
# The locks name everything. Resolving them again, older pips trip over an extra (coverage[toml]) once a newer release is out.
LOCKED := $(PIP) --no-deps --require-hashes

# A finished step leaves a stamp that carries the hash of what it was made from: changed input, new step.
stamp = $(VENV)/$(1)-$(shell cat $(2) | cksum | tr ' ' '-').done
BASE := $(call stamp,base,requirements/base.txt)
ML := $(call stamp,ml,requirements/ml.txt)
DEV := $(call stamp,dev,requirements/dev.txt)
TORCH_DONE := $(VENV)/torch-$(TORCH_VERSION)-$(TORCH).done

.PHONY: help run setup setup-tests test coverage lint bench bench-masks screenshots starter lock clean

help: ## List these commands.
	@sed -n 's/^\([a-z-]*\):.*## /  make \1|/p' Makefile | awk -F'|' '{printf "%-20s %s\n", $$1, $$2}'

run: export LUNGSTUDY_BASE_URL ?= http://127.0.0.1:$(PORT)
run: setup ## Set up what is missing and start the site on http://127.0.0.1:8000 (PORT=...).
	@exec $(PYTHON) manage.py up --port $(PORT)

setup: $(BASE) $(ML) $(TORCH_DONE) ## Install what the site and its workers need (TORCH=cu130 for a GPU).

setup-tests: setup $(DEV) ## Install what the tests need on top.

test: setup-tests ## Run every check and every test, on SQLite and on Postgres.
	@$(PYTHON) -m tests

coverage: setup-tests ## Run the tests that need no browser and say which lines none of them runs.
	OMP_NUM_THREADS=1 $(PYTHON) -m pytest -q -m "not browser" --cov --cov-report=term:skip-covered

lint: $(BASE) $(DEV) ## Format, then run the quick checks.
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

bench: setup-tests ## Measure the site and print the tables of the docs.
	@$(PYTHON) -m tests.bench

bench-masks: setup-tests ## Measure every way to make masks on the real films beside the repository.
	@OMP_NUM_THREADS=1 $(PYTHON) -m tests.bench.masks

screenshots: setup-tests ## Take the pictures of every page again that the docs show.
	$(PYTHON) -m pytest -q tests/browser/test_every_page.py -k light --screenshots docs/screenshots

starter: setup ## Train the starter model again, on phantoms.
	OMP_NUM_THREADS=2 $(PYTHON) manage.py train_starter --out generation/starter --work var/starter

clean: ## Remove the environment and caches; what the site stored under var/ stays.
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage*

# --- The environment ---------------------------------------------------------------------------------------

$(PYTHON):
	@for python in $(or $(WITH),python3 python3.14 python3.13 python3.12 python3.11); do \
	  if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    echo "Making $(VENV) with $$($$python --version)"; exec $$python -m venv $(VENV); fi; \
	done; echo "lungstudy needs Python 3.11 or later and found none. Install one, or name it: make $(MAKECMDGOALS) WITH=/path/to/python3.11" >&2; exit 1

$(BASE): | $(PYTHON)
	@echo "Installing the site (about 300 MB)"
	@$(LOCKED) -r requirements/base.txt
	@touch $@

$(ML): $(BASE)
	@echo "Installing diffusers and what it needs"
	@$(LOCKED) -r requirements/ml.txt
	@touch $@

# torch is no part of the lock: each machine has its own build of it, and a plain one brings 2.7 GB of CUDA along.
$(TORCH_DONE): $(ML)
	@echo "Installing torch $(TORCH_VERSION) ($(TORCH), from a minute to many)"
	@$(PIP) 'torch==$(TORCH_VERSION)+$(TORCH)' 2>/dev/null \
	  || $(PIP) --index-url https://download.pytorch.org/whl/$(TORCH) 'torch==$(TORCH_VERSION)' \
	  || $(PIP) 'torch==$(TORCH_VERSION)'
	@rm -f $(VENV)/torch-*.done; touch $@

$(DEV): $(BASE)
	@echo "Installing what the tests need"
	@$(LOCKED) -r requirements/dev.txt
	@touch $@

# --- The locks -----------------------------------------------------------------------------------------------

COMPILE = $(VENV)/lock/bin/uv pip compile --quiet --universal --fork-strategy fewest --python-version 3.11 \
  --generate-hashes --custom-compile-command 'make lock' $(UPGRADE)

lock: $(PYTHON) ## Lock the versions again after an edit of requirements/*.in (UPGRADE=--upgrade for newer ones).
	@$(PYTHON) -m venv $(VENV)/lock && $(VENV)/lock/bin/pip install --quiet --disable-pip-version-check $(UV)
	$(COMPILE) requirements/base.in -o requirements/base.txt
	cp requirements/ml.txt requirements/ml-with-torch.txt
	$(COMPILE) -c requirements/base.txt requirements/ml.in -o requirements/ml-with-torch.txt
	awk '/^[a-z0-9]/ {skip = /^(torch|triton|cuda|nvidia)[-=]/} !skip' requirements/ml-with-torch.txt > requirements/ml.txt
	rm requirements/ml-with-torch.txt
	$(COMPILE) -c requirements/base.txt -c requirements/ml.txt requirements/dev.in -o requirements/dev.txt
