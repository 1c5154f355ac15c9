# What a person runs here. Each target makes what it needs first; a second run does not make it again.
.DEFAULT_GOAL := help
.PHONY: help setup demo test lint screenshots bench bench-check lock clean

help:  ## say what can be made
	@sed -n 's/^\([a-z-]*\):.*## /  make \1|/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-18s %s\n", $$1, $$2}'

setup:  ## everything that the demo and the tests need, into .venv
	@tools/setup dev
	@echo "Ready: .venv/bin/groundpass --help"

demo:  ## the whole road on invented people, then the pages at http://127.0.0.1:8000
	@tools/setup run
	@exec .venv/bin/groundpass demo $(ARGS)

test: setup  ## every check: style, types, contracts, tests on SQLite and on PostgreSQL
	@exec .venv/bin/python tools/check.py

lint: setup  ## style, types and contracts alone
	@exec .venv/bin/python tools/check.py --lint

screenshots: setup  ## take the pictures of docs/images again (needs Chromium)
	@GROUNDPASS_SCREENSHOTS=1 exec .venv/bin/pytest -q tests/browser

bench: setup  ## measure the engine beside its peers and the machine's bounds (ARGS="--quick": two minutes)
	@bench/setup
	@exec .venv/bin/python bench/run.py $(ARGS)

bench-check: setup  ## measure again, and fail where a ratio has lost more than 15 %
	@bench/setup
	@exec .venv/bin/python bench/run.py --check $(ARGS)

lock: setup  ## pin the newest versions that fit
	@tools/lock --upgrade

clean:  ## forget all that was built; the register in GROUNDPASS_HOME stays
	rm -rf .venv .venv-bench .cache .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis dist build
	rm -rf frontend/node_modules src/groundpass/doors/web/static/built src/groundpass/doors/demo/built
	find src tests tools bench -name __pycache__ -prune -exec rm -rf {} + ; find src -name '*.mo' -delete
