# Each command sets up what it lacks. `make help` lists them.
#   PACK=starter  CONFIG=default  TARGET=cpu-x86 (default: this host)  PYTHON=python3.12  TORCH_INDEX=URL

PACK ?= starter
CONFIG ?= default
TARGET ?=
PYTHON ?=
TORCH_INDEX ?=
SEED ?= 1
SAMPLE ?= 60
ONLY ?=

SYSTEM_PYTHON := $(or $(PYTHON),python3)
SETUP := $(SYSTEM_PYTHON) scripts/setup.py --python "$(PYTHON)" --torch-index "$(TORCH_INDEX)"
EDGEMM := .venv/bin/edgemm
EXPORT := $(EDGEMM) export $(PACK) $(if $(TARGET),--target $(TARGET))
# Flags only for what was asked for: they would override CONFIG.
CHOSEN := $(if $(filter-out starter,$(PACK)),--pack $(PACK)) $(if $(TARGET),--target $(TARGET))
# A device that only runs bundles was set up by `make setup-runtime`; it exports nothing and needs no torch.
RUNTIME_ONLY := test -f .venv/.edgemm-runtime && ! ls .venv/.edgemm-export .venv/.edgemm-test .venv/.edgemm-bench >/dev/null 2>&1

.PHONY: help setup setup-runtime export run demo test mutants check bench docs figures clean
.DEFAULT_GOAL := help

help: ## this list
	@echo "usage: make COMMAND [PACK=starter] [CONFIG=default] [TARGET=...] [PYTHON=...] [TORCH_INDEX=URL]"; echo
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | awk -F '\t' '{printf "  %-14s %s\n", $$1, $$2}'

setup: ## everything but the assistant itself: environment, system packages, tools for tests and checks
	@$(SETUP) test

setup-runtime: ## a device that only runs bundles: no torch; copy a bundles/ folder here afterwards
	@$(SETUP) runtime

export: ## checkpoints -> verified, quantised bundles of PACK for TARGET
	@$(SETUP) export
	@$(EXPORT)

run: ## the live assistant; without camera and microphone, a demonstration
	@$(RUNTIME_ONLY) || { $(SETUP) export && $(EXPORT); }
	@$(EDGEMM) run $(CONFIG) --demonstrate $(CHOSEN)

demo: ## the built-in session, faster than real time; fails unless what was said is right
	@$(RUNTIME_ONLY) || { $(SETUP) export && $(EXPORT); }
	@$(EDGEMM) replay demo

test: ## every test, on freshly verified bundles of the starter pack
	@$(SETUP) test
	@$(EDGEMM) export starter
	@EDGEMM_REQUIRE_BUNDLES=1 OMP_NUM_THREADS=1 .venv/bin/python -m pytest

mutants: ## plant a seeded sample of faults, count what the tests notice: SEED=7 SAMPLE=60 ONLY=runtime/stages
	@$(SETUP) test
	@.venv/bin/python scripts/mutants.py --seed $(SEED) --sample $(SAMPLE) $(if $(ONLY),--only $(ONLY))

check: ## style, types, import contracts
	@$(SETUP) test
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports

bench: ## measure; one table, a JSON file and plots in out/bench
	@$(SETUP) bench
	@$(EDGEMM) export $(PACK)
	@$(EDGEMM) bench $(PACK)

docs: ## write what is made from the code: configuration page, event schema
	@$(SETUP) test
	@for script in configuration_reference event_schema; do .venv/bin/python scripts/$$script.py; done

figures: ## write docs/figures.md from the last bench and the exported bundles
	@.venv/bin/python scripts/figures_page.py

clean: ## remove what was made here: bundles, caches, environment
	rm -rf .venv .cache bundles out build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
