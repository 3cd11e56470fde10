# shellcheck shell=bash
# To be sourced from the root: a container engine that answers, and the images that tests name. DOCKERD_PID is set if it was started here.
# Of the network it needs apt alone: where the registries do not answer, the images are built from Debian packages.

engine_answers() { timeout 10 docker info >/dev/null 2>&1; }

if ! engine_answers; then
  if ! command -v dockerd >/dev/null || ! command -v docker >/dev/null; then
    apt-get update -qq || return
    # The client is a package of its own in some releases.
    # shellcheck disable=SC2046 # none or one
    DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends \
      docker.io $(apt-cache search --names-only '^docker-cli$' | cut -d' ' -f1) ca-certificates >/dev/null || return
  fi
  dockerd >/tmp/touchstone-dockerd.log 2>&1 </dev/null &
  DOCKERD_PID=$!
  give_up=$((SECONDS + 60)) why=
  until engine_answers; do
    if ! kill -0 "$DOCKERD_PID" 2>/dev/null; then why='has ended'; elif [ "$SECONDS" -ge "$give_up" ]; then why='does not answer after 60 seconds'; fi
    if [ -n "$why" ]; then
      echo "The container engine cannot be used: dockerd $why. Its log, /tmp/touchstone-dockerd.log, ends with:" >&2
      tail --lines=40 /tmp/touchstone-dockerd.log >&2
      return 1
    fi
    sleep 0.2
  done
fi

# An engine of this very file system publishes its ports on this host, even if /.dockerenv pretends that this is a container.
if [ -e /run/docker.pid ]; then export TESTCONTAINERS_HOST_OVERRIDE=127.0.0.1; fi

# All of them, or none: a prefix holds for every image.
hub_has_images() {
  local image
  for image in $(.ci/images.sh names); do timeout 120 docker pull --quiet "$image" >/dev/null 2>&1 || return; done
}

# Who has set a prefix has a mirror.
if [ -z "${TESTCONTAINERS_HUB_IMAGE_NAME_PREFIX:-}" ] && ! hub_has_images; then
  .ci/images.sh || return
  # `postgres:15` means `localhost/postgres:15` then; Testcontainers' own remover of leftovers cannot be pulled.
  export TESTCONTAINERS_HUB_IMAGE_NAME_PREFIX=localhost TESTCONTAINERS_RYUK_DISABLED=true
  # And `FROM node:...` in packages/*/Containerfile means `FROM localhost/node:...`.
  export TOUCHSTONE_IMAGE_PREFIX=localhost
fi
