# Two commands on a fresh machine: `make demo` and `make test`. Python 3.11 or newer is all they need.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
OUT    ?= demo

.PHONY: demo test test-slow faults fuzz audit-dependencies lint clean golden coverage-study lab lab-transformer notebooks cluster-test scale
.DELETE_ON_ERROR:

# A stamp an extra: installing again takes no time unless pyproject.toml changed.
$(VENV)/.installed-%: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11) and "monofact needs Python 3.11 or newer: make PYTHON=python3.12 ...")'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[$*]'
	touch $@

demo: $(VENV)/.installed-local
	$(BIN)/monofact sample factbook --out $(OUT)/corpus
	$(BIN)/monofact audit $(OUT)/corpus --out $(OUT)/run
	@echo "the report: $(abspath $(OUT))/run/report/report.html"

# Two processes, file by file: a Spark session in each, most of which waits for its driver.
test: $(VENV)/.installed-dev
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile

# The audits that `make test` leaves out, because each takes most of a minute.
test-slow: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -m slow --ignore tests/faults

# The faults that take minutes: drivers, workers and executors killed, a full disk, no network.
faults: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -m slow tests/faults

# A million cases of hostile input; a case that finds something is named and can be run again.
fuzz: $(VENV)/.installed-dev
	$(BIN)/python -m benchmarks.fuzz

# Known weaknesses of what is installed; pip-audit stays out of the environment that it looks at. Needs the network.
audit-dependencies: $(VENV)/.installed-dev
	test -x build/audit/bin/pip-audit || ($(PYTHON) -m venv build/audit && build/audit/bin/pip install --quiet pip-audit)
	$(BIN)/python -m pip freeze --exclude-editable > build/audit/freeze.txt
	build/audit/bin/pip-audit --strict --no-deps --disable-pip -r build/audit/freeze.txt

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Numbers whose count vectors are not ours to ship: make golden FIXTURES=folder
golden: $(VENV)/.installed-dev
	$(BIN)/python -m benchmarks.golden $(FIXTURES)

# A Spark standalone cluster on this machine: packed environment, killed executor, killed worker, equal tables.
cluster-test: $(VENV)/.installed-dev
	$(BIN)/python -m benchmarks.cluster_test

# What an audit costs as it grows: make scale TEXTS=folder. Half an hour, and more with SIZES="10000 100000 1000000".
SIZES ?= 10000 100000
scale: $(VENV)/.installed-dev
	$(BIN)/python -m benchmarks.scale $(TEXTS) $(OUT)/scale --sizes $(SIZES)
	$(BIN)/python -m benchmarks.count_scale 10000000 $(OUT)/count

# Do 95 % intervals cover 95 %? Some minutes; seeded.
coverage-study: $(VENV)/.installed-dev
	$(BIN)/python -m benchmarks.coverage_study

# Every table and figure of the laboratory from seeds, ten seeds of corpus to model among them; with -transformer also
# a small transformer, which needs torch.
lab: $(VENV)/.installed-dev
	$(BIN)/python -m benchmarks.lab --out $(OUT)/lab

lab-transformer: $(VENV)/.installed-dev $(VENV)/.installed-lab
	$(BIN)/python -m benchmarks.lab --out $(OUT)/lab --transformer

# The notebooks with their results, as .ipynb; reading_a_report looks at the run of `make demo`.
notebooks: $(VENV)/.installed-notebooks $(OUT)/run/_COMPLETE.json
	mkdir -p $(OUT)/notebooks
	cp notebooks/*.svg $(OUT)/notebooks/
	cd notebooks && for name in *.py; do \
	  MONOFACT_RUN=$(abspath $(OUT))/run ../$(BIN)/jupytext --to ipynb --execute --output $(abspath $(OUT))/notebooks/$${name%.py}.ipynb $$name || exit 1; \
	done

$(OUT)/run/_COMPLETE.json:
	$(MAKE) demo

clean:
	rm -rf $(VENV) $(OUT) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
