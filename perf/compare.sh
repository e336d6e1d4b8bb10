#!/usr/bin/env bash
# What does a transaction, a login, a copied megabyte and an idle client cost in the proxy, against no proxy, HAProxy (TCP)
# and PgBouncer? With --pool both poolers pool alike; else PgBouncer pools sessions and the proxy does not pool.
# Usage: perf/compare.sh [--rounds N] [--seconds S] [--clients "1 16 64"] [--modes "simple prepared"]
#                        [--rows "memory login copy transactions"] [--pool transaction [--size 20]]
#                        [--transport "epoll io_uring"] [--write FILE]
# Interleaved (A B C D A B C D ...), one run; medians with spread, CPU from the kernel's account of each process.
source "$(dirname "${BASH_SOURCE[0]}")/run.sh"
run_measurement compare.py "$@"
