#!/bin/sh
# Installs the Debian packages that the service (run) or its tests (test) need; does nothing when they are there.
# usage: debian-packages.sh run|test
set -eu
run="espeak-ng libespeak-ng1 make git ca-certificates"
test="redis-server postgresql sip-tester baresip chromium fonts-wqy-microhei ffmpeg"
case "${1:-run}" in
  run) wanted=$run ;;
  test) wanted="$run $test" ;;
  *) echo "usage: $0 run|test" >&2; exit 2 ;;
esac
if ! command -v dpkg-query >/dev/null 2>&1; then
  echo "This is no Debian or Ubuntu: install by hand what corresponds to: $wanted" >&2
  exit 0
fi
missing=""
for package in $wanted; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
as_root=""
if [ "$(id -u)" -ne 0 ]; then
  if command -v sudo >/dev/null 2>&1; then as_root="sudo"
  else
    echo "Missing Debian packages, and no right to install them. Ask an administrator for:" >&2
    echo "  apt-get install$missing" >&2
    exit 1
  fi
fi
echo "Installing Debian packages:$missing"
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -q >/dev/null || echo "apt-get update failed; trying with the lists that are there" >&2
# shellcheck disable=SC2086
$as_root apt-get install -y -q --no-install-recommends $missing | awk '/^(Setting up|Unpacking)/ {print "  " $0; fflush()}'
