#!/usr/bin/env bash
# How long after a promotion is a client served by the new primary?
# Usage: perf/promotion.sh [--rounds N] [--write FILE]
# Switchovers between two members; from the new primary's first answer that it is out of recovery to the answer of a
# client's first query through the proxy.
source "$(dirname "${BASH_SOURCE[0]}")/run.sh"
run_measurement promotion.py "$@"
