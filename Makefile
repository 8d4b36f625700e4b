# Two commands matter: `make demo` and `make test`. `make help` lists all.
SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= python3
UV := $(shell command -v uv 2>/dev/null || echo .tools/bin/uv)
RUN := $(UV) run --frozen --quiet
# How many files of tests run side by side; 0: one after another. Most of them wait for sound in real time.
LANES ?= 4
export UV_PYTHON_PREFERENCE ?= only-system
.PHONY: help setup setup-test demo up call test test-fast check fix train bench speech-model test-training doctor clean

help: ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(filter .tools/bin/uv,$(UV)):
	@echo "== getting uv, which makes the Python environments"
	@$(PYTHON) -m venv .tools || { echo "no python venv: apt-get install python3-venv" >&2; exit 1; }
	@.tools/bin/pip install --quiet uv

.venv/.done: pyproject.toml uv.lock $(filter .tools/bin/uv,$(UV))
	@echo "== the application's environment (.venv)"
	@$(UV) sync --frozen 2>&1 | sed "/^ [+~-] /d"
	@touch $@

.venv-rasa/.done: $(filter .tools/bin/uv,$(UV)) $(wildcard dialogs/environment/*)
	@echo "== Rasa's environment (.venv-rasa, Python 3.10)"
	@PATH="$(dir $(abspath $(UV))):$$PATH" dialogs/environment/make.sh .venv-rasa
	@touch $@

setup: ## make both Python environments, install the Debian packages of the service
	@docker/debian-packages.sh run
	@$(MAKE) --no-print-directory .venv/.done .venv-rasa/.done

setup-test: setup ## also what the tests need: Redis, PostgreSQL, SIP phones, Chromium, Asterisk
	@docker/debian-packages.sh test
	@docker/asterisk/fetch.sh .cache/asterisk || echo "Asterisk could not be had: its tests will be skipped" >&2

demo: setup ## a car-move call in real audio through the whole house
	@$(RUN) ivr demo

up: setup ## run the service until Ctrl-C
	@$(RUN) ivr up

doctor: setup ## what is there, what is missing, and the way out
	@$(RUN) ivr doctor

check: .venv/.done ## ruff, mypy --strict, import-linter
	@$(RUN) ruff check .
	@$(RUN) mypy
	@$(RUN) lint-imports

fix: .venv/.done ## let ruff mend what it can
	@$(RUN) ruff check --fix .

test: setup-test ## everything: checks, units, real database, Redis, Rasa, Asterisk, browser
	@$(MAKE) --no-print-directory check
	@$(RUN) pytest -n $(LANES) --dist loadfile --no-loadscope-reorder

test-fast: .venv/.done ## only what needs no server
	@$(RUN) pytest -m "not asterisk and not rasa and not browser and not postgres and not redis"

train: setup ## train the dialogue model again (dialogs/models)
	@dialogs/train.sh

bench: setup ## measure turns of real-audio calls
	@$(RUN) ivr bench turns

.venv-training/.done: pyproject.toml uv.lock $(filter .tools/bin/uv,$(UV))
	@echo "== the environment that trains the ear (.venv-training: PyTorch, about 5 GB)"
	@UV_PROJECT_ENVIRONMENT=.venv-training $(UV) sync --frozen --group training 2>&1 | sed "/^ [+~-] /d"
	@touch $@

test-training: setup .venv-training/.done ## the recipe of the speech model, once and small
	@.venv-training/bin/python -m pytest tests/speech/training

speech-model: setup .venv-training/.done ## make the shipped speech model again, from nothing (about an hour)
	@.venv-training/bin/python -m ivr.speech.training make ivr/speech/models/zh-12123
	@.venv-training/bin/python -m ivr.speech.training ends ivr/speech/models/sentence_ends.tsv

clean: ## remove environments and caches; keeps var/
	@rm -rf .venv .venv-rasa .venv-training .tools .cache
