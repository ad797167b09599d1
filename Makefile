# Everything one does with a checkout. `make` alone lists it.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

JOBS ?= $(shell nproc)
# Most tests wait for a clock or another process; those that compute or drive a browser take six places (tests/CMakeLists.txt).
TEST_JOBS ?= $(shell expr 8 \* $(JOBS))
PRESET ?= release
PREFIX ?= /usr/local
DESTDIR ?=
ARGS ?=
MINUTES ?= 10
SECONDS_EACH ?= $(shell expr $(MINUTES) \* 60)

BUILD := build/$(PRESET)

.PHONY: help run example build test bench soak accuracy fuzz lint fmt install package clean

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo "  JOBS=$(JOBS)  TEST_JOBS=$(TEST_JOBS)  PRESET=release|debug|asan|tsan  PREFIX=$(PREFIX)  DESTDIR=  ARGS="

run: ## Install what is missing, build, and serve on this machine for a try
	@scripts/setup --for run
	@cmake --preset $(PRESET) --log-level=WARNING
	@cmake --build $(BUILD) -j $(JOBS) --target accessd
	@exec $(BUILD)/accessd serve --dev $(ARGS)

example: ## Build, and start a site whose people log in on the hosted page (examples/node-site)
	@scripts/setup --for run
	@cmake --preset release --log-level=WARNING
	@cmake --build build/release -j $(JOBS) --target accessd
	@cd examples/node-site && npm ci --no-audit --no-fund --loglevel=error && exec npm start

build: ## Build the program, with what is installed
	@cmake --preset $(PRESET) --log-level=WARNING
	@cmake --build $(BUILD) -j $(JOBS) --target accessd

test: ## Install what is missing, build everything, run every test (ARGS go to ctest)
	@scripts/setup --for test
	@cmake --preset $(PRESET) --log-level=WARNING
	@cmake --build $(BUILD) -j $(JOBS)
	@ctest --test-dir $(BUILD) --output-on-failure --no-tests=error -j $(TEST_JOBS) $(ARGS)

bench: ## Build and run what measures speed
	@scripts/setup --for bench
	@cmake --preset $(PRESET) --log-level=WARNING
	@cmake --build $(BUILD) -j $(JOBS) --target accessd benches
	@scripts/bench $(BUILD) $(ARGS)

accuracy: build ## Compare labelled pairs of faces: PAIRS=pairs.csv (imgA,imgB,same[,group])
	@test -n "$(PAIRS)" || { echo "Say which pairs: make accuracy PAIRS=pairs.csv (docs/biometrics.md)" >&2; exit 1; }
	@$(BUILD)/accessd biometrics calibrate --pairs "$(PAIRS)" $(ARGS)
	@ACCESSD_BIOMETRICS_PROFILE=strong $(BUILD)/accessd biometrics calibrate --pairs "$(PAIRS)" $(ARGS)

soak: ## Break things for as long as asked (ARGS="--minutes 60", "--kills 200 --engine postgres")
	@scripts/setup --for test
	@cmake --preset $(PRESET) --log-level=WARNING
	@cmake --build $(BUILD) -j $(JOBS) --target accessd
	@ACCESSD_BIN=$(BUILD)/accessd /usr/bin/python3 tests/faults/soak.py $(ARGS)

fuzz: ## Look for inputs that break promises (ARGS=json chooses; MINUTES=10 for each)
	@scripts/setup --for fuzz
	@cmake --preset fuzz --log-level=WARNING
	@cmake --build build/fuzz -j $(JOBS) --target fuzzers
	@SECONDS_EACH=$(SECONDS_EACH) scripts/fuzz build/fuzz $(ARGS)

lint: ## Check form and known mistakes of the source (ALL=1: every file, not only changed ones)
	@scripts/setup --for lint
	@scripts/lint $(if $(ALL),--all)

fmt: ## Put the C++ source into its form
	@git ls-files -co --exclude-standard '*.h' '*.cpp' | xargs -r clang-format -i

install: ## Copy the built program to PREFIX (below DESTDIR)
	@test -x build/release/accessd || { echo "Nothing is built yet: run 'make build' first." >&2; exit 1; }
	@DESTDIR="$(DESTDIR)" cmake --install build/release --prefix "$(PREFIX)" --strip

package: ## Make the Debian packages, in build/package (PACKAGE_TEST=1: try them on a clean machine)
	@scripts/setup --for package
	@cmake --preset release --log-level=WARNING
	@cmake --build build/release -j $(JOBS) --target accessd
	@scripts/package
	@$(if $(PACKAGE_TEST),scripts/package_test build/package,echo "Try them on a clean machine: sudo scripts/package_test build/package")

clean: ## Remove everything that was built
	@rm -rf build web/dist
