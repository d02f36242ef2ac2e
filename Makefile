# On a fresh Debian machine with python3 and make:
#   make demo    one whole round of the example project, in the folder demo/
#   make test    all tests, those with LibreOffice included; with COVERAGE=1 it measures which lines they run
#   make soak    the campaigns of the tests at greater length: make soak SOAK=10 SEED=7
#   make lint    what the tests do not see: style and types
#   make lowest  the same job with the lowest versions that pyproject.toml allows
#   make bench   how many times as fast as the plain way, merging and generating
# Both of the first two install what is missing. Another Python than python3: make demo PYTHON=python3.12

PYTHON ?= python3
BIN := .venv/bin

SOAK ?= 10
SEED ?= 1

.PHONY: demo test soak lint lowest bench

demo: .venv/.runs
	rm -rf demo
	$(BIN)/xlsflow demo demo

test: .venv/.tests
	@sh .ci/prepare office
	@$(BIN)/xlsflow page --get-runtime --runtime .venv/page-runtime
	$(BIN)/pytest -n auto --dist worksteal $(if $(COVERAGE),--cov --cov-report=term)

soak: .venv/.tests
	@sh .ci/prepare office
	@$(BIN)/xlsflow page --get-runtime --runtime .venv/page-runtime
	XLSFLOW_SOAK=$(SOAK) XLSFLOW_SEED=$(SEED) $(BIN)/pytest -n auto --dist worksteal -m soak --hypothesis-seed=$(SEED) --timeout=0

lint: .venv/.tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

lowest: .venv/.tests
	$(BIN)/python .ci/lowest.py

bench: .venv/.tests
	$(BIN)/python -m tests.benchmarks.bench_merge
	$(BIN)/python -m tests.benchmarks.bench_generate

.venv/.runs: pyproject.toml .ci/constraints.txt
	@PYTHON="$(PYTHON)" sh .ci/prepare python
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint .ci/constraints.txt --editable .
	@touch $@

.venv/.tests: pyproject.toml .ci/constraints.txt
	@PYTHON="$(PYTHON)" sh .ci/prepare python
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint .ci/constraints.txt --editable '.[dev,mail]'
	@touch $@ .venv/.runs
