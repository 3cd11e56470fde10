#!/usr/bin/env bash
# Builds from Debian packages the images that are missing: `localhost/postgres:15` for Docker Hub's `postgres:15`, and so on.
set -euo pipefail
cd "$(dirname "$0")"

missing() { ! docker image inspect "localhost/$1" >/dev/null 2>&1; }

# build IMAGE SUITE PACKAGES HOOK [docker import's options]: packages are unpacked, not configured; HOOK finishes the tree in "$1".
build() {
  local image=localhost/$1 suite=$2 packages=$3 hook=$4 tar=$work/${1/:/-}.tar
  shift 4
  # A testing suite may have expired on a mirror that is not updated any more.
  mmdebstrap --quiet --variant=extract --hook-dir=/usr/share/mmdebstrap/hooks/merged-usr --aptopt='Acquire::Check-Valid-Until "false"' \
    --include="dash,coreutils,$packages" --extract-hook="set -e; $hook" "$suite" "$tar" "$mirror" 2>"$tar.log" || { cat "$tar.log" >&2; return 1; }
  docker import "$@" "$tar" "$image" >/dev/null
  echo "Built $image from Debian $suite"
}

# Without just-in-time compilation, whose compiler is half of the image.
# shellcheck disable=SC2016 # "$1" is the hook's
postgres() {
  build "postgres:$1" "$2" "postgresql-$1,postgresql-$1-hypopg,pgbouncer" '
      mkdir -p "$1"/usr/local/bin "$1"/var/lib/postgresql/data "$1"/var/run/postgresql
      cp postgres-entrypoint.sh "$1"/usr/local/bin
      cd "$1"
      rm -rf usr/lib/*/libLLVM* usr/lib/postgresql/*/lib/llvmjit* usr/lib/postgresql/*/lib/bitcode usr/share/doc usr/share/locale usr/share/perl
      echo postgres:x:999:999::/var/lib/postgresql:/bin/sh >etc/passwd
      echo postgres:x:999: >etc/group
      chown -R 999:999 var/lib/postgresql var/run/postgresql' \
    --change "ENV PATH=/usr/lib/postgresql/$1/bin:/usr/local/bin:/usr/bin:/bin" --change 'ENV PGDATA=/var/lib/postgresql/data' \
    --change 'ENV LANG=C.UTF-8' --change 'USER postgres' --change 'EXPOSE 5432' \
    --change 'ENTRYPOINT ["postgres-entrypoint.sh"]' --change 'CMD ["postgres"]'
}

if ! command -v mmdebstrap >/dev/null; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -qq mmdebstrap >/dev/null
fi
# shellcheck disable=SC2016 # apt's own variable
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' | sed 1q)
mirror=${mirror:-http://deb.debian.org/debian}
work=$(mktemp --directory)
trap 'rm -rf "$work"' EXIT
export TMPDIR=$work

jobs=()
# The oldest and the newest version that Debian has and PostgreSQL supports.
if missing postgres:15; then postgres 15 bookworm & jobs+=($!); fi
if missing postgres:18; then postgres 18 forky & jobs+=($!); fi
for job in "${jobs[@]}"; do wait "$job"; done
