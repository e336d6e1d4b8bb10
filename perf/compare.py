"""Compares direct, router, HAProxy and PgBouncer in front of one PostgreSQL; see compare.sh for how to run it.

Prints a Markdown page. Each target is measured once a round, in turn; figures are medians over the rounds, with the
smallest and the largest in brackets. CPU is user + system time of the target's process by /proc, all threads.
"""

import argparse
import glob
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from datetime import date

import wire
from bench import BIN, Bench, answers, free_port, spread, wait_for

IDLE_CLIENTS = 200
COPY_MB = 200


class Comparison:
    def __init__(self, options):
        self.options = options
        self.bench = Bench(options.router, options.work)
        kinds = options.transport.split()
        self.routers = {"router" if len(kinds) == 1 else kind: kind for kind in kinds}
        self.ports = {name: free_port() for name in ("direct", *self.routers, "haproxy", "pgbouncer")}
        self.base = {}

    def set_up(self):
        bench, ports = self.bench, self.ports
        bench.start_store()
        bench.start_agent("perf-1", ports["direct"])
        wait_for("PostgreSQL", lambda: answers(ports["direct"]))
        for name, transport in self.routers.items():
            bench.start_proxy(ports[name], self.options.pool, self.options.size, name, transport)
        bench.start_haproxy(ports["haproxy"], ports["direct"])
        if self.options.pool == "none":
            bench.start_pgbouncer(ports["pgbouncer"], ports["direct"])
        else:
            bench.start_pgbouncer(ports["pgbouncer"], ports["direct"], self.options.pool, self.options.size)
        for name, port in ports.items():
            wait_for(name, lambda: answers(port))
        self.base = {name: (bench.rss_mib(name), bench.rss_mib(name, "RssAnon")) for name in ports}
        self.pgbench("direct", "-i", "-s", "5", "-q")
        wire.Session(ports["direct"]).query("CREATE UNLOGGED TABLE sink (line text)")
        bench.write("rows.txt", ("x" * 999 + "\n") * (COPY_MB * 1000))

    def program(self, program, name, *arguments):
        return self.bench.run(
            f"{BIN}/{program}", "-h", "127.0.0.1", "-p", str(self.ports[name]), *arguments)

    def pgbench(self, name, *arguments):
        return self.program("pgbench", name, *arguments)

    def transactions(self, name, mode, clients):
        bench = self.bench
        logs = bench.path("latency")
        os.makedirs(logs, exist_ok=True)
        before = bench.cpu_seconds(name)
        output = self.pgbench(
            name, "-n", "-S", "-M", mode, "-c", str(clients), "-j", "1", "-T", str(self.options.seconds),
            "-l", "--log-prefix", os.path.join(logs, "l"))
        cpu = bench.cpu_seconds(name) - before
        transactions = int(re.search(r"actually processed: (\d+)", output).group(1))
        if transactions == 0:
            sys.exit(f"no transaction through {name} within {self.options.seconds} s; the machine is too busy, or use --seconds")
        latencies = []
        for log in glob.glob(os.path.join(logs, "l*")):
            with open(log) as file:
                latencies += [int(line.split()[2]) for line in file]
        shutil.rmtree(logs)
        latencies.sort()
        return {
            "tps": float(re.search(r"tps = ([\d.]+)", output).group(1)),
            "p50": latencies[len(latencies) // 2] / 1000,
            "p99": latencies[len(latencies) * 99 // 100] / 1000,
            "cpu": cpu * 1e6 / transactions,
            "rss": bench.rss_mib(name),
        }

    def logins(self, name):
        before = self.bench.cpu_seconds(name)
        output = self.pgbench(name, "-n", "-C", "-S", "-c", "4", "-j", "1", "-T", str(self.options.seconds))
        cpu = self.bench.cpu_seconds(name) - before
        logins = int(re.search(r"actually processed: (\d+)", output).group(1))
        return {"rate": logins / self.options.seconds, "cpu": cpu * 1e6 / logins}

    def copy(self, name, direction):
        sql = {
            "out": f"COPY (SELECT repeat('x', 999) FROM generate_series(1, {COPY_MB * 1000})) TO STDOUT",
            "in": "COPY sink FROM STDIN",
        }[direction]
        before, begin = self.bench.cpu_seconds(name), time.monotonic()
        with open(self.bench.path("rows.txt")) as rows:
            subprocess.run(
                [f"{BIN}/psql", "-h", "127.0.0.1", "-p", str(self.ports[name]), "-Xqc", sql],
                env=self.bench.environment, check=True, stdin=rows, stdout=subprocess.DEVNULL)
        seconds = time.monotonic() - begin
        cpu = self.bench.cpu_seconds(name) - before
        wire.Session(self.ports["direct"]).query("TRUNCATE sink")
        return {"rate": COPY_MB / seconds, "cpu": cpu * 1e6 / COPY_MB}

    def idle(self, name):
        """KiB of the process's own memory for each of many clients that are logged in and silent."""
        first = [wire.Session(self.ports[name]) for _ in range(20)]
        before = self.bench.rss_mib(name, "RssAnon")
        others = [wire.Session(self.ports[name]) for _ in range(IDLE_CLIENTS)]
        after = self.bench.rss_mib(name, "RssAnon")
        for session in first + others:
            session.close()
        return (after - before) * 1024 / IDLE_CLIENTS

    def rounds(self, measure):
        return [{name: measure(name) for name in self.ports} for _ in range(self.options.rounds)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--router", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--commit", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--clients", default="1 16 64")
    parser.add_argument("--modes", default="simple prepared")
    parser.add_argument("--rows", default="memory login copy transactions")
    parser.add_argument("--pool", default="none", choices=["none", "session", "transaction", "statement"])
    parser.add_argument("--size", type=int, default=20)
    parser.add_argument("--transport", default="auto")
    parser.add_argument("--write")
    options = parser.parse_args()
    unknown = set(options.rows.split()) - set(ROWS)
    if unknown:
        sys.exit(f"unknown rows: {', '.join(sorted(unknown))}; there are {', '.join(ROWS)}")
    comparison = Comparison(options)
    try:
        comparison.set_up()
        print_head(options)
        for row in options.rows.split():
            ROWS[row](comparison)
    finally:
        comparison.bench.tear_down()


def print_head(options):
    pooling = "session mode" if options.pool == "none" else f"{options.pool} pooling, {options.size} server connections,"
    print(f"# {date.today()}: {pooling} against direct, HAProxy and PgBouncer\n")
    print(f"Commit {options.commit}, ahead-of-time binary, one event loop; {platform.machine()}, {os.cpu_count()} cores shared "
          f"with pgbench and PostgreSQL, load {os.getloadavg()[0]:.1f} before the run.\n")
    pooled = "" if options.pool == "none" else f" --pool {options.pool} --size {options.size}"
    pooled += "" if options.transport == "auto" else f" --transport \"{options.transport}\""
    print(f"    perf/compare.sh --rounds {options.rounds} --seconds {options.seconds} --clients \"{options.clients}\" "
          f"--modes \"{options.modes}\" --rows \"{options.rows}\"{pooled}\n")
    print("Interleaved; medians over the rounds (smallest–largest). CPU µs: of the process in between; its ratio to the "
          "router's is taken round by round. Logins are without a password.\n")


def ratio_heads(comparison):
    return " | ".join(f"{router}'s CPU to its" for router in comparison.routers)


def ratios(comparison, rounds, name):
    """A column for each router: its CPU to that of the row's process."""
    return " | ".join(
        "" if name in ("direct", router) else spread([r[router]["cpu"] / r[name]["cpu"] for r in rounds], 2)
        for router in comparison.routers)


def print_transactions(comparison):
    for mode in comparison.options.modes.split():
        for clients in map(int, comparison.options.clients.split()):
            rounds = comparison.rounds(lambda name: comparison.transactions(name, mode, clients))
            print(f"## pgbench -S, {mode}, {clients} clients\n")
            print(f"| | tps | p50 ms | p99 ms | CPU µs per transaction | {ratio_heads(comparison)} | RSS MiB |\n"
                  f"|---|--:|--:|--:|--:|{'--:|' * len(comparison.routers)}--:|")
            for name in comparison.ports:
                rows = [r[name] for r in rounds]
                cpu, rss = ("", "") if name == "direct" else (spread([r["cpu"] for r in rows], 1), f"{rows[-1]['rss']:.1f}")
                print(f"| {name} | {spread([r['tps'] for r in rows], 0)} | {spread([r['p50'] for r in rows], 2)} "
                      f"| {spread([r['p99'] for r in rows], 2)} | {cpu} | {ratios(comparison, rounds, name)} | {rss} |", flush=True)
            print()


def print_rates(title, unit, comparison, measure):
    rounds = comparison.rounds(measure)
    print(f"## {title}\n\n| | {unit}/s | CPU µs per {unit} | {ratio_heads(comparison)} |\n|---|--:|--:|{'--:|' * len(comparison.routers)}")
    for name in comparison.ports:
        rows = [r[name] for r in rounds]
        cpu = "" if name == "direct" else spread([r["cpu"] for r in rows], 1)
        print(f"| {name} | {spread([r['rate'] for r in rows], 0)} | {cpu} | {ratios(comparison, rounds, name)} |", flush=True)
    print()


def print_login(comparison):
    print_rates("Login storm: pgbench -C -S, 4 clients", "login", comparison, comparison.logins)
    print("PgBouncer answers most of these logins itself, from a pool; the others log in to PostgreSQL each time.\n")


def print_copy(comparison):
    for direction in ("out", "in"):
        print_rates(
            f"COPY {direction}, {COPY_MB} MB by psql", "MB", comparison, lambda name: comparison.copy(name, direction))


def print_memory(comparison):
    print(f"## Memory\n\nAfter the start and a session; anonymous memory is the process's own, the rest are pages of the "
          f"program and its libraries. Per idle client: growth of it from 20 to {20 + IDLE_CLIENTS} clients, the first time "
          "they come.\n\n| | base RSS MiB | of it anonymous | KiB per idle client |\n|---|--:|--:|--:|")
    for name in comparison.ports:
        if name != "direct":
            rss, anonymous = comparison.base[name]
            print(f"| {name} | {rss:.1f} | {anonymous:.1f} | {comparison.idle(name):.1f} |", flush=True)
    print(flush=True)


ROWS = {"memory": print_memory, "login": print_login, "copy": print_copy, "transactions": print_transactions}

main()
