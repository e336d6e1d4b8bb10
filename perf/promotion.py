"""How long after a promotion a client's first query passes through the proxy; see promotion.sh for how to run it.

Two members. Each round asks for a switchover and takes two moments by one clock: when the new primary first answers that
it is out of recovery (asked every 2 ms over a connection of its own), and when a query through the proxy is answered
by it. Clients come one after another all the while, so one of them waits in the hold queue at the promotion.
"""

import argparse
import json
import os
import platform
import threading
import time
import urllib.error
import urllib.request
from datetime import date

import wire
from bench import Bench, answers, free_port, spread, wait_for


def until_primary(port, bound):
    """The moment at which the server on the port first says that it is out of recovery."""
    session = None
    while time.monotonic() < bound:
        try:
            session = session or wire.Session(port, timeout=5)
            if session.query("SELECT pg_is_in_recovery()") == "f":
                session.close()
                return time.monotonic()
        except (OSError, RuntimeError):
            session = None
        time.sleep(0.002)
    raise SystemExit("the candidate was not promoted")


def until_served(port, server_port, bound):
    """The moment at which a new client of the proxy first hears that server."""
    while time.monotonic() < bound:
        try:
            session = wire.Session(port, timeout=60)
            if session.query("SELECT inet_server_port()") == str(server_port):
                session.close()
                return time.monotonic()
            session.close()
        except (OSError, RuntimeError):
            time.sleep(0.002)
    raise SystemExit("no client was served by the new primary")


def switch(rest, leader, candidate, bound):
    """Asks until it is accepted: a member that has just come is no candidate before its agent has said so."""
    body = json.dumps({"leader": leader, "candidate": candidate}).encode()
    while True:
        try:
            request = urllib.request.Request(f"http://127.0.0.1:{rest[leader]}/switchover", body, method="POST")
            with urllib.request.urlopen(request, timeout=120) as answer:
                answer.read()
            return
        except urllib.error.HTTPError as refusal:
            if time.monotonic() > bound:
                raise SystemExit(f"no switchover: {refusal.code} {refusal.read().decode()}")
            time.sleep(0.5)


def one_round(ports, rest, proxy, leader, candidate):
    bound = time.monotonic() + 120
    moments = {}
    watch = [
        threading.Thread(target=lambda: moments.update(primary=until_primary(ports[candidate], bound))),
        threading.Thread(target=lambda: moments.update(served=until_served(proxy, ports[candidate], bound))),
    ]
    for thread in watch:
        thread.start()
    switch(rest, leader, candidate, bound)
    for thread in watch:
        thread.join()
    return (moments["served"] - moments["primary"]) * 1000


def is_streaming(port):
    return wire.Session(port).query(
        "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'") == "1"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--router", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--commit", required=True)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--write")
    options = parser.parse_args()
    bench = Bench(options.router, options.work)
    ports, proxy = {"a": free_port(), "b": free_port()}, free_port()
    try:
        bench.start_store()
        rest = {"a": bench.start_agent("a", ports["a"], "ttl: 10, loop_wait: 2, retry_timeout: 3, ")}
        wait_for("the first primary", lambda: answers(ports["a"]))
        rest["b"] = bench.start_agent("b", ports["b"])
        bench.start_proxy(proxy)
        wait_for("the proxy", lambda: answers(proxy))
        leader, candidate, times = "a", "b", []
        for _ in range(options.rounds):
            wait_for("the standby", lambda: is_streaming(ports[leader]))
            times.append(one_round(ports, rest, proxy, leader, candidate))
            leader, candidate = candidate, leader
    finally:
        bench.tear_down()
    print(f"# {date.today()}: reaction of the proxy to a promotion\n")
    print(f"Commit {options.commit}, ahead-of-time binary; {platform.machine()}, {os.cpu_count()} cores, load "
          f"{os.getloadavg()[0]:.1f} after the run.\n\n    perf/promotion.sh --rounds {options.rounds}\n")
    print("From the new primary's first answer that it is out of recovery to the answer of a client's first query through "
          f"the proxy: {spread(times, 0)} ms; each round: {', '.join(f'{t:.0f}' for t in times)}.")


main()
