#!/usr/bin/env bash
# A cluster of three members with a proxy in front of it, on this machine: `router demo` does the work.
# Usage: ./demo.sh [ARGUMENTS of router demo]
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/.ci/lib.sh"

require_dotnet
# shellcheck disable=SC2046
install_packages $(link_packages; demo_packages)

# PostgreSQL and the agent do not run as root, and their account must be able to reach the program.
work=$(mktemp -d "${TMPDIR:-/tmp}/router-demo.XXXXXX")
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
as_postgres=()
if [ "$(id -u)" -eq 0 ]; then
    as_postgres=(setpriv --reuid=postgres --regid=postgres --init-groups env HOME=/var/lib/postgresql)
fi
say "building the program"
publish "$work/bin"

cd /
"${as_postgres[@]}" "$work/bin/router" demo "$@" &
demo=$!
trap 'kill -TERM $demo 2>/dev/null || true' INT TERM
# A signal ends the first wait early; the demo then stops its cluster before it ends.
wait $demo && result=0 || result=$?
if kill -0 $demo 2>/dev/null; then
    wait $demo && result=0 || result=$?
fi
exit "$result"
