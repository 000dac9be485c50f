# make demo · make test · make check · make fix · make docs
# Each works as the first command on a fresh clone with python3, python3-venv and make.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# What `pip install` takes beside the program: `make test EXTRAS=dev,ocr,browser` is what CI does.
EXTRAS ?= dev
comma := ,
STAMP := $(VENV)/.installed$(if $(filter-out dev,$(EXTRAS)),-$(subst $(comma),-,$(EXTRAS)))

.PHONY: demo test check fix docs lint types contracts

demo: $(STAMP)
	$(BIN)/hotlines demo

# As they are collected: the long files of few tests come first, so that no worker waits for one.
test: $(STAMP)
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

check: lint types contracts test

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP)
	$(BIN)/mypy

contracts: $(STAMP)
	$(BIN)/lint-imports

fix: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(STAMP)
	$(BIN)/python -m outputs.describe docs

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[$(EXTRAS)]"
	touch $@
