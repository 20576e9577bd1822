#!/bin/sh
# Prints the path of the pinned Bun, fetching it from npm when it is not there yet.
#
#   sh scripts/bun.sh            for this machine
#   sh scripts/bun.sh x64        for another one: x64 or aarch64
#
# The version is that of package.json ("engines"); the sums below are the published archives of that version.
# Needs npm, tar and coreutils. Two runs at once are safe: the last step is a rename.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
version=$(sed -n 's/^ *"bun": "\([0-9.]*\)".*/\1/p' "$root/package.json" | head -n 1)

case "${1:-$(uname -m)}" in
  x64 | x86_64 | amd64)
    arch=x64
    sum=2165fd0442e8187014b4ca2791e49a35a6705f3464fa80f0e8c93e1c115777728760804d06c20646ea4c64f7203680db2692eeea00098c8a0854f66db75689d6
    ;;
  aarch64 | arm64)
    arch=aarch64
    sum=e015e6b122a78ceae5196a99578c7fa166bb015a11f81ea509775d3333805c1226dede747ac960f706faea09ad5b501a984435975083be69abbb2b0486a39632
    ;;
  *)
    echo "error: there is no Bun for \"${1:-$(uname -m)}\"; x64 and aarch64 are known" >&2
    exit 2
    ;;
esac

home=$root/.cache/bun/$version-$arch
if [ ! -x "$home/bin/bun" ]; then
  command -v npm >/dev/null || { echo "error: npm is missing; install it with: apt-get install npm" >&2; exit 1; }
  mkdir -p "$root/.cache/bun"
  work=$(mktemp -d "$root/.cache/bun/fetch.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  echo "fetching bun $version for $arch" >&2
  # From a folder of its own, so that npm reads no package.json; the registry is the one npm is set to.
  (cd "$work" && npm pack --silent "@oven/bun-linux-$arch@$version" >/dev/null)
  archive=$work/oven-bun-linux-$arch-$version.tgz
  echo "$sum  $archive" | sha512sum --check --status || {
    echo "error: what npm gave for bun $version ($arch) is not the pinned archive" >&2
    exit 1
  }
  tar -xzf "$archive" -C "$work" package/bin/bun
  chmod 755 "$work/package/bin/bun"
  mkdir -p "$home/bin"
  ln -sfn bun "$home/bin/bunx"
  mv -f "$work/package/bin/bun" "$home/bin/bun"
fi
echo "$home/bin/bun"
