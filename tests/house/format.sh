#!/bin/bash
# Every C and C++ file is as clang-format would write it, every shell script as shellcheck likes it.
#   format.sh ROOT
set -euo pipefail

cd "${1:?usage: format.sh ROOT}"
status=0
find plugin daemon device tests -path '*/node_modules' -prune -o \
  \( -name '*.h' -o -name '*.c' -o -name '*.cpp' -o -name '*.ino' \) -type f -print0 |
  xargs -0 -r clang-format --dry-run -Werror || status=1
find deploy tests .ci -type f \( -name '*.sh' -o -path .ci/run \) -print0 |
  xargs -0 -r shellcheck --external-sources || status=1
exit $status
