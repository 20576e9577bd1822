#!/bin/sh
# Every check and every test, with whatever set-up they need: `npm test`. The last line is `N passed, N failed`.
#
#   sh scripts/test.sh         what fits into 25 minutes on two cores
#   sh scripts/test.sh full    also the files named *.full.test.ts
#
# Needs root (for the engine and the browser) and npm. Set-up that fails is a failed run, never a skipped test.
set -eu
cd "$(dirname "$0")/.."
trap 'echo "error: the set-up failed, no test was run" >&2; echo "0 passed, 1 failed"; exit 1' EXIT

bun=$(sh scripts/bun.sh)
PATH=$(dirname "$bun"):$PATH
export PATH

bun install --frozen-lockfile --silent
for lock in stack/*/bun.lock; do
  (cd "$(dirname "$lock")" && bun install --frozen-lockfile --silent)
done
bun scripts/build.ts
dist/soloflow-agent setup --yes
sh scripts/test-packages.sh

trap - EXIT
exec bun scripts/test.ts "$@" </dev/null
