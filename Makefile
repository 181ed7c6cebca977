# One list of commands for people and for continuous integration.
.DEFAULT_GOAL := help
.PHONY: help setup build lint test pytest demo consumer backfill benchmark-accuracy \
    benchmark-ablation benchmark-speed docs lock clean

SHELL := /bin/bash
BIN := .venv/bin
export DBT_PROFILES_DIR := $(CURDIR)/profiles
export DBT_SEND_ANONYMOUS_USAGE_STATS := false
DBT_FLAGS := --no-version-check

# The first interpreter that is new enough, has venv and really starts.
PYTHON ?= $(shell for python in python3 python3.12 python3.13 python3.11 python; do \
    $$python -c 'import sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' \
    >/dev/null 2>&1 && { echo $$python; break; }; done)

help:  ## List the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

setup: .venv/.installed  ## Make .venv and install the pinned requirements, once

.venv/.installed: requirements/locked.txt requirements/bootstrap.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "Wanted Python 3.11, 3.12 or 3.13 on the PATH." \
	    "Found none. Install one, or run: make PYTHON=/path/to/python3.12"; exit 1; }
	@echo "Installing dbt and TensorFlow into .venv: a minute or two of silence."
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
	    --requirement requirements/bootstrap.txt
	$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes \
	    --compile-bytecode requirements/locked.txt requirements/bootstrap.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps \
	    --no-build-isolation --editable .
	@touch $@

build: setup  ## Build the demo shop: clv_predictions in clv.duckdb
	$(BIN)/dbt $(DBT_FLAGS) build

backfill: setup  ## Score past dates: make backfill FROM=2024-01-01 TO=2024-01-30 STEP=7
	@test -n "$(FROM)" -a -n "$(TO)" || { echo "Wanted two dates:" \
	    "make backfill FROM=2024-01-01 TO=2024-01-30. STEP=7 takes every 7th day."; exit 1; }
	$(BIN)/python -m dynamic_clv.backfill --from $(FROM) --to $(TO) \
	    --step $(or $(STEP),1)

lint: setup  ## Check the style of Python and SQL
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/sqlfluff lint --disable-progress-bar models tests

pytest: setup  ## Test the library, the SQL and the builds
	$(BIN)/pytest

demo: setup  ## Build the demo shop from nothing in a scratch file
	rm -rf target/scratch && mkdir -p target/scratch
	CLV_DUCKDB_PATH=target/scratch/clv.duckdb $(BIN)/dbt $(DBT_FLAGS) build

consumer: setup  ## Install the package in a stranger's project and run it on CDNOW
	rm -rf integration_tests/target integration_tests/dbt_packages
	mkdir -p integration_tests/target
	cd integration_tests && export DBT_PROFILES_DIR=. \
	    CDNOW_FILE="$$(../$(BIN)/python cdnow_file.py)" && \
	    ../$(BIN)/dbt $(DBT_FLAGS) deps --quiet && ../$(BIN)/dbt $(DBT_FLAGS) build
	@$(BIN)/python integration_tests/report_holdout.py

benchmark-accuracy: setup  ## The package and its rivals, three seeds: accuracy.md
	$(BIN)/python benchmarks/accuracy.py

benchmark-ablation: setup  ## What each ingredient is worth, three seeds: ablation.md
	$(BIN)/python benchmarks/ablation.py

benchmark-speed: setup  ## Seconds and memory of builds of 10,000 and 100,000 customers
	$(BIN)/python benchmarks/speed.py

docs: setup  ## Write the dbt documentation site to target/
	$(BIN)/dbt $(DBT_FLAGS) docs generate

test: lint pytest demo consumer docs  ## All of it: what continuous integration runs

lock: setup  ## Pin the newest versions that requirements/*.in allow
	for name in bootstrap development; do $(BIN)/uv pip compile requirements/$$name.in \
	    --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
	    --output-file requirements/$$name.txt; done
	mv requirements/development.txt requirements/locked.txt

clean:  ## Remove everything that the commands above made
	rm -rf .venv target logs dbt_packages clv.duckdb clv.duckdb.wal \
	    clv_predictions.parquet integration_tests/{target,logs,dbt_packages}
