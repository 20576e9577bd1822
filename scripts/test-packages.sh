#!/bin/sh
# What the tests take from the distribution: lists that are fresh enough to download from (they make images and
# machines of packages), and Chromium for the browser, when there is none.
set -eu

log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() {
  DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 "$@" >"$log" 2>&1 </dev/null && return
  cat "$log" >&2
  exit 1
}

if [ -z "$(find /var/lib/apt/lists -name '*Packages*' -mmin -720 | head -n 1)" ]; then apt update; fi
if ! command -v chromium >/dev/null; then
  echo "installing chromium for the browser tests" >&2
  apt update
  apt install -y --no-install-recommends chromium
fi
