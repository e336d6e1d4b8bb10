#!/usr/bin/env bash
# Builds everything, checks the style, runs every test and the published binary.
# Usage: ./test.sh [--fast]     --fast: build and the suites that need no server, nothing else.
# The last line is `N passed, N failed, N skipped`; the exit code is 0 only when something passed and nothing failed.
set -uo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/.ci/lib.sh"
cd "$root" || exit 1

fast=false
case "${1:-}" in
    "") ;;
    --fast) fast=true ;;
    *) fail "unknown argument '$1'; usage: ./test.sh [--fast]" ;;
esac

require_dotnet
work=$(mktemp -d "${TMPDIR:-/tmp}/router-test.XXXXXX")
# Tests that need PostgreSQL drop to user postgres, who must get at the published binary.
chmod 755 "$work"
trap 'rm -rf "$work"' EXIT
passed=0 failed=0 skipped=0

# step NAME COMMAND...: one line with the time; the output only when it fails, which counts as one failure.
step() {
    local name=$1 start=$SECONDS
    shift
    if "$@" >"$work/step.log" 2>&1; then
        printf '%-34s ok, %d s\n' "$name" $((SECONDS - start))
        return 0
    fi
    printf '%-34s FAILED, %d s\n' "$name" $((SECONDS - start))
    cat "$work/step.log"
    failed=$((failed + 1))
    return 1
}

# run_suite ASSEMBLY NAME FILTER BOUND: leaves NAME.trx and NAME.log behind, and NAME.seconds.
run_suite() {
    local start=$SECONDS
    timeout --kill-after=10 "$4" dotnet test "$1" --filter "$3" --results-directory "$work" \
        --logger "trx;LogFileName=$2.trx" --logger "console;verbosity=minimal" >"$work/$2.log" 2>&1 </dev/null
    echo $? >"$work/$2.exit"
    echo $((SECONDS - start)) >"$work/$2.seconds"
}

counter() { grep -o "<Counters [^>]*" "$work/$1.trx" 2>/dev/null | grep -o " $2=\"[0-9]*\"" | tr -dc '0-9'; }

# report_suite NAME: adds to the sums. An assembly that ended badly without a failed test counts as one failure.
report_suite() {
    local total pass bad skip
    total=$(counter "$1" total) pass=$(counter "$1" passed) bad=$(counter "$1" failed)
    total=${total:-0} pass=${pass:-0} bad=${bad:-0}
    skip=$((total - pass - bad))
    if [ "$(cat "$work/$1.exit")" -ne 0 ] && [ "$bad" -eq 0 ]; then bad=1; fi
    [ "$total" -gt 0 ] || [ "$bad" -gt 0 ] || return 0
    passed=$((passed + pass)) failed=$((failed + bad)) skipped=$((skipped + skip))
    printf '%-34s %d passed, %d failed, %d skipped, %d s\n' "$1" "$pass" "$bad" "$skip" "$(cat "$work/$1.seconds")"
    if [ "$bad" -gt 0 ]; then grep -v '^ *$' "$work/$1.log"; fi
}

fast_suites() {
    local assembly name
    for assembly in "${suites[@]}"; do
        name=$(basename "$assembly" .dll)
        while [ "$(jobs -rp | wc -l)" -ge "$(nproc)" ]; do wait -n; done
        run_suite "$assembly" "$name" "Category!=Integration" 300 &
    done
    wait
    for assembly in "${suites[@]}"; do report_suite "$(basename "$assembly" .dll)"; done
}

integration_suites() {
    local assembly name
    for assembly in "${suites[@]}"; do
        name="$(basename "$assembly" .dll) integration"
        run_suite "$assembly" "$name" "Category=Integration" 1800
        report_suite "$name"
    done
}

smoke() {
    "$1" --version && "$1" --help && "$1" check-config config/patroni.yml && "$1" check-config config/router.yml \
        && "$1" check-config config/pgbouncer.example.ini && "$1" convert config/pgbouncer.example.ini
}

finish() {
    say "$passed passed, $failed failed, $skipped skipped"
    [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
    exit
}

if ! $fast; then
    # shellcheck disable=SC2046
    install_packages $(link_packages; test_packages)
fi
step "restore" dotnet restore Router.sln -v quiet || finish
step "build" dotnet build Router.sln --configuration Release --no-restore --nologo -v quiet -clp:NoSummary || finish
suites=()
for project in tests/*.Tests; do
    suites+=("$project/bin/Release/net10.0/$(basename "$project").dll")
done
$fast || step "style" dotnet format Router.sln --verify-no-changes --no-restore
fast_suites
if ! $fast && step "ahead-of-time publish" publish "$work/publish"; then
    export ROUTER_BINARY="$work/publish/router"
    step "published binary" smoke "$ROUTER_BINARY"
fi
$fast || integration_suites
finish
