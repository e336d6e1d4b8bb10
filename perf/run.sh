# Sourced by the measurements: run_measurement FILE.py ARGUMENTS... publishes the ahead-of-time binary, runs the script
# beside it (as user postgres where we are root), prints its page, and keeps it where --write FILE says.
# ROUTER_BINARY names a binary that is published already.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../.ci/lib.sh"

run_measurement() {
    local script=$1 out="" last="" argument commit work
    shift
    require_dotnet
    # shellcheck disable=SC2046
    install_packages $(link_packages; test_packages)
    work=$(mktemp -d "${TMPDIR:-/tmp}/router-perf.XXXXXX")
    # shellcheck disable=SC2064
    trap "rm -rf '$work'" EXIT
    chmod 755 "$work"
    mkdir "$work/bin" "$work/run"
    if [ -n "${ROUTER_BINARY:-}" ]; then
        cp "$ROUTER_BINARY" "$work/bin/router"
    else
        say "publishing the ahead-of-time binary" >&2
        publish "$work/bin" >/dev/null
    fi
    commit=$(git -C "$root" rev-parse --short HEAD)
    local as_postgres=()
    if [ "$(id -u)" -eq 0 ]; then
        chown postgres: "$work/run"
        as_postgres=(setpriv --reuid=postgres --regid=postgres --clear-groups env HOME="$work/run")
    fi
    "${as_postgres[@]}" env PYTHONDONTWRITEBYTECODE=1 python3 "$root/perf/$script" \
        --router "$work/bin/router" --work "$work/run" --commit "$commit" "$@" | tee "$work/result.md" || {
        tail -n 8 "$work"/run/*.log >&2
        fail "the measurement did not end; above are the last lines of what ran"
    }
    for argument in "$@"; do
        [ "$last" = "--write" ] && out=$argument
        last=$argument
    done
    [ -z "$out" ] || cp "$work/result.md" "$out"
}
