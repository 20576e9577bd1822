# Puts the pinned Bun into the root. It comes from the npm registry that this machine is set up for: through npm, or
# where there is none through a Bun that is here already (SOLOFLOW_BUN names it; the agent's own binary is one).
# The sums are those of the registry's dist.integrity, in hexadecimal: whoever fetches, nothing else is unpacked.
version=1.4.5
case $(uname -m) in
  x86_64)
    package=@oven/bun-linux-x64
    sum=2165fd0442e8187014b4ca2791e49a35a6705f3464fa80f0e8c93e1c115777728760804d06c20646ea4c64f7203680db2692eeea00098c8a0854f66db75689d6
    ;;
  aarch64)
    package=@oven/bun-linux-aarch64
    sum=e015e6b122a78ceae5196a99578c7fa166bb015a11f81ea509775d3333805c1226dede747ac960f706faea09ad5b501a984435975083be69abbb2b0486a39632
    ;;
  *)
    echo "error: there is no Bun for $(uname -m)" >&2
    exit 1
    ;;
esac

fetch() { # PACKAGE@VERSION -> a tarball in the cwd
  if command -v npm > /dev/null; then
    npm pack --silent "$1" > /dev/null
  else
    export BUN_BE_BUN=1
    bun=${SOLOFLOW_BUN:-bun}
    "$bun" -e 'await Bun.write("bun.tgz", await fetch(process.argv[1]))' "$("$bun" pm view "$1" dist.tarball)"
  fi
}

tarball=$SOLOFLOW_CACHE/${package#@oven/}-$version.tgz
whole() { echo "$sum  $tarball" | sha512sum --check --status 2>/dev/null; }

if ! whole; then
  folder=$(mktemp -d "$SOLOFLOW_CACHE/bun.XXXXXX")
  (cd "$folder" && fetch "$package@$version") || :
  mv "$folder"/*.tgz "$tarball" || :
  rm -rf "$folder"
  whole || {
    echo "error: $package@$version could not be fetched, or is not what it was" >&2
    echo "hint: install npm, or name a Bun that is here already in SOLOFLOW_BUN, and run it again" >&2
    exit 1
  }
fi

mkdir -p usr/local/bin
tar -xzf "$tarball" --no-same-owner --strip-components=2 -C usr/local/bin package/bin/bun
echo "bun $version" >> usr/share/soloflow/packages
