"""psycopg2: the simple protocol, values bound by the client."""

import io
import sys
import threading
import time

import psycopg2
import psycopg2.extensions
import psycopg2.extras
import psycopg2.pool

sys.path.insert(0, sys.path[0] + "/..")
from report import case, end, saw

db = psycopg2.connect(application_name="psycopg2 script")


def query(sql, values=None, on=None):
    with (on or db).cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall() if cursor.description else cursor.statusmessage


def committed(work):
    result = work()
    db.commit()
    return result


def rotate():
    for _ in range(6):
        saw(query("SELECT pg_backend_pid()")[0][0])
        db.commit()


def table():
    query("DROP SCHEMA IF EXISTS p2 CASCADE")
    query("CREATE SCHEMA p2")
    query("CREATE TABLE p2.t (id int PRIMARY KEY, name text, at timestamptz)")
    return [query("INSERT INTO p2.t VALUES (%s, %s, %s)", (i, f"näme {i}", "2026-01-02 03:04:05+00")) for i in range(20)]


def error():
    try:
        query("INSERT INTO p2.t VALUES (1)")
    finally:
        try:
            query("SELECT 1")
        except psycopg2.Error as aborted:
            print("  then:", aborted.pgcode)
        db.rollback()


def settings():
    seen = []
    query("SET TIME ZONE 'Asia/Tokyo'")
    query("SET search_path = p2, public")
    query("SET statement_timeout = '33s'")
    query("SET datestyle = 'German, DMY'")
    db.commit()
    for _ in range(5):
        seen.append(query("SELECT at::text, current_setting('statement_timeout') FROM t WHERE id = 3"))
        saw(query("SELECT pg_backend_pid()")[0][0])
        db.commit()
    query("SET work_mem = '9MB'")
    db.rollback()
    seen.append(query("SHOW work_mem"))
    for name in ("TIME ZONE", "search_path", "statement_timeout", "datestyle"):
        query(f"RESET {name}")
    db.commit()
    seen.append(query("SHOW search_path") + query("SHOW timezone"))
    db.commit()
    return seen


def sessions():
    seen = []
    db.set_session(isolation_level="SERIALIZABLE", readonly=True)
    seen.append(query("SHOW transaction_isolation") + query("SHOW transaction_read_only"))
    db.rollback()
    db.set_session(isolation_level="DEFAULT", readonly=False, autocommit=True)
    seen.append(query("SHOW transaction_isolation") + query("SHOW transaction_read_only"))
    db.autocommit = False
    return seen


def named_cursor():
    with db.cursor(name="walk") as cursor:
        cursor.itersize = 3
        cursor.execute("SELECT id FROM p2.t ORDER BY id")
        rows = [row[0] for row in cursor]
    db.commit()
    return rows


def held_cursor():
    cursor = db.cursor(name="held", withhold=True)
    cursor.execute("SELECT id FROM p2.t ORDER BY id")
    rows = cursor.fetchmany(2)
    db.commit()
    rows += cursor.fetchmany(2)
    db.commit()
    cursor.close()
    db.commit()
    return rows


def copy():
    text = "".join(f"{i}\tcopied {i}\t\\N\n" for i in range(100, 5000))
    with db.cursor() as cursor:
        cursor.copy_expert("COPY p2.t FROM STDIN", io.StringIO(text))
        out = io.StringIO()
        cursor.copy_expert("COPY (SELECT * FROM p2.t WHERE id >= 100 ORDER BY id) TO STDOUT", out)
    db.commit()
    return out.getvalue() == text, len(text)


def copy_fails():
    try:
        with db.cursor() as cursor:
            cursor.copy_expert("COPY p2.t FROM STDIN", io.StringIO("1\tno\n"))
    finally:
        db.rollback()


def execute_values():
    with db.cursor() as cursor:
        rows = psycopg2.extras.execute_values(
            cursor, "INSERT INTO p2.t (id, name) VALUES %s RETURNING id", [(i, "v") for i in range(9000, 9250)], fetch=True)
    db.commit()
    return len(rows)


def notify():
    listener = psycopg2.connect("")
    listener.autocommit = True
    query("LISTEN p2_news", on=listener)
    for number in range(3):
        query("SELECT pg_notify('p2_news', %s)", (f"news {number}",))
        db.commit()
    deadline = time.monotonic() + 30
    while len(listener.notifies) < 3 and time.monotonic() < deadline:
        listener.poll()
        time.sleep(0.01)
    query("UNLISTEN *", on=listener)
    heard = [(n.channel, n.payload) for n in listener.notifies]
    listener.close()
    return heard


def notices():
    del db.notices[:]
    query("DO $$ BEGIN RAISE NOTICE 'first'; RAISE WARNING 'second'; END $$")
    db.commit()
    return db.notices


def cancel():
    timer = threading.Timer(0.5, db.cancel)
    timer.start()
    try:
        query("SELECT pg_sleep(60)")
    finally:
        timer.join()
        db.rollback()


def temporary():
    query("CREATE TEMP TABLE mine (v int)")
    db.commit()
    query("INSERT INTO mine VALUES (1), (2)")
    db.commit()
    rows = query("SELECT sum(v) FROM mine")
    query("DROP TABLE mine")
    db.commit()
    return rows


def two_phase():
    db.tpc_begin(db.xid(1, "p2", "branch"))
    query("SELECT 1")
    db.tpc_commit()
    return db.status == psycopg2.extensions.STATUS_READY


def pooled():
    pool = psycopg2.pool.ThreadedConnectionPool(1, 3, "")
    one, two = pool.getconn(), pool.getconn()
    rows = query("SELECT 1", on=one)
    pool.putconn(one)
    rows += query("SELECT 2", on=two)
    pool.putconn(two)
    pool.closeall()
    return rows


def asynchronous():
    connection = psycopg2.connect("", async_=True)
    psycopg2.extras.wait_select(connection)
    rows = []
    for i in range(3):
        cursor = connection.cursor()
        cursor.execute("SELECT %s", (i,))
        psycopg2.extras.wait_select(connection)
        rows += cursor.fetchall()
    connection.close()
    return rows


case("table", lambda: committed(table))
rotate()
case("error", error)
case("settings", settings)
case("session", sessions)
case("named cursor", named_cursor)
case("cursor with hold", held_cursor)
case("copy", copy)
case("copy that fails", copy_fails)
case("execute_values", execute_values)
case("notify", notify)
case("notices", notices)
case("cancel", cancel)
case("temporary table", temporary)
case("two-phase", two_phase)
case("pool", pooled)
case("asynchronous", asynchronous)
case("several statements", lambda: committed(lambda: query("SELECT 1; SELECT 2; SELECT 3")))
case("large", lambda: committed(lambda: len(query("SELECT repeat('x', 3000000)")[0][0])))
case("large value", lambda: committed(lambda: query("SELECT length(%s)", ("y" * 2000000,))))
case("client_encoding", lambda: (db.set_client_encoding("LATIN1"), query("SELECT 'ä', current_setting('client_encoding')")))
rotate()
end()
