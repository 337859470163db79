# What one does here, by name. `make` alone lists it.
.DEFAULT_GOAL := help
.PHONY: help run code stop reset test test-zones test-browser check check-deploy fmt release bench chaos races contract fuzz soak schema migration vendor shots lighthouse

help: ## List these targets
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 23

run: ## Build, migrate, seed and run everything (PORT=8080); Ctrl-C stops it all
	@scripts/run

code: ## The code that the demo's operator signs in with, besides the password
	@$${CARGO_TARGET_DIR:-target}/debug/harmony demo-code

stop: ## Stop `make run`, from any terminal, and servers left behind
	@scripts/stop

reset: ## Wipe .harmony: databases, files, keys, logs, tools
	@scripts/reset

test: ## Run the tests on private servers, then in a browser (ARGS="-p store" for some of the former alone)
	@scripts/test $(ARGS)
	@[ -n "$(ARGS)" ] || AFTER_TESTS=true scripts/test-browser

test-zones: ## Run the tests of the workspace in three zones of the machine (ZONES, ARGS): they must come out the same
	@scripts/test-zones $(ARGS)

test-browser: ## Run the tests in a browser (ARGS=booking for those of one file, ONLY=/login for one page)
	@scripts/test-browser $(ARGS)

check: ## Check format, dependencies and lints, as CI does
	@scripts/check

check-deploy: ## Check what deploys alone: Dockerfile, compose.yaml, the chart in helm/
	@scripts/check-deploy

release: ## Build every program for release, as the image does (target/release; the first time takes long)
	@cargo build --locked --release --bins

fmt: ## Format the code
	@cargo fmt --all

bench: ## Measure, on a private deployment (bench/)
	@bench/run

chaos: ## Kill, empty, restart and stall everything under 5,000 jobs (CHAOS_JOBS), and say what came of it
	@scripts/chaos

races: ## 200 at once for one slot, 100 times over, and other races (RACE_POSTS, RACE_ROUNDS), and say who won
	@scripts/races

contract: ## Hold the API to its OpenAPI document: 2,000 sequences of requests (CONTRACT_SEQUENCES, CONTRACT_SEED)
	@scripts/contract

fuzz: ## Feed every parser of outside bytes with what finds new ways through it (FUZZ_SECONDS; ARGS="rule calendar")
	@scripts/fuzz $(ARGS)

soak: ## Keep 10,000 jobs a second going in and out for half an hour (SECONDS_EACH, RATE), and watch the ledger's size
	@bench/soak

vendor: ## Hold the files of others in assets/ against the registries they come from
	@scripts/vendor

shots: ## Take the pictures of the README and of every mail anew (docs/shots)
	@scripts/shots

lighthouse: ## Have Lighthouse mark the public pages (PROFILE=debug without a release build)
	@scripts/lighthouse

schema: ## Write store/src/schema.rs anew from the migrations
	@scripts/schema

migration: ## Make an empty migration (NAME=add_rooms)
	@scripts/migration $(NAME)
