#!/bin/bash
# Installs what is missing (Debian 12, as root or with sudo), builds, and runs every test.
# Stops at the first preset with a failure. Ends with ctest's closing line; exit 0 only when all have passed.
#
#   tests/run.sh             every stage of STAGES
#   tests/run.sh STAGE...    only these: dev, asan, lx106, tsan, release
#
# Needs no network where all packages are there, but for the tests with other suites' brokers and BearSSL's source
# package, which are fetched once.
set -euo pipefail

cd "$(dirname "$(readlink -f "$0")")/.."
export CTEST_PARALLEL_LEVEL=${CTEST_PARALLEL_LEVEL:-$(nproc)}
# Every process that descends from this run carries the mark, wherever it went: none may outlive it.
export TLSWATCH_RUN=$$.$RANDOM

# Stage, which is a preset: what is built of it (nothing: all), what ctest runs of it (nothing: all).
#   dev      all tests but the page's; warnings are errors
#   asan     all that runs our code, the broker with the plugin included; the matrix of other stacks' clients, which
#            takes the same ways through it, runs in dev alone
#   lx106    the firmware on an emulated ESP8266: scenarios, sizes, symbols
#   tsan     what has threads: the ring between two of them
#   release  as users build it: the demo as README has it, the benchmarks' smoke run and budgets, the simulated fleet,
#            the plugin's symbols, the page in a browser; of the tests' programs only those
STAGES=(dev asan lx106 tsan release)
build_of() { case $1 in tsan) echo "--target test_wire" ;; lx106) echo "--target lx106" ;;
  release) echo "--target daemon/all plugin/all device/all tests/bench/all tests/fleet/all tests/page/all" ;; esac; }
tests_of() { case $1 in dev) echo "-LE ^page$" ;; asan) echo "-LE house|bench|matrix" ;; tsan) echo "-R ^test_wire\." ;;
  release) echo "-L deploy|bench|house|page" ;; esac; }

finish() {
  local status=$?
  python3 tests/leftovers.py "TLSWATCH_RUN=$TLSWATCH_RUN" $$ || [ $status -ne 0 ] || status=1
  exit $status
}
trap 'exit 130' INT
trap 'exit 143' TERM

stages=("$@")
[ $# -gt 0 ] || stages=("${STAGES[@]}")
for stage in "${stages[@]}"; do
  [[ " ${STAGES[*]} " == *" $stage "* ]] || { echo "usage: tests/run.sh [STAGE...]   (${STAGES[*]})" >&2; exit 2; }
done

deploy/install-packages.sh build demo test
trap finish EXIT
for stage in "${stages[@]}"; do
  SECONDS=0
  echo "== $stage: build"
  cmake --preset "$stage" -DTLSWATCH_TESTS=ON --log-level=WARNING > /dev/null
  # shellcheck disable=SC2046  # words on purpose, here and below
  cmake --build --preset "$stage" $(build_of "$stage") -- --quiet
  echo "== $stage: built in $SECONDS s; tests"
  # shellcheck disable=SC2046
  ctest --preset "$stage" $(tests_of "$stage") < /dev/null
done
