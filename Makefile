# Two commands on a fresh machine: `make briefs` and `make test`. `make` alone lists all, and
# installs nothing.

VENV := .venv
BIN := $(VENV)/bin
START := notebooks/START.md
READY := $(VENV)/ready
SPARK_READY := $(VENV)/spark-ready
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
PYTHONS := python3 python3.13 python3.12 python3.11
IS_NEW_ENOUGH := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))

export PATH := $(CURDIR)/$(BIN):$(PATH)
export JUPYTER_CONFIG_PATH := $(CURDIR)/etc/jupyter
# DVC alone keeps its indexes where all users may write; below a folder it is asked for by path.
export DVC_SITE_CACHE_DIR := $(CURDIR)/.dvc-site
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help briefs test lab spark setup

help:  ## print this, and install nothing
	@echo "What make can do here; all but help first set up what is missing, in .venv:"
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "After 'make setup' and 'source .venv/bin/activate', 'workbench' tells more."

briefs: setup  ## run the pipeline on what changed, and say where the briefs are
	@workbench build

test: setup  ## run the linter, the type checker and every test
	@ruff check src tests benchmarks
	@mypy src
	@pytest -n 2 --dist loadfile --no-loadscope-reorder $(PYTEST_OPTIONS)

lab: setup  ## open JupyterLab at a page that leads to notebooks and briefs
	@umask 077; jupyter lab --LabApp.default_url=/lab/tree/$(START)

spark: setup $(SPARK_READY)  ## add Spark, for `engine: spark`; it needs Java 17 or newer

setup: $(READY)  ## set up alone: .venv, the packages of requirements.lock, DVC

$(READY): requirements.lock pyproject.toml
	@python=$$(for p in $(PYTHONS); do \
	    $$p -c '$(IS_NEW_ENOUGH)' 2>/dev/null && echo $$p && break; done); \
	if [ -z "$$python" ]; then \
	    echo "Python 3.11 or newer with its venv module was not found. Install it" >&2; \
	    echo "(on Debian or Ubuntu: apt install python3 python3-venv) and run make again." >&2; \
	    exit 1; \
	fi; \
	test -x $(BIN)/python || $$python -m venv $(VENV)
	@echo "Installing the packages of requirements.lock into $(VENV) (a minute or two) ..."
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation -e .
	@$(BIN)/python -m ipykernel install --prefix $(VENV) --name python3 --display-name "Campaign workbench" >/dev/null
	@if ! { test -f .dvc/config && git rev-parse --git-dir >/dev/null 2>&1; }; then \
	    cp .dvc/config .dvc-config 2>/dev/null; \
	    $(BIN)/dvc init --quiet --force --no-scm; \
	    if test -f .dvc-config; then \
	        sed 's/^\[core\]$$/&\n    no_scm = true/' .dvc-config > .dvc/config; rm .dvc-config; \
	    fi; \
	fi
	@mkdir -p .dvc-site data lists && chmod 700 .dvc .dvc-site data lists reports
	@touch $(READY)

$(SPARK_READY): requirements-spark.lock $(READY)
	@echo "Installing Spark into $(VENV) (0.5 GB, a minute or two) ..."
	@rm -rf $(VENV)/spark  # of its own, see docs/decisions/0018-spark-in-parts.md
	@$(PIP) --require-hashes --no-build-isolation --no-deps --target $(VENV)/spark -r requirements-spark.lock
	@touch $(SPARK_READY)
