#!/bin/sh
# Starts PostgreSQL as the official image does; with an empty data folder it first makes the cluster.
#
# POSTGRES_PASSWORD          of the superuser; needed unless POSTGRES_HOST_AUTH_METHOD is trust
# POSTGRES_USER              the superuser (postgres)
# POSTGRES_DB                the first database (as POSTGRES_USER)
# POSTGRES_INITDB_ARGS       more arguments of initdb
# POSTGRES_HOST_AUTH_METHOD  for connections over the network (scram-sha-256)
# The first four may come as NAME_FILE, the path of a file that holds the value.
# /docker-entrypoint-initdb.d: *.sh, *.sql, *.sql.gz and *.sql.xz run once, in the order of their names.
#
# Differs from the official image: it runs as uid 70 from the start; text is sorted by PostgreSQL's own C.UTF-8, which
# no update of the C library changes; until all is done the server listens only in the folder $making, whose being
# there also says that the cluster is half made: whatever ends the making, the next start begins it anew.
# shellcheck disable=SC3040 # busybox' shell has it
set -eu -o pipefail

fail() { # WHAT HINT
  printf 'error: %s\nhint: %s\n' "$1" "$2" >&2
  exit 1
}

value() { # NAME DEFAULT -> the value of NAME, or the content of the file that NAME_FILE names
  eval "plain=\${$1:-} file=\${$1_FILE:-}"
  if [ -n "$plain" ] && [ -n "$file" ]; then fail "$1 and $1_FILE are both set" "remove one of the two"; fi
  if [ -n "$file" ]; then
    [ -r "$file" ] || fail "$1_FILE names $file, which uid $(id -u) cannot read" "make it readable for that uid"
    plain=$(cat "$file")
  fi
  printf '%s' "${plain:-$2}"
}

look() { # refuses what cannot be served, in one line
  [ "$(id -u)" != 0 ] || fail 'PostgreSQL does not run as root' 'remove the user of this service: the image has 70:70'
  mkdir -p "$PGDATA" 2>/dev/null || :
  [ -d "$PGDATA" ] || fail "$PGDATA cannot be made by uid $(id -u)" 'mount a volume there that this uid can write'
  owner=$(stat -c %u "$PGDATA")
  [ "$owner" = "$(id -u)" ] ||
    fail "$PGDATA belongs to uid $owner, and this is uid $(id -u)" \
      "keep the image that made it, or stop everything that uses it and give it over: chown -R $(id -u):$(id -g)"
  [ ! -e "$making" ] && [ -s "$PGDATA/PG_VERSION" ] || return 0
  found=$(cat "$PGDATA/PG_VERSION")
  [ "$found" = "$PG_MAJOR" ] ||
    fail "$PGDATA was made by PostgreSQL $found, and this is PostgreSQL $PG_MAJOR" \
      "keep an image of version $found, or dump with it (pg_dumpall) and restore into an empty volume"
}

make_cluster() { # an empty PGDATA -> a cluster with its superuser, not yet reachable
  if [ -z "$password" ] && [ "$method" != trust ]; then
    fail 'the superuser has no password' 'set POSTGRES_PASSWORD or POSTGRES_PASSWORD_FILE'
  fi
  [ "$method" != trust ] || echo 'warning: whoever reaches this database is let in without a password' >&2
  mkdir -m 0700 "$making"
  [ -z "$password" ] || set -- --pwfile=/dev/stdin
  # shellcheck disable=SC2086 # several arguments in one variable, as in the official image
  printf '%s\n' "$password" | initdb --no-sync --pgdata="$making/data" --username="$user" \
    --no-instructions --encoding=UTF8 --locale-provider=builtin --locale=C.UTF-8 "$@" $initdb_args
  mv "$making"/data/* "$PGDATA"
  rmdir "$making/data"
  chmod 0700 "$PGDATA"
  printf '\nhost all all all %s\n' "$method" >> "$PGDATA/pg_hba.conf"
}

run() { # FILE of /docker-entrypoint-initdb.d
  case $1 in
    *.sh)
      echo "running $1"
      # shellcheck source=/dev/null
      if [ -x "$1" ]; then "$1"; else set +u && . "$1" && set -u; fi
      ;;
    *.sql) echo "running $1" && sql -f "$1" ;;
    *.sql.gz) echo "running $1" && gunzip -c "$1" | sql ;;
    *.sql.xz) echo "running $1" && xzcat "$1" | sql ;;
    *) echo "ignoring $1" ;;
  esac
}

sql() {
  psql -v ON_ERROR_STOP=1 --no-psqlrc --no-password --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" "$@"
}

fill_cluster() { # the first database and the scripts, on a server that only this container reaches
  export PGHOST="$making" PGPASSWORD="$password" POSTGRES_USER="$user" POSTGRES_DB="$database"
  pg_ctl -D "$PGDATA" -w -s -o "-c fsync=off -c listen_addresses='' -c unix_socket_directories='$making'" start
  [ "$database" = postgres ] || echo 'CREATE DATABASE :"name"' |
    psql -q -v ON_ERROR_STOP=1 --no-psqlrc --no-password --username "$user" --dbname postgres -v name="$database"
  for script in /docker-entrypoint-initdb.d/*; do
    [ ! -e "$script" ] || run "$script"
  done
  pg_ctl -D "$PGDATA" -w -s -m fast stop
  unset PGHOST PGPASSWORD
}

prepare() {
  if [ -e "$making" ]; then
    echo 'the cluster here was not finished: it is made anew'
    find "$PGDATA" -mindepth 1 -maxdepth 1 ! -path "$making" -exec rm -rf {} +
    rm -rf "$making"
  fi
  [ ! -s "$PGDATA/PG_VERSION" ] || return 0
  [ -z "$(find "$PGDATA" -mindepth 1 -maxdepth 1 ! -name lost+found | head -n 1)" ] ||
    fail "$PGDATA holds something that is not a cluster of PostgreSQL" 'mount an empty volume there'
  user=$(value POSTGRES_USER postgres)
  database=$(value POSTGRES_DB "$user")
  password=$(value POSTGRES_PASSWORD '')
  initdb_args=$(value POSTGRES_INITDB_ARGS '')
  method=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}
  make_cluster
  fill_cluster
  # The whole cluster is on the disk before it counts as made; and that it is made, before anybody's data is in it.
  initdb --sync-only --pgdata="$PGDATA" > "$making/log"
  rm -rf "$making"
  sync "$PGDATA"
  echo 'the cluster is made'
}

making=$PGDATA/.soloflow-making
case ${1:-} in -*) set -- postgres "$@" ;; esac
if [ "${1:-}" = postgres ]; then
  case " $* " in
    *' --help '* | *' -? '* | *' --version '* | *' -V '* | *' --describe-config '*) ;;
    *)
      look
      (prepare)
      ;;
  esac
fi
exec "$@"
