#!/usr/bin/env bash
# Builds from Debian packages the images that are missing, or were built by another version of these files: `localhost/postgres:15` for Docker
# Hub's `postgres:15`, `localhost/gcr.io/...` for `gcr.io/...`, and so on. `images.sh names` only says which those are.
set -euo pipefail
cd "$(dirname "$0")"

node_image=node:24-trixie-slim
distroless_image=gcr.io/distroless/nodejs24-debian13:nonroot
names=(postgres:15 postgres:18 debian:bookworm-slim nginx:stable "$node_image" "$distroless_image")
if [ "${1:-}" = names ]; then echo "${names[@]}"; exit; fi

# As a label of every image.
node_version=$(sed -n 's/.*"node": "\([0-9.]*\)".*/\1/p' ../package.json)
recipe=$({ cat images.sh postgres-entrypoint.sh; echo "$node_version"; } | sha256sum | cut -d' ' -f1)
missing() {
  [ "$(docker image inspect --format '{{index .Config.Labels "touchstone.recipe"}}' "localhost/$1" 2>/dev/null)" != "$recipe" ]
}

# build IMAGE SUITE PACKAGES HOOK [docker import's options]: packages are unpacked, not configured; HOOK finishes the tree in "$1".
build() {
  local image=localhost/$1 suite=$2 packages=$3 hook=$4 tar=$work/${1//[\/:]/-}.tar
  shift 4
  # A testing suite may have expired on a mirror that is not updated any more.
  mmdebstrap --quiet --variant=extract --hook-dir=/usr/share/mmdebstrap/hooks/merged-usr --aptopt='Acquire::Check-Valid-Until "false"' \
    --include="$packages" --extract-hook="set -e; $hook" "$suite" "$tar" "$mirror" 2>"$tar.log" || { cat "$tar.log" >&2; return 1; }
  docker import --change "LABEL touchstone.recipe=$recipe" "$@" "$tar" "$image" >/dev/null
  echo "Built $image from Debian $suite"
}

# Without just-in-time compilation, whose compiler is half of the image.
# shellcheck disable=SC2016 # "$1" is the hook's
postgres() {
  build "postgres:$1" "$2" "dash,coreutils,postgresql-$1,postgresql-$1-hypopg,pgbouncer" '
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

# OpenSSH and git, for packages/git/test/containers, with an account that has no password and is not locked.
# shellcheck disable=SC2016 # "$1" is the hook's
sshd() {
  build debian:bookworm-slim bookworm dash,coreutils,openssh-server,git '
      mkdir -p "$1"/run/sshd "$1"/home/git
      printf "%s\n" root:x:0:0::/root:/bin/sh sshd:x:100:65534::/run/sshd:/usr/sbin/nologin git:x:1000:1000::/home/git:/bin/sh >"$1"/etc/passwd
      printf "%s\n" root:x:0: nogroup:x:65534: git:x:1000: >"$1"/etc/group
      chown 1000:1000 "$1"/home/git
      cd "$1"
      rm -rf usr/share/doc usr/share/locale usr/share/perl' --change 'ENV PATH=/usr/sbin:/usr/bin:/sbin:/bin'
}

# For packages/http-fetch/test/containers, which bring their configuration.
# shellcheck disable=SC2016 # "$1" is the hook's
nginx() {
  build nginx:stable bookworm dash,coreutils,nginx-light '
      printf "%s\n" root:x:0:0::/root:/bin/sh nobody:x:65534:65534::/nonexistent:/usr/sbin/nologin >"$1"/etc/passwd
      printf "%s\n" root:x:0: nogroup:x:65534: >"$1"/etc/group
      cd "$1"
      rm -rf usr/share/doc usr/share/locale usr/share/perl' --change 'EXPOSE 80' --change 'CMD ["nginx", "-g", "daemon off;"]'
}

# What the Containerfiles of packages/* install in: node, npm, the certificates of this machine, behind whose proxy they may be, and git.
# shellcheck disable=SC2016 # "$1" is the hook's
installer() {
  build "$node_image" trixie dash,bash,coreutils,grep,libc-bin,libstdc++6,git '
      mkdir -p "$1"/usr/local/bin "$1"/usr/local/lib/node_modules "$1"/etc/ssl/certs "$1"/tmp
      cp "$work"/node/node_modules/node-linux-*/bin/node "$1"/usr/local/bin
      cp -r "$(dirname "$(dirname "$(realpath "$(command -v npm)")")")" "$1"/usr/local/lib/node_modules/npm
      ln -s ../lib/node_modules/npm/bin/npm-cli.js "$1"/usr/local/bin/npm
      cp /etc/ssl/certs/ca-certificates.crt "$1"/etc/ssl/certs
      cd "$1"
      rm -rf usr/share/doc usr/share/locale usr/share/perl' \
    --change 'ENV PATH=/usr/local/bin:/usr/bin:/bin' --change 'ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt'
}

# What those images run on: node, the libraries that it loads, certificates, and an account; no shell.
# shellcheck disable=SC2016 # "$1" is the hook's
runtime() {
  build "$distroless_image" trixie libstdc++6 '
      mkdir -p "$1"/nodejs/bin "$1"/etc/ssl/certs "$1"/home/nonroot "$1"/tmp
      cp "$work"/node/node_modules/node-linux-*/bin/node "$1"/nodejs/bin
      cp /etc/ssl/certs/ca-certificates.crt "$1"/etc/ssl/certs
      printf "%s\n" root:x:0:0:root:/root:/sbin/nologin nonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin >"$1"/etc/passwd
      printf "%s\n" root:x:0: nonroot:x:65532: >"$1"/etc/group
      cd "$1"
      chmod 1777 tmp
      chown 65532:65532 home/nonroot
      rm -rf usr/share/doc usr/share/locale' \
    --change 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' --change 'USER 65532' \
    --change 'ENTRYPOINT ["/nodejs/bin/node"]'
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
export TMPDIR=$work work

make_image() {
  case $1 in
    # The oldest and the newest version that Debian has and PostgreSQL supports.
    postgres:15) postgres 15 bookworm ;;
    postgres:18) postgres 18 forky ;;
    debian:*) sshd ;;
    nginx:*) nginx ;;
    "$node_image") installer ;;
    "$distroless_image") runtime ;;
    *) echo "There is no recipe for $1" >&2; return 1 ;;
  esac
}

if missing "$node_image" || missing "$distroless_image"; then
  # The npm package that carries the program, as npm would install it for this machine.
  npm install --prefix "$work/node" --silent --no-audit --no-fund "node-linux-$(node --print process.arch)@$node_version" >/dev/null
fi
jobs=()
for name in "${names[@]}"; do
  if missing "$name"; then make_image "$name" & jobs+=($!); fi
done
for job in "${jobs[@]}"; do wait "$job"; done
