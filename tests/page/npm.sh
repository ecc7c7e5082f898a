#!/bin/bash
# Installs what package-lock.json in FOLDER names there; nothing where that is done, so that no network is needed then.
#   npm.sh NPM FOLDER
set -euo pipefail

npm=${1:?usage: npm.sh NPM FOLDER}
cd "${2:?usage: npm.sh NPM FOLDER}"
[ node_modules/.package-lock.json -nt package-lock.json ] && exit 0
PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 exec "$npm" ci --ignore-scripts --no-audit --no-fund
