# `make chat` and `make test` install what they need into .venv on their first run and need no network after it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DATA ?= .footnote
INSTALLED := $(VENV)/.installed

.PHONY: chat test check eval
.DELETE_ON_ERROR:

chat: $(INSTALLED) ## index seeds/ and open the web chat
	"$(BIN)/footnote" chat seeds --data "$(DATA)" $(ARGS)

test: $(INSTALLED) ## all tests
	"$(BIN)/python" -m pytest $(ARGS)

check: $(INSTALLED) ## lint, types and the fast tests
	"$(BIN)/ruff" check .
	"$(BIN)/ruff" format --check .
	"$(BIN)/mypy"
	OMP_NUM_THREADS=1 "$(BIN)/python" -m pytest -m "not slow" -n auto --maxprocesses 4 $(ARGS)

eval: $(INSTALLED) ## the evaluation suite over seeds/, the test half of its cases
	"$(BIN)/footnote" eval $(ARGS)

$(INSTALLED): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Footnote needs Python 3.11 or newer; try: make PYTHON=python3.11")'
	test -x "$(BIN)/python" || $(PYTHON) -m venv "$(VENV)"
	"$(BIN)/python" -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[local,eval,dev]"
	touch "$@"
