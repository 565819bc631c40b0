# One word each.  `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help venv run demo view test slow check bench wheel docs lock audit sbom clean

FITS := -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' 2>/dev/null
PYTHON ?= $(shell for p in python3.13 python3.12 python3.14 python3.11 python3; do $$p $(FITS) && echo $$p && break; done)
# MediaPipe 0.10.21, which BlazePose is compared with in the tests, has no wheels for these.
NO_MEDIAPIPE := -c 'import platform, sys; sys.exit(sys.version_info[:2] <= (3, 12) and (platform.system(), platform.machine()) != ("Linux", "aarch64"))'
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# Only files whose hashes are in a lock file; what is built from source (acapture and this project) is built by
# the setuptools of requirements/build.lock.  docs/supply-chain.md
LOCKED := $(PIP) --require-hashes --no-build-isolation --only-binary :all: --no-binary acapture -r requirements
TOOLS := build/tools/bin
ARGS ?=

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

run: $(BIN)/.installed ## webcam → 3D joints (the demo clip where there is no webcam); ARGS="--window 27 …"
	@$(BIN)/python run.py $(ARGS)

demo: $(BIN)/.installed ## the same on the bundled clip, looping until Ctrl-C
	@$(BIN)/python run.py --source demo $(ARGS)

view: $(BIN)/.window ## the moving skeleton, in a second terminal
	@$(BIN)/python viz.py $(ARGS)

# Two at a time, and as soon as one of the two has no more it takes some of the other's.
test: $(BIN)/.developer ## the tests
	@$(BIN)/python -m pytest -m "not slow" -n 2 --dist worksteal $(ARGS)

# They wait more than they compute: a camera that is away for 10 s, a reader that is stopped for 60 s.
slow: $(BIN)/.developer ## the tests that take more than 10 s each
	@$(BIN)/python -m pytest -m slow -n 4 --dist worksteal $(ARGS)

check: $(BIN)/.developer ## ruff and mypy
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

bench: $(BIN)/.developer ## speed, as ratios within one run
	@$(BIN)/python -m benchmarks $(ARGS)

docs: $(BIN)/.developer ## the API pages, from the docstrings, in build/api
	@$(BIN)/python docs/api/build.py

wheel: $(BIN)/.developer ## build the wheel and try it in empty environments
	@.ci/wheel

lock: $(TOOLS)/.installed ## renew requirements/*.lock: the newest releases that setup.cfg allows, with hashes
	@requirements/renew $(ARGS)

audit: $(TOOLS)/.installed ## ask for known vulnerabilities in everything that make installs
	@$(TOOLS)/python requirements/audit.py

sbom: $(BIN)/.installed $(TOOLS)/.installed ## what is delivered (CycloneDX), in build/sbom.json
	@$(BIN)/python requirements/inventory.py | $(TOOLS)/python requirements/sbom.py build/sbom.json

venv: $(BIN)/python ## an empty .venv, to put a PyTorch of your choice into first

clean: ## remove what make made
	rm -rf .venv build *.egg-info

$(BIN)/python:
	@test -n "$(PYTHON)" && $(PYTHON) $(FITS) || { echo "error: Python 3.11 to 3.14 is needed$(if $(PYTHON), and '$(PYTHON)' is not it,); install it, or name it: make run PYTHON=/path/to/python3.12" >&2; exit 2; }
	@echo "making .venv with $(PYTHON)"
	@$(PYTHON) -m venv .venv || { echo "no virtual environment could be made; on Debian and Ubuntu: apt install python3-venv" >&2; exit 2; }

$(BIN)/.installed: setup.cfg setup.py requirements/build.lock requirements/run.lock | $(BIN)/python
	@echo "installing (half a minute, once)"
	@$(BIN)/python -m pip uninstall --quiet --yes opencv-contrib-python opencv-python 2>/dev/null || true # one OpenCV
	@$(LOCKED)/build.lock
	@$(LOCKED)/run.lock || { echo "error: not installed; docs/supply-chain.md says what to do where a file is refused, or there is none for this machine" >&2; exit 2; }
	@$(PIP) --no-build-isolation --no-deps -e .
	@touch $@

# The viewer's window needs tkinter, which some systems leave out of Python, or Qt.
$(BIN)/.window: $(BIN)/.installed
	@$(BIN)/python -c 'import tkinter' 2>/dev/null || $(LOCKED)/window.lock
	@touch $@

# PyTorch is in no lock file: its builds for CPUs and GPUs have different hashes.  All that it needs is in dev.lock.
$(BIN)/.developer: $(BIN)/.installed requirements/dev.lock constraints.txt
	@$(LOCKED)/dev.lock
	@$(PIP) -c constraints.txt torch
	@$(BIN)/python $(NO_MEDIAPIPE) || $(LOCKED)/mediapipe.lock --no-deps
	@$(BIN)/python -m realtime models fetch
	@touch $@

# Tools for the project itself have an environment of their own.
$(TOOLS)/.installed: requirements/tools.lock | $(BIN)/python
	@$(BIN)/python -m venv build/tools
	@$(TOOLS)/python -m pip install --quiet --disable-pip-version-check --only-binary :all: --require-hashes -r requirements/tools.lock
	@touch $@
