"""Starts what is measured, and reads what the kernel knows of it."""

import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import time

import wire

BIN = "/usr/lib/postgresql/15/bin"
TICK = os.sysconf("SC_CLK_TCK")
PASSWORD = "perf"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(what, condition, seconds=120):
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            sys.exit(f"gave up waiting for {what}")
        time.sleep(0.1)


def spread(values, digits):
    """Median, with the smallest and the largest."""
    low, middle, high = min(values), statistics.median(values), max(values)
    return f"{middle:.{digits}f} ({low:.{digits}f}–{high:.{digits}f})"


class Bench:
    """The processes of one run, below one directory; every login is without a password."""

    def __init__(self, router, work):
        self.router = router
        self.work = work
        self.children = []
        self.pids = {}
        self.store = free_port()
        self.environment = dict(os.environ, PGPASSWORD=PASSWORD, PGUSER="postgres", PGDATABASE="postgres")

    def path(self, *parts):
        return os.path.join(self.work, *parts)

    def write(self, name, text):
        with open(self.path(name), "w") as file:
            file.write(text)
        return self.path(name)

    def start(self, name, *command):
        log = open(self.path(name + ".log"), "w")
        child = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.work)
        self.children.append(child)
        self.pids[name] = child.pid

    def start_store(self):
        self.start("store", self.router, "dcs", "--data-dir", self.path("store"), "--listen", f"127.0.0.1:{self.store}")

    def start_agent(self, name, port, dcs=""):
        rest = free_port()
        self.start(name, self.router, "agent", self.write(name + ".yml", f"""
scope: perf
name: {name}
restapi: {{listen: "127.0.0.1:{rest}", connect_address: "127.0.0.1:{rest}"}}
etcd3: {{host: "127.0.0.1:{self.store}"}}
bootstrap:
  dcs: {{{dcs}postgresql: {{parameters: {{max_connections: 300}}}}}}
postgresql:
  listen: 127.0.0.1:{port}
  connect_address: 127.0.0.1:{port}
  data_dir: {self.path(name + "-data")}
  pgpass: {self.path(name + "-pgpass")}
  pg_hba: [local all all trust, host all all 127.0.0.1/32 trust, host replication all 127.0.0.1/32 trust]
  authentication:
    superuser: {{username: postgres, password: {PASSWORD}}}
    replication: {{username: replicator, password: {PASSWORD}}}
  parameters: {{unix_socket_directories: {self.work}, shared_buffers: 256MB, fsync: off}}
"""))
        return rest

    def start_proxy(self, port, pool="none", size=20, name="router", transport="auto"):
        """pool: a pool_mode; none: a server connection for each client, which logs in there itself."""
        pooling = "" if pool == "none" else f"""
pool_mode: {pool}
auth_type: trust
auth_file: {self.write_users()}
default_pool_size: {size}
"""
        self.start(name, self.router, "proxy", "--config", self.write(name + ".yml", f"""{pooling}
scope: perf
transport: {transport}
etcd3: {{host: "127.0.0.1:{self.store}"}}
listen: {{primary: "127.0.0.1:{port}"}}
probe: {{username: postgres, password: {PASSWORD}}}
"""))

    def start_haproxy(self, port, to):
        self.start("haproxy", "/usr/sbin/haproxy", "-db", "-f", self.write("haproxy.cfg", f"""
global
  nbthread 1
defaults
  mode tcp
  timeout connect 5s
  timeout client 1h
  timeout server 1h
listen pg
  bind 127.0.0.1:{port}
  server pg 127.0.0.1:{to}
"""))

    def write_users(self):
        return self.write("userlist.txt", f'"postgres" "{PASSWORD}"\n')

    def start_pgbouncer(self, port, to, pool="session", size=250):
        self.start("pgbouncer", "/usr/sbin/pgbouncer", self.write("pgbouncer.ini", f"""
[databases]
* = host=127.0.0.1 port={to}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = trust
auth_file = {self.write_users()}
pool_mode = {pool}
default_pool_size = {size}
max_client_conn = 1000
"""))

    def run(self, *command, check=True):
        run = subprocess.run(command, env=self.environment, capture_output=True, text=True, cwd=self.work)
        if check and run.returncode != 0:
            sys.exit(f"{' '.join(command)} failed:\n{run.stderr}")
        return run.stdout

    def tear_down(self):
        for child in reversed(self.children):
            child.send_signal(signal.SIGTERM)
        for child in reversed(self.children):
            try:
                child.wait(60)
            except subprocess.TimeoutExpired:
                child.kill()

    def cpu_seconds(self, name):
        """User and system time of the process, all threads; 0 where there is none in between."""
        if name not in self.pids:
            return 0.0
        with open(f"/proc/{self.pids[name]}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    def rss_mib(self, name, kind="VmRSS"):
        """Resident memory of the process; RssAnon is the part that is its own, RssFile pages of programs and libraries."""
        if name not in self.pids:
            return 0.0
        with open(f"/proc/{self.pids[name]}/status") as file:
            return int(re.search(kind + r":\s+(\d+)", file.read()).group(1)) / 1024


def answers(port):
    """True where a session on the port reaches a server that is out of recovery."""
    try:
        session = wire.Session(port, timeout=5)
    except (OSError, RuntimeError):
        return False
    try:
        return session.query("SELECT pg_is_in_recovery()") == "f"
    except (OSError, RuntimeError):
        return False
    finally:
        session.close()
