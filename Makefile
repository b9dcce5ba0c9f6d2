# `make help` lists the targets. A fresh Debian or Ubuntu with git, Python 3.11+ and Node is enough.
.DEFAULT_GOAL := help
.PHONY: bench clean demo demo-web docs format fuzz help lint lock test test-long test-web
MAKEFLAGS += --no-print-directory
BIN := $(CURDIR)/.venv/bin
WORKERS ?= 2
PYTEST := $(BIN)/pytest --numprocesses=$(WORKERS) --maxprocesses=$(WORKERS) --dist=worksteal
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

help:  ## list the targets
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

demo: .venv/.installed  ## rehearse the deployment of examples/quickstart
	@cd examples/quickstart && $(BIN)/wetrun rehearse

demo-web: examples/web-release/cache/complete  ## rehearse a whole web server: Next.js, Prisma, PostgreSQL, PM2, nginx
	@cd examples/web-release && $(BIN)/wetrun rehearse --speed 60 --jobs 2

test: .venv/.ready  ## run the tests, but for the slow ones (ARGS=… goes to pytest)
	@$(PYTEST) -m "not slow and not web" $(ARGS)

test-web: examples/web-release/cache/complete  ## run the tests of examples/web-release; takes a quarter of an hour
	@$(BIN)/pytest -m web $(ARGS)

test-long: .venv/.ready  ## run all tests, with three times the random examples; takes minutes
	@WETRUN_EXAMPLES=all $(PYTEST) $(ARGS)

lint: .venv/.ready  ## check style, types, layers, shell scripts and generated files
	@.ci/lint

format: .venv/.ready  ## format the code, and mend what can be mended by itself
	@$(BIN)/ruff check --quiet --fix-only . ; $(BIN)/ruff format .

bench: .venv/.ready  ## measure wetrun beside its peers (installs them; ARGS=… goes to bench/run.py)
	@$(BIN)/python bench/run.py $(ARGS)

fuzz: .venv/.ready  ## feed the reader of runbooks with whatever atheris thinks of (RUNS=… BYTES=…, installs it)
	@bench/fuzz/run $(or $(RUNS),1000000) $(BYTES)

docs: .venv/.installed  ## generate the schema and the reference pages
	@.ci/docs

lock: .venv/.ready  ## lock the newest versions of all requirements
	@$(COMPILE) --upgrade --group dev --output-file requirements-dev.txt pyproject.toml
	@$(COMPILE) --constraint requirements-dev.txt --output-file requirements.txt pyproject.toml
	@$(COMPILE) --constraint requirements-dev.txt --output-file requirements-build.txt --group build

clean:  ## remove everything that was made, .venv too
	@find examples -type d -name .wetrun -exec chmod -R u+rwX {} + -prune 2>/dev/null || true
	@git clean -dfX --quiet

examples/web-release/cache/complete: .venv/.ready examples/web-release/set-up.sh \
		$(wildcard $(addprefix examples/web-release/double/,*.txt */package-lock.json registry.py))
	@PYTHON=$(BIN)/python examples/web-release/set-up.sh
	@touch $@

.venv/.installed: requirements.txt requirements-build.txt pyproject.toml
	@.ci/set-up --ourselves requirements.txt requirements-build.txt
	@touch $@

.venv/.ready: .venv/.installed requirements-dev.txt
	@.ci/set-up requirements-dev.txt
	@touch $@
