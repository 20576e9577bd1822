#!/bin/sh
# The distribution's Chromium for the browser tests, when there is none.
set -eu
if command -v chromium >/dev/null; then exit 0; fi

echo "installing chromium for the browser tests" >&2
log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() { DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 "$@" >>"$log" 2>&1 </dev/null; }
apt update && apt install -y --no-install-recommends chromium || {
  cat "$log" >&2
  exit 1
}
