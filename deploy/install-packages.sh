#!/bin/bash
# Installs what is missing of deploy/packages.txt, and nothing when nothing is missing (no network needed then).
#
#   install-packages.sh GROUP...      GROUP: build, demo, test, tidy
#
# Needs Debian and root or sudo only where something is missing. Services of the packages (Mosquitto, rsyslog)
# are not started. Exit 0 all is there, 1 not, 2 bad usage.
set -euo pipefail

list=$(dirname "$(readlink -f "$0")")/packages.txt
fail() { echo "install-packages.sh: $*" >&2; exit 1; }
[ $# -gt 0 ] || { echo "usage: install-packages.sh GROUP...   (build, demo, test, tidy)" >&2; exit 2; }

wanted=()
for group in "$@"; do
  mapfile -t of_group < <(awk -v group="$group" '$1 == group { print $2 }' "$list")
  [ ${#of_group[@]} -gt 0 ] || { echo "install-packages.sh: no group '$group' in $list" >&2; exit 2; }
  wanted+=("${of_group[@]}")
done

command -v dpkg-query > /dev/null || fail "this is not Debian; install by hand: ${wanted[*]}"
# What is installed, and what that provides: NodeSource's nodejs is npm too, and does not suffer Debian's beside it.
# shellcheck disable=SC2016  # dpkg's own format, not the shell's
there=" $(dpkg-query -W -f '${db:Status-Status} ${Package} ${Provides}\n' | sed -n 's/^installed //p' | tr ',\n' '  ') "
missing=()
for package in "${wanted[@]}"; do
  [[ "$there" == *" $package "* ]] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo > /dev/null || fail "not root, and no sudo; as root: apt-get install ${missing[*]}"
  as_root=(sudo)
fi

# A package's service must not start: it would take the ports and outlive us. Debian's way to say so is this file.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap '"${as_root[@]}" rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" > /dev/null
  "${as_root[@]}" chmod 755 "$policy"
fi

echo "install-packages.sh: installing ${missing[*]}"
log=$(mktemp)
apt=(env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Acquire::Retries=3 -o Dpkg::Use-Pty=0)
{ "${as_root[@]}" "${apt[@]}" update &&
  "${as_root[@]}" "${apt[@]}" install --no-install-recommends "${missing[@]}"; } > "$log" 2>&1 < /dev/null || {
  tail -n 20 "$log" >&2
  fail "apt-get failed (above, and in $log)"
}
rm -f "$log"
