#!/bin/sh
# Debian packages that the tests need. Installed when run as root; otherwise a missing one fails.
set -eu
need=
command -v chromium >/dev/null 2>&1 || need="$need chromium fonts-liberation"
command -v softhsm2-util >/dev/null 2>&1 || need="$need softhsm2"
# For Prefect's own database: the one that comes with the tests lacks an extension that it asks for.
ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || need="$need postgresql-15"
# What lies between several API servers of Prefect.
command -v redis-server >/dev/null 2>&1 || need="$need redis-server"
# The box in which files are parsed, and words in screenshots.
command -v bwrap >/dev/null 2>&1 || need="$need bubblewrap"
command -v tesseract >/dev/null 2>&1 || need="$need tesseract-ocr tesseract-ocr-spa"
[ -n "$need" ] || exit 0
if [ "$(id -u)" -ne 0 ]; then
    echo "missing Debian packages:$need (run 'make system' as root)" >&2
    exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
case $need in *postgresql-15*)
    # Its package would otherwise make and start a server that nobody asked for.
    apt-get install -y -qq --no-install-recommends postgresql-common >/dev/null
    sed -ri 's/^#?create_main_cluster .*/create_main_cluster = false/' \
        /etc/postgresql-common/createcluster.conf ;;
esac
# shellcheck disable=SC2086
apt-get install -y -qq --no-install-recommends $need >/dev/null
