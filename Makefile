# Every target starts from a bare Python 3.11+: the bootstrap makes .venv when it has to.
PYTHON ?= python3
BOOT = $(PYTHON) -m config.launch.bootstrap
DEV = $(BOOT) --dev
# How many tests run side by side, and what to hand to pytest: make test ARGS="tests/points -x"
WORKERS ?= 2
ARGS ?=
# Where `make looks` keeps pictures; SITE=http://… looks at a product that runs already.
INTO ?= var/looks
# Where checks of production settings get their values; nothing is listening there.
PRODUCTION = $(DEV) launch production

.DEFAULT_GOAL := help
.PHONY: run stop test soak bench demo manage venv fix lint types layers migrations translations \
	deploy-check check css screenshots looks constraints help

run: ## Start everything on PORT (default 8000), data under VAR (default var/); Ctrl-C stops it
	@exec $(BOOT) launch run

stop: ## Stop what a lost terminal left running
	@exec $(BOOT) launch stop

test: ## Run all tests on throw-away servers (ARGS="tests/points -x" to choose)
	@exec $(DEV) python -m pytest -q -n $(WORKERS) --dist worksteal $(ARGS)

soak: ## Run the tests that are too long for `make test`
	@exec $(DEV) python -m pytest -q -m soak $(ARGS)

bench: ## Run the benchmarks beside their yardsticks (ARGS="earn orders" to choose)
	@exec $(DEV) python -m tests.benchmarks $(ARGS)

demo: ## Load the demo shop into the database of this VAR
	@exec $(BOOT) python manage.py load_demo $(ARGS)

venv: ## Make .venv with all tools
	@exec $(DEV)

fix: ## Let ruff put right what it can
	@$(DEV) ruff check --fix .
	@$(DEV) ruff format .

lint: ## ruff: rules and format
	@$(DEV) ruff check .
	@$(DEV) ruff format --check .

types: ## mypy, strict
	@exec $(DEV) launch settings mypy .

layers: ## import-linter: imports point down, other apps are seen through their facades
	@exec $(DEV) launch settings lint-imports

migrations: ## Models and migrations agree
	@PYTHONWARNINGS="ignore:Got an error checking" \
		exec $(DEV) launch settings python manage.py makemigrations --check --dry-run

translations: ## Every string has its Chinese, and placeholders agree
	@exec $(DEV) launch settings python manage.py messages check

deploy-check: ## Django's deployment checks on production settings
	@exec $(PRODUCTION) python manage.py check --deploy --fail-level WARNING

check: ## Exactly what CI runs
	@exec bash .ci/run

css: ## Build the style sheets (the built files are committed)
	@exec $(DEV) launch settings python manage.py build_css

screenshots: ## Take the README's pictures from the running product (needs Chromium)
	@exec $(DEV) python -m config.launch.screenshots

looks: ## Open every page in eight views: pictures, contact sheets and a report (INTO=folder)
	@exec $(DEV) python -m config.launch.looks $(INTO) $(if $(SITE),--site $(SITE)) \
		$(if $(ONLY),--only "$(ONLY)") $(if $(HALF),--half)

constraints: ## Pin everything that the requirement files bring along
	@exec $(DEV) uv pip compile -q --universal --python-version 3.11 --no-annotate --no-header \
		--no-emit-index-url requirements-dev.txt -o config/launch/constraints.txt

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
