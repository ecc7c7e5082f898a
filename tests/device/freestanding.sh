#!/bin/bash
# Usage: freestanding.sh NM OBJDUMP OBJECT...
# What the module needs from outside is an allow-list: BearSSL and five functions of <string.h>. No heap, no
# exceptions, no RTTI, no static constructors can hide behind that.
set -euo pipefail
nm=$1 objdump=$2
shift 2
[ $# -ge 15 ] || { echo "only $# objects given: the module has more files than that"; exit 1; }
allowed='^(br_[a-z0-9_]+|memcpy|memset|memmove|memcmp|strlen|strcmp|_GLOBAL_OFFSET_TABLE_|_ZNK?8tlswatch6device.*)$'
bad=0
undefined=$("$nm" -u "$@" | awk '$1 == "U" { print $2 }' | sort -u)
grep -q '^br_' <<<"$undefined" || { echo "no BearSSL symbol seen: nm was not read as expected"; exit 1; }
if grep -Ev "$allowed" <<<"$undefined"; then
  echo "^ needed from outside, and not allowed"
  bad=1
fi
if "$nm" "$@" | grep -E ' (_ZTI|_ZTV|_ZTS|_ZGV|_GLOBAL__sub_I|__cxa)'; then
  echo "^ RTTI, virtual functions or static constructors"
  bad=1
fi
if "$objdump" -h "$@" | grep -E '\.(init_array|ctors|gcc_except_table)'; then
  echo "^ static constructors or exception tables"
  bad=1
fi
exit $bad
