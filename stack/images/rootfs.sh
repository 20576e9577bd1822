#!/bin/sh
# Makes a root file system out of Debian packages.
#
#   sh rootfs.sh IMAGE_DIR OUT_DIR
#
# IMAGE_DIR/packages   first line `suite NAME [MORE…]`, then a package a line (`name` or `name/suite`), # comments;
#                      @machine@ stands for x86-64 or aarch64, as in binutils-@machine@-linux-gnu
# IMAGE_DIR/finish.sh  optional; runs in the new root (its cwd) and prunes, links, adds; it may add lines to the record
# OUT_DIR              replaced by the new root; holds the record usr/share/soloflow/packages (`name version`, sorted)
#
# The mirror is the machine's own: every Debian archive that apt here is set up for, with only the suite changed.
# What apt fetches must carry the signature of the Debian archive key; the machine's own apt and dpkg stay as they are.
# SOLOFLOW_CACHE (/var/cache/soloflow) keeps indexes and packages. Recipes may run at the same time: they take
# turns at fetching, behind a lock that ends with the process, and unpack side by side.
# shellcheck disable=SC2016 # $(…) and ${…} in quotes are apt's and dpkg's own
set -eu
export LC_ALL=C
umask 022

fail() { # WHAT HINT
  printf 'error: %s\nhint: %s\n' "$1" "$2" >&2
  exit 1
}

[ $# -eq 2 ] || fail 'two arguments are needed' 'sh rootfs.sh IMAGE_DIR OUT_DIR'
[ -f "$1/packages" ] || fail "$1 has no file named packages" 'name the folder of an image that is made of Debian packages'
if [ -e "$2" ] && [ ! -e "$2/usr/share/soloflow/packages" ]; then
  rmdir "$2" 2>/dev/null || fail "$2 holds something else" 'name a folder that is not there yet'
fi
image=$(cd "$1" && pwd)
mkdir -p "$(dirname "$2")"
out=$(cd "$(dirname "$2")" && pwd)/$(basename "$2")
SOLOFLOW_CACHE=${SOLOFLOW_CACHE:-/var/cache/soloflow}
mkdir -p "$SOLOFLOW_CACHE"
SOLOFLOW_CACHE=$(cd "$SOLOFLOW_CACHE" && pwd)
export SOLOFLOW_CACHE

work=$(mktemp -d "$out.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
root=$work/root
record=$root/usr/share/soloflow/packages

sed 's/#.*//; /^[[:space:]]*$/d' "$image/packages" > "$work/list"
suites=$(sed -n '1s/^suite[[:space:]]*//p' "$work/list")
packages=$(sed "1d; s/@machine@/$(uname -m | tr _ -)/" "$work/list")
[ -n "$suites" ] || fail "$image/packages does not begin with a suite" 'make its first line: suite trixie'

# The Debian archives in apt's configuration, as `main URI` and `security URI`. apt itself reads its files, in
# whatever form. A stranger that only looks like Debian is dropped later: Debian's key has not signed it.
archives() {
  apt-get indextargets --no-release-info --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
    awk '$3 != "main" { next }
         $2 ~ /^[a-z]+-security$/ { print "security", $1 }
         $2 ~ /^[a-z]+$/ { print "main", $1 }' | sort -u
}

sources() { # the lines of a sources.list for $suites
  archives | while read -r kind uri; do
    for suite in $suites; do
      case $kind:$suite in
        main:*-*) echo "$uri $suite" ;;
        main:*) printf '%s\n' "$uri $suite" "$uri $suite-updates" ;;
        security:*-*) ;;
        security:*) echo "$uri $suite-security" ;;
      esac
    done
  done | sed "s|.*|deb [signed-by=$keyring] & main|"
}

