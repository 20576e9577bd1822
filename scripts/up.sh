#!/bin/sh
# From a checkout to a running stack: `npm run up`. Every step is skipped when it has nothing to do.
set -eu
cd "$(dirname "$0")/.."

bun=$(sh scripts/bun.sh)
PATH=$(dirname "$bun"):$PATH
export PATH

bun install --frozen-lockfile --silent
bun scripts/build.ts
dist/soloflow-agent setup --yes
exec dist/soloflow-agent up --yes "$@"
