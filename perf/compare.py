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
import signal
import socket
import statistics
import subprocess
import sys
import time
from datetime import date

BIN = "/usr/lib/postgresql/15/bin"
TICK = os.sysconf("SC_CLK_TCK")
PASSWORD = "perf"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(what, condition, seconds=60):
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            sys.exit(f"gave up waiting for {what}")
        time.sleep(0.1)


class Bench:
    def __init__(self, options):
        self.options = options
        self.work = options.work
        self.children = []
        self.pids = {}
        self.ports = {name: free_port() for name in ("direct", "router", "haproxy", "pgbouncer")}
        self.rest, self.store = free_port(), free_port()
        self.environment = dict(os.environ, PGPASSWORD=PASSWORD, PGUSER="postgres", PGDATABASE="postgres")

    def path(self, *parts):
        return os.path.join(self.work, *parts)

    def start(self, name, *command):
        log = open(self.path(name + ".log"), "w")
        child = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.work)
        self.children.append(child)
        self.pids[name] = child.pid
        return child

    def write(self, name, text):
        with open(self.path(name), "w") as file:
            file.write(text)
        return self.path(name)

    def answers(self, name):
        return subprocess.run(
            [f"{BIN}/psql", "-h", "127.0.0.1", "-p", str(self.ports[name]), "-Atc", "SELECT pg_is_in_recovery()"],
            env=self.environment, capture_output=True, text=True).stdout.strip() == "f"

    def set_up(self):
        router = self.options.router
        self.start("store", router, "dcs", "--data-dir", self.path("store"), "--listen", f"127.0.0.1:{self.store}")
        self.start("agent", router, "agent", self.write("patroni.yml", f"""
scope: perf
name: perf-1
restapi: {{listen: "127.0.0.1:{self.rest}", connect_address: "127.0.0.1:{self.rest}"}}
etcd3: {{host: "127.0.0.1:{self.store}"}}
bootstrap:
  dcs: {{postgresql: {{parameters: {{max_connections: 300}}}}}}
postgresql:
  listen: 127.0.0.1:{self.ports["direct"]}
  connect_address: 127.0.0.1:{self.ports["direct"]}
  data_dir: {self.path("data")}
  pgpass: {self.path("pgpass")}
  authentication:
    superuser: {{username: postgres, password: {PASSWORD}}}
    replication: {{username: replicator, password: {PASSWORD}}}
  parameters: {{unix_socket_directories: {self.work}, shared_buffers: 256MB, fsync: off}}
"""))
        wait_for("PostgreSQL", lambda: self.answers("direct"))
        self.start("router", router, "proxy", "--config", self.write("router.yml", f"""
scope: perf
etcd3: {{host: "127.0.0.1:{self.store}"}}
listen: {{primary: "127.0.0.1:{self.ports["router"]}"}}
probe: {{username: postgres, password: {PASSWORD}}}
"""))
        self.start("haproxy", "/usr/sbin/haproxy", "-db", "-f", self.write("haproxy.cfg", f"""
global
  nbthread 1
defaults
  mode tcp
  timeout connect 5s
  timeout client 1h
  timeout server 1h
listen pg
  bind 127.0.0.1:{self.ports["haproxy"]}
  server pg 127.0.0.1:{self.ports["direct"]}
"""))
        self.write("userlist.txt", f'"postgres" "{PASSWORD}"\n')
        self.start("pgbouncer", "/usr/sbin/pgbouncer", self.write("pgbouncer.ini", f"""
[databases]
* = host=127.0.0.1 port={self.ports["direct"]}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {self.ports["pgbouncer"]}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {self.path("userlist.txt")}
pool_mode = session
default_pool_size = 200
max_client_conn = 1000
"""))
        for name in self.ports:
            wait_for(name, lambda: self.answers(name))
        subprocess.run(
            [f"{BIN}/pgbench", "-h", "127.0.0.1", "-p", str(self.ports["direct"]), "-i", "-s", "5", "-q"],
            env=self.environment, check=True, capture_output=True)

    def tear_down(self):
        for child in reversed(self.children):
            child.send_signal(signal.SIGTERM)
        for child in reversed(self.children):
            try:
                child.wait(60)
            except subprocess.TimeoutExpired:
                child.kill()

    def cpu_seconds(self, name):
        if name not in self.pids:
            return 0.0
        with open(f"/proc/{self.pids[name]}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    def rss_mib(self, name):
        if name not in self.pids:
            return 0.0
        with open(f"/proc/{self.pids[name]}/status") as file:
            return int(re.search(r"VmRSS:\s+(\d+)", file.read()).group(1)) / 1024

    def measure(self, name, mode, clients):
        logs = self.path("latency")
        os.makedirs(logs, exist_ok=True)
        before = self.cpu_seconds(name)
        run = subprocess.run(
            [f"{BIN}/pgbench", "-h", "127.0.0.1", "-p", str(self.ports[name]), "-n", "-S", "-M", mode, "-c", str(clients),
             "-j", "1", "-T", str(self.options.seconds), "-l", "--log-prefix", os.path.join(logs, "l")],
            env=self.environment, capture_output=True, text=True, cwd=self.work)
        cpu = self.cpu_seconds(name) - before
        if run.returncode != 0:
            sys.exit(f"pgbench through {name} failed:\n{run.stderr}")
        transactions = int(re.search(r"actually processed: (\d+)", run.stdout).group(1))
        latencies = []
        for log in glob.glob(os.path.join(logs, "l*")):
            with open(log) as file:
                latencies += [int(line.split()[2]) for line in file]
        shutil.rmtree(logs)
        latencies.sort()
        return {
            "tps": float(re.search(r"tps = ([\d.]+)", run.stdout).group(1)),
            "p50": latencies[len(latencies) // 2] / 1000,
            "p99": latencies[len(latencies) * 99 // 100] / 1000,
            "cpu": cpu * 1e6 / transactions,
            "rss": self.rss_mib(name),
        }


def spread(values, digits):
    low, middle, high = min(values), statistics.median(values), max(values)
    return f"{middle:.{digits}f} ({low:.{digits}f}–{high:.{digits}f})"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--router", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--commit", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--clients", default="1 16 64")
    parser.add_argument("--modes", default="simple prepared")
    parser.add_argument("--write")
    options = parser.parse_args()
    bench = Bench(options)
    try:
        bench.set_up()
        report(bench, options)
    finally:
        bench.tear_down()


def report(bench, options):
    print(f"# {date.today()}: session mode against direct, HAProxy and PgBouncer\n")
    print(f"Commit {options.commit}, ahead-of-time binary, one event loop; {platform.machine()}, {os.cpu_count()} cores shared "
          f"with pgbench and PostgreSQL, load {os.getloadavg()[0]:.1f} before the run.\n")
    print(f"    perf/compare.sh --rounds {options.rounds} --seconds {options.seconds} --clients \"{options.clients}\" "
          f"--modes \"{options.modes}\"\n")
    print("`pgbench -S`, interleaved; medians over the rounds (smallest–largest). CPU µs: of the process in between, per "
          "transaction; its ratio to the router's is taken round by round.\n")
    for mode in options.modes.split():
        for clients in map(int, options.clients.split()):
            rounds = [{name: bench.measure(name, mode, clients) for name in bench.ports} for _ in range(options.rounds)]
            print(f"## {mode}, {clients} clients\n")
            print("| | tps | p50 ms | p99 ms | CPU µs | router's CPU to its | RSS MiB |\n|---|--:|--:|--:|--:|--:|--:|")
            for name in bench.ports:
                rows = [r[name] for r in rounds]
                ratio = "" if name in ("direct", "router") else spread(
                    [r["router"]["cpu"] / r[name]["cpu"] for r in rounds], 2)
                cpu, rss = ("", "") if name == "direct" else (spread([r["cpu"] for r in rows], 1), f"{rows[-1]['rss']:.1f}")
                print(f"| {name} | {spread([r['tps'] for r in rows], 0)} | {spread([r['p50'] for r in rows], 2)} "
                      f"| {spread([r['p99'] for r in rows], 2)} | {cpu} | {ratio} | {rss} |", flush=True)
            print()


main()
