#!/usr/bin/env bash
# What does a transaction through the proxy cost, against no proxy, HAProxy (TCP) and PgBouncer (session pooling)?
# Usage: perf/compare.sh [--rounds N] [--seconds S] [--clients "1 16 64"] [--modes "simple prepared"] [--write FILE]
# Interleaved (A B C D A B C D ...), one run; medians with spread, CPU from the kernel's account of each process.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../.ci/lib.sh"

require_dotnet
# shellcheck disable=SC2046
install_packages $(link_packages; test_packages)
work=$(mktemp -d "${TMPDIR:-/tmp}/router-perf.XXXXXX")
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
say "publishing the ahead-of-time binary"
publish "$work/bin" >/dev/null
commit=$(git -C "$root" rev-parse --short HEAD)
mkdir "$work/run"
as_postgres=()
if [ "$(id -u)" -eq 0 ]; then
    chown postgres: "$work/run"
    as_postgres=(setpriv --reuid=postgres --regid=postgres --clear-groups env HOME="$work/run")
fi
"${as_postgres[@]}" python3 "$root/perf/compare.py" --router "$work/bin/router" --work "$work/run" --commit "$commit" "$@" \
    | tee "$work/result.md"
out=""
for argument in "$@"; do
    [ "${last:-}" = "--write" ] && out=$argument
    last=$argument
done
[ -z "$out" ] || cp "$work/result.md" "$out"
