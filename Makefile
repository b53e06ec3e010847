# The project's commands; `make` alone lists them.
PYTHON ?= python3
BIN := .venv/bin
CONFIG ?= config/coopwatch.demo.yaml

.DEFAULT_GOAL := help
.PHONY: help run test torch check format catalogues demo-model bench clean proof-bot proof-cameras belief-picture proof-events proof-model proof-daemon proof-sixteen proof-systemd proof-docker proof-report proof-label soak audit audit-offline proof-parity proof-epoch proof-refit proof-learning results

help:  ## list the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## */\1\t/' | expand -t 16

.venv/base: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable .
	@touch $@

.venv/dev: .venv/base
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[train,dev]'
	@touch $@

# Not part of `make test`: the CPU wheel alone is 200 MB, and one test needs it.
.venv/torch: .venv/dev
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[train,dev,torch]'
	@touch $@

torch: .venv/torch  ## install PyTorch beside TensorFlow, so that `compare --backends torch` and its test run

run: .venv/base  ## watch the simulated coop in the terminal; Ctrl-C ends
	$(BIN)/coopwatch run --config $(CONFIG)

test: .venv/dev  ## install what the tests need and run them
	$(BIN)/pytest

check: .venv/dev  ## lint, types, layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/dev  ## write the code in the house form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

catalogues: .venv/dev  ## bring new texts into the catalogues of all languages
	@mkdir -p build
	$(BIN)/pybabel -q extract -k say -k count:1,2 -k named:1c,2 -k marked --no-location --sort-output --project coopwatch -o build/coopwatch.pot coopwatch/core coopwatch/bot
	$(BIN)/pybabel -q update --ignore-pot-creation-date --no-fuzzy-matching --ignore-obsolete -w 120 -D coopwatch -i build/coopwatch.pot -d coopwatch/locale
	@sed -i -E '/^"(Project-Id-Version|Report-Msgid-Bugs-To|POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team|Generated-By):/d; $${/^$$/d}' coopwatch/locale/*/LC_MESSAGES/coopwatch.po

proof-daemon: .venv/dev  ## start, memory and frame-to-chat delay of the daemon with one RTSP camera, two minutes
	PYTHONPATH=tests $(BIN)/python -m proofs.daemon

proof-bot: .venv/dev  ## no fault loses or doubles a message: 200 chats, 1,000 events, ten minutes of outage
	$(BIN)/pytest -q -s tests/acceptance/proof_bot_delay.py tests/acceptance/proof_bot_storm.py
	PYTHONPATH=tests $(BIN)/python -m proofs.bot_storm

belief-picture: .venv/dev  ## draw docs/images/belief.png anew: what a nest showed, what was said, believed and told
	PYTHONPATH=tests $(BIN)/python -m proofs.belief_picture docs/images/belief.png

PROOF_EVENTS ?=
proof-events: .venv/dev  ## events of a classifier that errs, against counting; eggs of shared nests (PROOF_EVENTS="--days 4"), minutes
	PYTHONPATH=tests $(BIN)/python -m proofs.events $(PROOF_EVENTS)

PROOF_MODEL ?=
proof-model: .venv/dev  ## events of the shipped model on 16 unseen simulated days, half an hour (PROOF_MODEL="--every 20": less)
	PYTHONPATH=tests $(BIN)/python -m proofs.model_events $(PROOF_MODEL)

proof-cameras: .venv/dev  ## what cameras cost, 4K and many of them, minutes
	$(BIN)/pytest tests/cameras/proof_cameras.py -q

# Not in CI: the browser is a package of the system.
proof-report: .venv/dev  ## the page of a report in a real browser, phone to desktop, day and night, printed (chromium)
	$(BIN)/python -m pip install --quiet playwright==1.65.2
	$(BIN)/pytest -q tests/acceptance/proof_report.py

proof-label: .venv/dev  ## the labelling page in a real browser, by keys and clicks (chromium)
	$(BIN)/python -m pip install --quiet playwright==1.65.2
	$(BIN)/pytest -q -s tests/acceptance/proof_label.py

CAMERAS ?= 8
proof-sixteen: .venv/dev  ## what sixteen nests at one frame a second cost, four minutes (CAMERAS="1 4 16": of so many cameras)
	PYTHONPATH=tests $(BIN)/python -m proofs.sixteen $(CAMERAS)

proof-systemd: .venv/dev  ## the unit on a really booted systemd (root; mmdebstrap, systemd-container), minutes
	PYTHONPATH=tests $(BIN)/python -m proofs.systemd

proof-docker: .venv/dev  ## the Dockerfile really built and run (root; buildah, podman, catatonit), minutes
	PYTHONPATH=tests $(BIN)/python -m proofs.docker

proof-parity: .venv/dev  ## every network's export against the trained network, on real pictures, a quarter of an hour
	PYTHONPATH=tests $(BIN)/python -m proofs.parity

proof-epoch: .venv/dev  ## seconds an epoch of neurocoop at 400x800 against a plain Keras loop, minutes
	PYTHONPATH=tests $(BIN)/python -m proofs.epoch

# Not in CI: the pictures are no part of the project, and two of the trainings are long.
ROWS ?=
results: .venv/dev  ## the articles' results beside ours, on real pictures, into docs/results.md, an hour (ROWS="animals-default": these rows alone)
	PYTHONPATH=tests $(BIN)/python -m proofs.results $(ROWS)

proof-refit: .venv/dev  ## the head of 100 pictures fitted anew on cached features, a minute
	PYTHONPATH=tests $(BIN)/python -m proofs.refit

proof-learning: .venv/dev  ## what corrections in the chat teach the shipped model, and how long 100 of them take, minutes
	PYTHONPATH=tests $(BIN)/python -m proofs.learning

MINUTES ?= 120
SEED ?= 1
soak: .venv/dev  ## MINUTES of faults from SEED on a running daemon; a table of what it survived
	PYTHONPATH=tests $(BIN)/python -m proofs.soak $(MINUTES) $(SEED)

audit-offline: .venv/dev  ## unsafe code, and a list of all parts (SBOM) in build/sbom.json; CI runs it
	$(BIN)/bandit --quiet --recursive --severity-level medium --skip B113,B301,B314,B704 coopwatch  # ruff asks each place why it may
	@mkdir -p build
	$(BIN)/cyclonedx-py environment --output-file build/sbom.json .venv

# Not in CI: the list of known faults is asked of a server.
audit: audit-offline  ## the same, and known faults of the dependencies
	$(BIN)/python -m pip install --quiet pip-audit
	$(BIN)/pip-audit --skip-editable

DEMO_DAYS := build/demo
demo-model: .venv/dev  ## draw days of seeds that no test uses, learn the demo model from them, measure it on unseen ones
	for seed in $$(seq 1000 1023) 2001 2002; do \
	  $(BIN)/coopwatch simulate --seed $$seed --days 60 --every 1m --no-pictures --crops \
	    --crops-per-label $$([ $$seed -lt 2000 ] && echo 140 || echo 60) --out $(DEMO_DAYS)/$$seed || exit; \
	done  # sixty nights: a hen sleeps in a nest in few of them, and by infra-red she looks another
	$(BIN)/coopwatch train $(DEMO_DAYS)/1*/crops --test $(DEMO_DAYS)/2001/crops --test $(DEMO_DAYS)/2002/crops \
	  --no-keras --out models/demo

bench: .venv/dev  ## what this machine can do
	$(BIN)/coopwatch bench --reference

clean:  ## remove the virtual environment and caches
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis build dist *.egg-info
