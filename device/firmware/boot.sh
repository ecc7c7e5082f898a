#!/bin/bash
# Switches the emulated device on: one boot, with a folder as all that it knows and remembers.
#
#   boot.sh FIRMWARE.elf DIR HOST PORT     socat makes the TCP connection, QEMU takes it over as 0 and 1
#   boot.sh FIRMWARE.elf DIR               without a network (`network no-name` or `no-port` in the settings)
#
# DIR/settings.txt in, DIR/result.json out, DIR/rtc.bin and flash.bin stay from boot to boot (README.md).
# TLSWATCH_COUNT=1 counts instructions instead of time. Exit status: the firmware's (0 connected, 1 not, 2 bad
# settings, 3 it crashed), or socat's 1 with a line on standard error where nobody listens: there is no result.json then.
# It is one process throughout: who kills it has cut the device's power.
set -euo pipefail

if [ $# -eq 0 ] && [ -n "${TLSWATCH_BOOT_ELF:-}" ]; then  # the second time, from socat
  counting=()
  [ -z "${TLSWATCH_COUNT:-}" ] || counting=(-icount "shift=0,sleep=off")
  exec qemu-system-xtensa -M sim -cpu lx106 -semihosting -display none -monitor none -serial none \
    ${counting[@]+"${counting[@]}"} -kernel "$TLSWATCH_BOOT_ELF"
fi

[ $# -eq 2 ] || [ $# -eq 4 ] || { echo "usage: boot.sh FIRMWARE.elf DIR [HOST PORT]" >&2; exit 2; }
for needed in "$1" "$2/."; do
  [ -r "$needed" ] || { echo "boot.sh: there is no $needed" >&2; exit 2; }
done
here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
TLSWATCH_BOOT_ELF=$(readlink -f "$1")
export TLSWATCH_BOOT_ELF
cd "$2"
rm -f result.json
[ $# -eq 4 ] || exec "$here/boot.sh" < /dev/null
# By PATH, as socat would take the path itself apart.
PATH=$here:$PATH exec socat "TCP:$3:$4,nodelay,connect-timeout=10" EXEC:boot.sh,nofork
