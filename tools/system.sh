#!/bin/sh
# Debian packages that the tests need. Installed when run as root; otherwise a missing one fails.
set -eu
need=
command -v chromium >/dev/null 2>&1 || need="$need chromium fonts-liberation"
command -v softhsm2-util >/dev/null 2>&1 || need="$need softhsm2"
[ -n "$need" ] || exit 0
if [ "$(id -u)" -ne 0 ]; then
    echo "missing Debian packages:$need (run 'make system' as root)" >&2
    exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# shellcheck disable=SC2086
apt-get install -y -qq --no-install-recommends $need >/dev/null
