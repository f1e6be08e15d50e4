# What a developer does here. CI runs "make test" (.ci/run).

# Tools are pinned by tools/go.mod, a module of its own.
tool := go tool -modfile=tools/go.mod

.PHONY: run test deps lint docs generate check-generated bench

run: # a server with its demo page
	go run ./cmd/hongyan serve --dev

test: deps lint check-generated
	npm --prefix web test
	npm --prefix web run docs
	go -C tools test ./...
	go test -race -timeout 25m ./...

deps: # what the tests need, where absent
	scripts/deps

lint: # go vet, staticcheck.conf and .errcheck
	@test -z "$$(gofmt -l .)" || { echo "not gofmt'ed:"; gofmt -l .; exit 1; }
	go vet ./...
	go vet -C bench/reference ./...
	$(tool) staticcheck ./...
	$(tool) errcheck -ignoretests -exclude .errcheck ./...

docs: deps # a page for each function and type of the web client, in web/docs/build
	npm --prefix web run docs

generate: deps # everything that is checked in and made by a program
	go generate ./...
	go run ./web/build
	npm --prefix web run --silent reference

# Makes the generated files anew and fails when that changed any.
generated := find chat wire/pb imlib/emoji web/dist web/imlib/src/generated web/emoji/src/generated web/imlib/REFERENCE.md -type f -exec sha256sum {} +
check-generated:
	@before=$$($(generated)); $(MAKE) --no-print-directory generate || exit; \
	test "$$before" = "$$($(generated))" || { echo "generated files were out of date; commit them as they are now"; exit 1; }

bench: # Hongyan beside the reference, three rounds; docs/benchmarks.md says how to read it
	go build -o bin/hongyan ./cmd/hongyan
	go build -C bench/reference -o ../../bin/reference .
	go run ./bench/compare
