#!/bin/sh
# What the tests take from the distribution: lists that are fresh enough to download from (they make images and
# machines of packages), and where they are missing Chromium for the browser and age for the secrets' files.
set -eu

log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() {
  DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 "$@" >"$log" 2>&1 </dev/null && return
  cat "$log" >&2
  exit 1
}

if [ -z "$(find /var/lib/apt/lists -name '*Packages*' -mmin -720 | head -n 1)" ]; then apt update; fi
for package in chromium age; do
  if command -v "$package" >/dev/null; then continue; fi
  echo "installing $package for the tests" >&2
  apt update
  apt install -y --no-install-recommends "$package"
done
