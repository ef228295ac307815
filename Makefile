# Two commands do everything: `make run` and `make test`. The others are for people who work on Algos.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON := $(shell for p in python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(not (3,11) <= sys.version_info[:2] <= (3,12))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready-$(shell cat requirements/*.txt pyproject.toml 2>/dev/null | cksum | cut -d' ' -f1)

.PHONY: help run test browser lint fmt docs docs-site docs-screenshots licences types bench bench-vignettes ready fresh nightly lock clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

$(READY):
	@$(if $(PYTHON),,echo "Algos needs Python 3.11 or 3.12 (durable_rules does not build for 3.13); none was found." >&2; exit 1)
	@command -v git >/dev/null || { echo "Algos needs git; please install it." >&2; exit 1; }
	@command -v $${CC:-cc} >/dev/null || { echo "Algos needs a C compiler to build durable_rules; please install one (for instance gcc)." >&2; exit 1; }
	@$(PYTHON) -c 'import sysconfig, os, sys; sys.exit(not os.path.exists(os.path.join(sysconfig.get_paths()["include"], "Python.h")))' \
		|| { echo "Algos needs the Python headers to build durable_rules (Debian: python3-dev)." >&2; exit 1; }
	@echo "Installing Algos into $(VENV) with $(PYTHON) (once, some minutes) ..."
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/build.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --require-hashes -r requirements/lock.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	@touch $@
	@echo "Ready: the command line is $(BIN)/algos"

run: $(READY) ## Install what is needed and open the console on the starter knowledge base
	@$(BIN)/algos console

# Browser tests need Chromium: the machine's own, else Debian's package, else Playwright's download.
browser: $(READY)
	@command -v chromium chromium-browser google-chrome >/dev/null || { \
		echo "Installing Chromium for the browser tests (once) ..."; \
		if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then apt-get update -qq && apt-get install -y -qq chromium >/dev/null; \
		else $(BIN)/playwright install chromium; fi; } || { \
		echo "No Chromium could be installed: please install it (Debian: apt-get install chromium) and try again." >&2; exit 1; }

# Two cores, two processes: with more, browser tests wait for each other.
test: $(READY) lint browser ## Install what is needed and run every check and test
	@$(BIN)/algos check --no-warnings
	@$(BIN)/algos test
	@$(BIN)/python -m pytest -n 2

lint: $(READY)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

fmt: $(READY) ## Format code and knowledge base
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format --quiet .
	@$(BIN)/algos fmt

docs: $(READY) ## Write the generated pages
	@$(BIN)/python -m validators.pages

docs-site: $(READY) ## Build the documentation as a site, in build/site
	@$(BIN)/sphinx-build -q -E -W --keep-going -n -b html docs build/site
	@echo "Open build/site/index.html"

licences: $(READY) ## Write the list of what Algos is distributed with, and under which licences
	@$(BIN)/python -m docs.third_party

types: $(READY) ## Write the bundles' JSON Schemas and TypeScript types (needs npm)
	@cd exports/runtime/js && npm ci --silent
	@$(BIN)/python -m exports.bundle.publish

docs-screenshots: $(READY) browser ## Photograph console and assessment anew, for the documentation
	@$(BIN)/python -m docs.screenshots
	@$(BIN)/python -m docs.assessment_screenshots
	@$(BIN)/python -m docs.journey

bench: $(READY) ## Measure speed and accuracy: ratios and counts in one run each
	@$(BIN)/python -m benchmarks.engine_speed
	@$(BIN)/python -m benchmarks.console_rerun
	@$(BIN)/python -m benchmarks.proofs
	@$(BIN)/python -m benchmarks.review_speed
	@$(BIN)/python -m benchmarks.runtime
	@$(BIN)/python -m benchmarks.assessment
	@$(BIN)/python -m benchmarks.sql
	@$(BIN)/python -m benchmarks.cases_generated
	@$(BIN)/python -m benchmarks.vignettes
	@$(BIN)/python -m benchmarks.population

bench-vignettes: $(READY) ## Published patients with a known diagnosis
	@$(BIN)/python -m benchmarks.vignettes

# A package that was built here once lies in pip's cache, and hides that a new machine cannot build it.
fresh: ## Install into a new folder with nothing cached, with each Python that is here, and check the knowledge base there
	@for python in python3.11 python3.12; do \
		$$python -c '' 2>/dev/null || { echo "no $$python here"; continue; }; \
		folder=$$(mktemp -d) && git clone -q . $$folder && \
		PIP_NO_CACHE_DIR=1 $(MAKE) -s --no-print-directory -C $$folder PYTHON=$$python ready && \
		(cd $$folder && $(BIN)/algos check --no-warnings) || { echo "With $$python it cannot be installed" >&2; exit 1; }; \
		rm -rf $$folder; \
	done

ready: $(READY)

# Firefox and WebKit are tried where they are; their tests say what to install (Debian: firefox-esr webkit2gtk-driver xvfb).
nightly: $(READY) fresh ## Full counts: a fresh install, soak, and every property at length
	@HYPOTHESIS_PROFILE=nightly $(BIN)/python -m pytest -n 2 --timeout 3600
	@$(BIN)/python -m benchmarks.engine_soak

lock: ## Pin what pyproject.toml asks for (needs uv)
	@printf 'setuptools\nwheel\npip\npoetry-core\n' | uv pip compile - --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --no-annotate --unsafe-package none --quiet -o requirements/build.txt
	@uv pip compile pyproject.toml --extra dev --extra bench --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --no-annotate --quiet -o requirements/lock.txt

clean: ## Remove what was installed and built
	@rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
