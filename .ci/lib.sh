# Shell functions that test.sh and demo.sh share. Source it; it does nothing by itself.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# No build server may outlive the script that started it, or hold its output open.
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1

say() { printf '%s\n' "$*"; }

fail() { printf 'error: %s\n' "$*" >&2; exit 1; }

# What `dotnet publish` needs to link the ahead-of-time binary.
link_packages() {
    { command -v clang || command -v gcc; } >/dev/null || say gcc libc6-dev
    [ -e /usr/include/zlib.h ] || say zlib1g-dev
}

# What the demo and the integration tests run: the database, the store, and the programs that we are compared with.
demo_packages() {
    [ -x /usr/lib/postgresql/15/bin/postgres ] || say postgresql-15
    command -v etcd >/dev/null || say etcd-server
    command -v etcdctl >/dev/null || say etcd-client
}

test_packages() {
    demo_packages
    command -v patroni >/dev/null || say patroni
    [ -e /usr/lib/python3/dist-packages/etcd ] || say python3-etcd
    command -v haproxy >/dev/null || say haproxy
    command -v pgbouncer >/dev/null || say pgbouncer
    command -v ip >/dev/null || say iproute2
    [ -x /usr/sbin/slapd ] || say slapd
    command -v setpriv >/dev/null || say util-linux
    driver_packages
}

# The drivers that are run through the pooler; those for JavaScript come from npm, by their test.
driver_packages() {
    [ -e /usr/lib/python3/dist-packages/psycopg2 ] || say python3-psycopg2
    [ -e /usr/lib/python3/dist-packages/psycopg ] || say python3-psycopg
    [ -e /usr/lib/python3/dist-packages/asyncpg ] || say python3-asyncpg
    [ -e /usr/share/java/postgresql.jar ] || say libpostgresql-jdbc-java
    command -v javac >/dev/null || say default-jdk-headless
    command -v node >/dev/null || say nodejs
    command -v npm >/dev/null || say npm
}

# install_packages NAME...: installs them without starting a service or creating a database cluster.
install_packages() {
    [ $# -gt 0 ] || return 0
    local as_root=""
    if [ "$(id -u)" -ne 0 ]; then
        sudo -n true 2>/dev/null && as_root="sudo -n"
        [ -n "$as_root" ] || fail "these packages are missing and installing needs root: $*
       run: apt-get install --no-install-recommends $*"
    fi
    command -v apt-get >/dev/null || fail "these Debian packages are missing and there is no apt-get here: $*"

    say "installing: $*"
    local log
    log=$(mktemp)
    if ! $as_root bash -s -- "$@" >"$log" 2>&1 <<'INSTALL'
set -eu
export DEBIAN_FRONTEND=noninteractive
policy=/usr/sbin/policy-rc.d
no_cluster=/etc/postgresql-common/createcluster.d/router-install.conf
own_policy=false
cleanup() { rm -f "$no_cluster"; if $own_policy; then rm -f "$policy"; fi; }
trap cleanup EXIT
if [ ! -e "$policy" ]; then
    own_policy=true
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
fi
mkdir -p "${no_cluster%/*}"
echo 'create_main_cluster = off' >"$no_cluster"
apt-get update -q
apt-get install -q -y --no-install-recommends "$@"
INSTALL
    then
        cat "$log" >&2
        rm -f "$log"
        fail "apt-get could not install: $*"
    fi
    rm -f "$log"
}

require_dotnet() {
    command -v dotnet >/dev/null || fail "the .NET SDK 10 is missing; see https://dot.net/download"
}

# publish DIRECTORY: the release build, one file. The Dockerfile runs the same command.
publish() {
    dotnet publish "$root/src/Router" --configuration Release --output "$1" --nologo -v quiet
}
