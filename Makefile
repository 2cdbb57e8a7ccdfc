# Verbs. Each makes .venv from the lock on first use; nothing but Python 3.11+ and make is needed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
ARGS ?=
ROOM ?= mock

.DEFAULT_GOAL := help
.PHONY: help setup gate test proofs lint bench pairs adoptions mutation power mutants hostile mock lock

help:  ## List the verbs
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 16

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $(READY)

setup: $(READY)  ## Make .venv from the lock

gate: $(READY)  ## Judge the bundled mock (ARGS="--target my.toml" for a server)
	$(BIN)/nhq gate $(ARGS)

# What a test starts finds our modules compiled: an nhq begins in half the time.
test proofs: export PYTHONDONTWRITEBYTECODE :=

test: $(READY)  ## Test the suite itself; three processes, for one of them often waits for a window
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder $(ARGS)

proofs: $(READY)  ## The tests that take long and change seldom (nightly; so is `make mutation`)
	$(BIN)/python -m pytest -n 2 --dist load -m proof $(ARGS)

lint: $(READY)  ## ruff, mypy strict, import layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

bench: $(READY)  ## Measure (ratios taken in one run)
	$(BIN)/python -m benchmarks $(ARGS)

pairs: $(READY)  ## Labelled pairs of documents through nhq diff (PAIRS=FOLDER)
	$(BIN)/python -m benchmarks.pairs $(PAIRS) $(ARGS)

adoptions: $(READY)  ## Each edit of our contract through the gate and nhq adopt (long; ARGS="--only ID --jobs 2")
	$(BIN)/python -m benchmarks.adoptions $(ARGS)

mutation: $(READY)  ## Planted faults and permitted choices, the gate as their judge; writes reports/POWER.md
	$(BIN)/nhq mutation --variants --control-runs 20 --write $(ARGS)

power: mutation

mutants: $(READY)  ## Machine-made bugs and who sees them (long; ROOM=mock, checks, ratelimit, contracts, areas; ARGS="--sample 20")
	$(BIN)/python -m benchmarks.mutants $(ROOM) $(ARGS)

hostile: $(READY)  ## The whole gate against each kind of hostile server; writes reports/HOSTILE.md (long)
	$(BIN)/python -m benchmarks.hostile --write $(ARGS)

mock: $(READY)  ## Serve the mock on port 4010
	$(BIN)/nhq mock $(ARGS)

lock:  ## Make requirements.lock anew (needs uv)
	uv pip compile --all-extras --generate-hashes --no-emit-index-url --universal --no-header -q pyproject.toml -o requirements.lock
