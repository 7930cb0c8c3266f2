# Thin lines: each is a command one could type. `make run` and `make test` need only Python 3.11 or newer.

# A distribution's own Python is not linked to a shared library of itself: an eighth faster than most others.
PYTHON ?= $(shell for python in /usr/bin/python3 python3; do \
  $$python -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && exit; \
  done; echo python3)
PY := .venv/bin/python
SERVICES := $(PY) -m launch.services

# What is compiled once is not compiled again by each of the hundred processes that tests and servers start.
unexport PYTHONDONTWRITEBYTECODE

# Install a requirements file once for each of its contents; what is imported is compiled by whoever imports it first.
define install
	@want=$$(cksum < $(1)); test "$$(cat .venv/$(1).installed 2>/dev/null)" = "$$want" || \
	  { $(PY) -m launch.packages $(1) && echo "$$want" > .venv/$(1).installed; }
endef

.PHONY: run test gates faults guards audit bench check style requirements translations runtime tools browser

run: runtime  ## the site with its demo data, at http://127.0.0.1:8000
	@exec $(PY) -m launch.run

test: tools translations browser  ## every test but the long ones and those that break servers on purpose
	$(PY) -m pytest -n $${TEST_WORKERS:-3} --dist loadfile -m "not gates and not faults"

gates: tools translations browser  ## every page measured in a real browser, long races
	GATES_REPORT=docs/gates.md $(PY) -m pytest -m gates

faults: tools translations  ## servers and processes of `make run` killed under load, and what is left afterwards
	FAULTS_REPORT=docs/faults.md $(PY) -m pytest tests/faults

guards: tools translations  ## every guard dropped alone: the test that owns it must go red
	GUARDS_REPORT=docs/guards.md $(PY) -m pytest -p tests.guards.run

audit: runtime  ## prove every balance from its entries and history from its traces, on the data of `make run`
	$(SERVICES) --kept $(PY) manage.py audit
	$(SERVICES) --kept $(PY) manage.py verify_history

bench: runtime  ## one JSON line a question; `make bench Q=P1` asks one
	@files=$$(grep -l '^"""$(if $(Q),$(Q),P[0-9]*):' bench/[a-z]*.py) || { echo "No benchmark answers $(Q)."; exit 1; }; \
	  $(SERVICES) sh -c "$(PY) manage.py collectstatic --no-input -v 0 && $(PY) manage.py set_up_database && \
	    for file in $$(echo $$files); do $(PY) \$$file || exit 1; done"

check:  ## what CI asks: style and types beside the tests, which leave a processor idle now and then
	$(MAKE) -j2 style test

style: tools
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/lint-imports
	$(SERVICES) $(PY) manage.py makemigrations --check --dry-run
	LIUJIN_DEMO=1 .venv/bin/mypy .
	git ls-files 'templates/*.html' | xargs -r .venv/bin/djade --target-version 5.2 --check
	$(PY) -m launch.translations --check

requirements: tools  ## compile the pins of requirements.txt from what we ask for
	.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --no-header requirements.in -o requirements.txt

translations: runtime
	@$(PY) -m launch.translations

runtime: .venv/bin/python
	$(call install,requirements.txt)
	@test -z "$$($(SERVICES))" || $(PY) -m launch.packages requirements-embedded.txt

tools: runtime
	$(call install,requirements-dev.txt)

.venv/bin/python:
	$(PYTHON) -m venv .venv

browser:  ## a Chromium for the browser tests, where this machine lets us install one
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || \
	  { test "$$(id -u)" = 0 && command -v apt-get >/dev/null && apt-get update -qq && \
	    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-cjk >/dev/null; } || \
	  echo "No Chromium here and none could be installed: the browser tests will say that they were skipped."
