#!/bin/bash
# Fetches BearSSL's source as Debian 12 packages it and unpacks it into DIR/source.
#
#   fetch-bearssl.sh DIR        the mirror is the one this system's apt uses; apt checks signature and hashes
#   DIR/version                 one line, written last: the source package's version
#
# A complete DIR is left as it is, so a second run needs no network; delete it to fetch again.
# Exit 0 done, 1 the mirror or the package is missing, 2 bad usage.
set -euo pipefail

fail() { echo "device/firmware/fetch-bearssl.sh: $*" >&2; exit 1; }

[ $# -eq 1 ] || { echo "usage: fetch-bearssl.sh DIR" >&2; exit 2; }
mkdir -p "$1"
dir=$(cd "$1" && pwd)
[ -f "$dir/version" ] && exit 0

keyring=/usr/share/keyrings/debian-archive-keyring.gpg
[ -r "$keyring" ] || fail "$keyring is missing: install debian-archive-keyring"
command -v dpkg-source > /dev/null || fail "dpkg-source is missing: install dpkg-dev"

# The release whose BearSSL has been measured, wherever this runs.
suite=bookworm
# shellcheck source=/dev/null
codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
mirror=$(apt-get --print-uris update | sed -n "s|^'\(.*\)/dists/$codename/InRelease'.*|\1|p" | head -n 1)
[ -n "$mirror" ] || fail "apt has no source for $codename on this system, so there is no mirror to ask"

rm -rf "$dir/apt" "$dir/source" "$dir/package"
mkdir -p "$dir/apt/state/lists/partial" "$dir/apt/cache/archives/partial" "$dir/package"
: > "$dir/apt/status"
echo "deb-src [signed-by=$keyring] $mirror $suite main" > "$dir/apt/sources.list"
# A frozen mirror's list may be past its date; its signature is checked all the same.
apt=(-q -o Acquire::Check-Valid-Until=false -o "Dir::Etc::sourcelist=$dir/apt/sources.list" -o Dir::Etc::sourceparts=/dev/null -o Dir::Etc::preferencesparts=/dev/null
     -o "Dir::State=$dir/apt/state" -o "Dir::State::status=$dir/apt/status" -o "Dir::Cache=$dir/apt/cache"
     -o APT::Sandbox::User= -o APT::Update::Error-Mode=any -o Acquire::Retries=3 -o Acquire::Languages=none)

apt-get "${apt[@]}" update > "$dir/apt/log" 2>&1 ||
  fail "the mirror $mirror does not give the list of source packages of $suite; see $dir/apt/log"
(cd "$dir/package" && apt-get "${apt[@]}" source --download-only bearssl) >> "$dir/apt/log" 2>&1 ||
  fail "the source package of bearssl could not be downloaded; see $dir/apt/log"
# apt has checked the files against the signed list; the packager's own signature needs a keyring nobody installs.
(cd "$dir/package" && dpkg-source --no-check --no-copy --extract bearssl_*.dsc ../source) >> "$dir/apt/log" 2>&1 ||
  fail "the source package of bearssl could not be unpacked; see $dir/apt/log"

version=$(sed -n 's/^Version: //p' "$dir"/package/bearssl_*.dsc)
rm -rf "$dir/apt/state" "$dir/apt/cache" "$dir/package"
echo "bearssl $version" > "$dir/version.new"
mv "$dir/version.new" "$dir/version"
