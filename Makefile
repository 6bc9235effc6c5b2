# Two commands do everything on a machine with git, make, any Node and npm: `make demo` and `make test`.
.PHONY: demo test soak check clean

demo: node_modules/.package-lock.json
	npm run --silent demo

test: node_modules/.package-lock.json
	npm test --silent

soak: node_modules/.package-lock.json
	npm run --silent soak

check: node_modules/.package-lock.json
	npm run --silent check

# npm writes this file last, so an install that was cut off is done again; one that is there needs no network.
node_modules/.package-lock.json: package.json package-lock.json
	npm ci --loglevel=error
	@touch $@

clean:
	rm -rf dist demo-notes node_modules
