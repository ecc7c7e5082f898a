#!/bin/bash
# A small fleet of TLS devices, healthy and broken, at a real Mosquitto: see what tlswatch says about each.
#
#   deploy/demo.sh [--seconds N] [--dir DIR] [--build DIR] [--broker FILE]
#
#   --seconds N   end N seconds after the triage is shown; else at Ctrl-C, or at once where no terminal is
#   --dir DIR     keep events.json, tlswatch.yaml, state.db and the rest there; else in a folder that is removed
#   --build DIR   use the programs of this CMake build folder, and install and build nothing
#   --broker FILE use this Mosquitto; else the one that is installed
#
# Installs what is missing (Debian 12, as root or with sudo), builds the release preset, and runs everything on
# loopback with free ports. Exit 0 when all that it shows was found in DIR/events.json, 1 not, 2 bad usage.
set -euo pipefail

here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
source=${here%/*}

usage() { echo "usage: deploy/demo.sh [--seconds N] [--dir DIR] [--build DIR] [--broker FILE]" >&2; exit 2; }
seconds='' dir='' build='' broker=''
while [ $# -gt 0 ]; do
  [ $# -ge 2 ] || usage
  case $1 in
    --seconds) seconds=$2; [[ $seconds =~ ^[0-9]{1,6}$ ]] || usage ;;
    --dir) dir=$2 ;;
    --build) build=$2 ;;
    --broker) broker=$2 ;;
    *) usage ;;
  esac
  shift 2
done

if [ -z "$build" ]; then
  "$here/install-packages.sh" build demo
  build=$source/build/release
  log=$(mktemp)
  echo "demo.sh: building (a few minutes the first time)"
  { cd "$source" &&
    { [ -f "$build/build.ninja" ] || cmake --preset release -DTLSWATCH_TESTS=OFF; } &&
    cmake --build --preset release --target mosquitto_tlswatch tlswatchd tlswatch tlswatch-device
  } > "$log" 2>&1 < /dev/null || { tail -n 30 "$log" >&2; echo "demo.sh: the build failed (above, and in $log)" >&2; exit 1; }
  rm -f "$log"
fi
for program in lib/mosquitto_tlswatch.so bin/tlswatchd bin/tlswatch bin/tlswatch-device; do
  [ -e "$build/$program" ] || { echo "demo.sh: $build has no $program; build it first" >&2; exit 1; }
done

exec python3 -B "$here/demo/demo.py" --source "$source" --build "$build" \
  ${dir:+--dir "$dir"} ${broker:+--broker "$broker"} ${seconds:+--seconds "$seconds"}
