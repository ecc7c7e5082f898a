#!/bin/bash
# Lays another Debian suite's Mosquitto, with that suite's OpenSSL and C library, into a folder of its own.
# Nothing is installed: packages are unpacked, and DIR/mosquitto starts the broker with its own loader.
#
#   fetch.sh SUITE DIR          SUITE: trixie, sid, ...; the mirror is the one this system's apt uses
#   DIR/mosquitto ARGS...       the broker
#   DIR/versions                one line: the package versions that matter
#
# A complete DIR is left as it is, so a second run needs no network; delete it for newer packages.
# Exit 0 done, 1 the mirror or a package is missing, 2 bad usage.
set -euo pipefail

fail() { echo "tests/brokers/fetch.sh: $*" >&2; exit 1; }

[ $# -eq 2 ] || { echo "usage: fetch.sh SUITE DIR" >&2; exit 2; }
suite=$1
mkdir -p "$2"
dir=$(cd "$2" && pwd)
[ -f "$dir/versions" ] && exit 0

keyring=/usr/share/keyrings/debian-archive-keyring.gpg
[ -r "$keyring" ] || fail "$keyring is missing: install debian-archive-keyring"

# The mirror: where this system's apt would fetch its own suite from.
# shellcheck source=/dev/null
codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
mirror=$(apt-get --print-uris update | sed -n "s|^'\(.*\)/dists/$codename/InRelease'.*|\1|p" | head -n 1)
[ -n "$mirror" ] || fail "apt has no source for $codename on this system, so there is no mirror to ask for $suite"

rm -rf "${dir:?}/root" "$dir/apt"
mkdir -p "$dir/root" "$dir/apt/state/lists/partial" "$dir/apt/cache/archives/partial" "$dir/deb"
: > "$dir/apt/status"
echo "deb [signed-by=$keyring] $mirror $suite main" > "$dir/apt/sources.list"
# A frozen mirror's list may be past its date; its signature is checked all the same.
apt=(-q -o Acquire::Check-Valid-Until=false -o "Dir::Etc::sourcelist=$dir/apt/sources.list" -o Dir::Etc::sourceparts=/dev/null -o Dir::Etc::preferencesparts=/dev/null
     -o "Dir::State=$dir/apt/state" -o "Dir::State::status=$dir/apt/status" -o "Dir::Cache=$dir/apt/cache"
     -o APT::Sandbox::User= -o APT::Update::Error-Mode=any -o Acquire::Retries=3 -o Acquire::Languages=none
     -o Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled=false -o APT::Install-Recommends=false)

apt-get "${apt[@]}" update > "$dir/apt/log" 2>&1 ||
  fail "the mirror $mirror does not give the package list of $suite; see $dir/apt/log"

# What the broker and the plugin load: of all that `mosquitto` needs, the libraries.
wanted=$(apt-get "${apt[@]}" -s install mosquitto libstdc++6 libgcc-s1 2>> "$dir/apt/log" |
         sed -n 's/^Inst \([^ ]*\).*/\1/p' | grep -E '^(mosquitto|lib.*)$' | sort -u)
[ -n "$wanted" ] || fail "apt finds no installable mosquitto in $suite; see $dir/apt/log"
# shellcheck disable=SC2086  # one word a package
(cd "$dir/deb" && apt-get "${apt[@]}" download $wanted) >> "$dir/apt/log" 2>&1 ||
  fail "a package of $suite could not be downloaded; see $dir/apt/log"
# usr-merged first, or a package that still names /lib would hide the loader.
mkdir -p "$dir/root/usr/lib" "$dir/root/usr/lib64"
ln -s usr/lib "$dir/root/lib"
ln -s usr/lib64 "$dir/root/lib64"
for deb in "$dir"/deb/*.deb; do
  dpkg-deb --fsys-tarfile "$deb" | tar -x --keep-directory-symlink --no-same-owner -C "$dir/root"
done

triplet=$(cd "$dir/root/usr/lib" && ls -d ./*-linux-gnu)
triplet=${triplet#./}
loader=$(find "$dir/root/usr/lib/$triplet" -maxdepth 1 -name 'ld-linux*.so.*' | head -n 1)
broker=$dir/root/usr/sbin/mosquitto
[ -x "$broker" ] || fail "the mosquitto package of $suite has no usr/sbin/mosquitto"
[ -n "$loader" ] || fail "the libc6 package of $suite has no loader in usr/lib/$triplet"
/sbin/ldconfig -n "$dir/root/usr/lib/$triplet"   # the links that a package leaves to its installation
cat > "$dir/mosquitto" <<WRAPPER
#!/bin/sh
exec '$loader' --library-path '$dir/root/usr/lib/$triplet' '$broker' "\$@"
WRAPPER
chmod 755 "$dir/mosquitto"

loaded=$("$loader" --library-path "$dir/root/usr/lib/$triplet" --list "$broker" 2>&1) ||
  fail "the broker of $suite does not load: $loaded"
rm -rf "$dir/apt/state" "$dir/apt/cache"
{ printf '%s:' "$suite"
  for deb in "$dir"/deb/mosquitto_*.deb "$dir"/deb/libssl3*.deb; do
    printf ' %s %s' "$(dpkg-deb -f "$deb" Package)" "$(dpkg-deb -f "$deb" Version)"
  done
  echo; } > "$dir/versions.new"
mv "$dir/versions.new" "$dir/versions"
rm -rf "$dir/deb"