# An apt of our own: its state in $state, and of the machine's configuration only how to reach a server.
private_apt() {
  mkdir -p "$state/lists/partial" "$state/cache/archives/partial" "$state/parts" "$debs"
  if [ "$(id -u)" = 0 ]; then chown _apt "$debs"; fi
  sources > "$state/sources.list"
  : > "$state/status"
  {
    apt-config dump | grep '^Acquire::' | grep -vE '^Acquire::(IndexTargets|Languages|Allow)' || :
    cat <<CONF
Acquire::Languages "none";
APT::Architectures { "$(dpkg --print-architecture)"; };
Dir::State "$state";
Dir::State::status "$state/status";
Dir::Cache "$state/cache";
Dir::Etc::main "/dev/null";
Dir::Etc::parts "$state/parts";
Dir::Etc::sourcelist "$state/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
CONF
  } > "$state/apt.conf"
  export APT_CONFIG="$state/apt.conf"
}

update() { # fetches the indexes; fails unless each came, signed, that this machine has a Debian archive for
  apt-get -q update > "$work/update.log" 2>&1 || :
  apt-get indextargets --format '$(CODENAME)' 'Created-By: Packages' > "$work/have"
  for suite in $suites $(awk '$4 ~ /-security$/ { print $4 }' "$state/sources.list"); do
    grep -qx "$suite" "$work/have" && continue
    grep -E '^(E|W|Err)' "$work/update.log" | head -n 5 >&2 || :
    fail "apt here reaches no signed Debian archive that has $suite" \
      'run this in a Debian container (docker run debian:trixie-slim), or add a Debian mirror to apt and run it again'
  done
  grep -q -e '-security$' "$work/have" ||
    echo "warning: apt here names no Debian security archive: the packages are those of the last point release" >&2
  ! grep -q 'old ones used instead' "$work/update.log" ||
    echo "warning: apt could not refresh all its indexes: older ones are used" >&2
}

fetch() { # $packages -> the files in $debs that $work/sums names; what is there and whole is not fetched again
  # shellcheck disable=SC2086 # a list of names
  apt-get --print-uris download $packages > "$work/uris"
  awk '{ sub(/^SHA256:/, "", $4); print $4 "  " $2 }' "$work/uris" > "$work/sums"
  # apt looks only at the size of a file that is already there
  (cd "$debs" && sha256sum --check "$work/sums" 2>/dev/null | sed -n 's/: FAILED.*//p' | xargs -r rm -f)
  # shellcheck disable=SC2086
  (cd "$debs" && apt-get -qq download $packages && sha256sum --check --quiet "$work/sums")
  awk '{ print $2 }' "$work/sums" | (cd "$debs" && xargs touch)
  find "$debs" -name '*.deb' -mtime +30 -delete
}

unpack() { # the packages over the links of a merged /usr, without what only a person at a whole Debian reads
  for link in bin sbin lib lib64; do
    mkdir -p "$root/usr/$link"
    ln -s "usr/$link" "$root/$link"
  done
  while read -r _ deb; do
    dpkg-deb -x "$debs/$deb" "$root"
    dpkg-deb -W --showformat '${Package} ${Version}\n' "$debs/$deb" >> "$record"
  done < "$work/sums"
  find "$root/usr/share/doc" -type f ! -name copyright -delete 2>/dev/null || :
  (cd "$root/usr/share" && rm -rf man info locale lintian bug bash-completion)
}

mkdir -p "${record%/*}"
: > "$record"
if [ -n "$packages" ]; then
  command -v apt-get > /dev/null || fail 'apt-get is not on this machine' \
    'run this in a Debian container: docker run debian:trixie-slim'
  keyring=$(find /usr/share/keyrings -name 'debian-archive-keyring.*' | head -n 1)
  [ -n "$keyring" ] || fail 'the Debian archive keyring is not on this machine' 'apt-get install debian-archive-keyring'
  state=$SOLOFLOW_CACHE/apt-$(echo "$suites" | tr ' ' +)
  debs=$SOLOFLOW_CACHE/debs
  mkdir -p "$state"
  exec 9> "$SOLOFLOW_CACHE/apt.lock"
  flock 9
  private_apt
  update
  fetch
  exec 9>&-
  unpack
fi
if [ -f "$image/finish.sh" ]; then (cd "$root" && sh -eu "$image/finish.sh"); fi
sort -u -o "$record" "$record"
find "$root/usr" -mindepth 2 -depth -type d -empty -delete
rm -rf "$out"
mv "$root" "$out"
