# Everyday tasks; `make` alone lists them. Each line runs what CONTRIBUTING.md describes.
.DEFAULT_GOAL := help
.PHONY: help check test long coverage baseline docs site figures lock

help: ## list the tasks
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

check: ## lint, format, types, spelling
	uv run ruff check
	uv run ruff format --check
	uv run mypy
	uv run codespell

test: ## the tests of the README
	uv run pytest

long: ## tests that take minutes
	uv run pytest -m long

coverage: ## the tests with coverage; fails below the floor
	uv run pytest --cov --cov-report=term

baseline: ## renew the numbers of all tables of six small runs that tests compare with, and say what moved
	uv run python -m tests.baseline.refresh

docs: ## pages made from the code: parameters, tables, architecture; examples from the tutorials
	uv run python -m experiments.documents.parameter_page
	uv run python -m experiments.documents.tables_page
	uv run python -m experiments.documents.architecture_page
	uv run python -m experiments.documents.tutorials

site: ## the documentation as a site in the folder site, with the outputs of the tutorials (some minutes)
	uv run mkdocs build --strict

figures: ## the reference run with its figures
	uv run detour run

lock: ## resolve the ranges anew and write the lock files (see CONTRIBUTING.md, Pins)
	uv lock --upgrade
	uv export --frozen --no-header --no-annotate --no-emit-project --output-file requirements-dev.lock
	uv export --frozen --no-dev --no-header --no-annotate --no-emit-project --output-file requirements.lock
