"""psycopg 3: the extended protocol, statements prepared by themselves, pipelines of libpq."""

import sys
import threading

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

sys.path.insert(0, sys.path[0] + "/..")
from report import case as run_case, describe, end, saw

db = psycopg.connect("application_name='psycopg 3 script'")


def case(name, work):
    run_case(name, work)
    db.rollback()


def query(text, values=None, on=None, **options):
    cursor = (on or db).execute(text, values, **options)
    return cursor.fetchall() if cursor.description else cursor.statusmessage


def rotate(count=6):
    for _ in range(count):
        saw(query("SELECT pg_backend_pid()")[0][0])
        db.commit()


def table():
    query("DROP SCHEMA IF EXISTS p3 CASCADE")
    query("CREATE SCHEMA p3")
    query("CREATE TABLE p3.t (id int PRIMARY KEY, name text, numbers int[], at timestamptz, data bytea)")
    with db.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO p3.t VALUES (%s, %s, %s, %s, %s)",
            [(i, f"näme {i}", [i, i + 1], "2026-01-02 03:04:05+00", bytes([i])) for i in range(30)])
        count = cursor.rowcount
    db.commit()
    return count


def auto_prepared():
    seen = []
    for i in range(12):
        seen.append(query("SELECT name, pg_backend_pid() FROM p3.t WHERE id = %s", (i,))[0])
        saw(seen[-1][1])
        db.commit()
    return [name for name, _ in seen]


def prepared():
    seen = []
    for i in range(8):
        seen += query("SELECT numbers, data FROM p3.t WHERE id = %b", (i,), prepare=True)
        rotate(1)
    return seen


def evicted():
    db.prepared_max = 3
    seen = []
    for round in range(3):
        for column in ("name", "numbers", "at", "data", "id"):
            seen += query(f"SELECT {column} FROM p3.t WHERE id = %s", (round,), prepare=True)
            db.commit()
    db.prepared_max = 100
    return seen


def deallocated():
    for i in range(3):
        query("SELECT id + %s FROM p3.t WHERE id = 1", (i,), prepare=True)
        db.commit()
    query("DEALLOCATE ALL")
    db.commit()
    db._prepared.clear()
    return query("SELECT id + %s FROM p3.t WHERE id = 1", (5,), prepare=True), db.commit()


def rolled_back():
    """A roll back makes psycopg forget, and say DEALLOCATE ALL of, what it has prepared."""
    seen = []
    for _ in range(3):
        query("SELECT 1 + %s", (1,), prepare=True)
        try:
            query("SELECT 1 / %s", (0,), prepare=True)
        except psycopg.Error as error:
            seen.append(describe(error))
        db.rollback()
        seen += query("SELECT 1 + %s", (2,), prepare=True)
        db.commit()
    return seen


def pipeline():
    seen = []
    with db.pipeline() as pipe:
        cursors = [db.execute("SELECT %s::int, pg_backend_pid()", (i,)) for i in range(10)]
        pipe.sync()
        seen += [cursor.fetchone()[0] for cursor in cursors]
        db.commit()
        for round in range(4):
            inserted = db.execute("INSERT INTO p3.t (id, name) VALUES (%s, 'piped') RETURNING id", (1000 + round,))
            counted = db.execute("SELECT count(*) FROM p3.t WHERE name = 'piped'")
            db.commit()
            seen += inserted.fetchall() + counted.fetchall()
    return seen


def pipeline_aborts():
    seen = []
    try:
        with db.pipeline():
            db.execute("INSERT INTO p3.t (id) VALUES (2000)")
            db.execute("INSERT INTO p3.t (id) VALUES (1)")
            db.execute("INSERT INTO p3.t (id) VALUES (2001)")
    except psycopg.Error as error:
        seen.append(describe(error))
    db.rollback()
    for text in ("SELECT wrong", "SELECT 1"):
        try:
            with db.pipeline():
                seen += db.execute("SELECT 3").fetchall()
                db.execute(text)
                db.execute("SELECT 4")
        except psycopg.Error as error:
            seen.append(describe(error))
        db.rollback()
    db.commit()
    seen += query("SELECT count(*) FROM p3.t WHERE id >= 2000")
    db.commit()
    return seen


def pipelined_many():
    db.autocommit = True
    with db.pipeline():
        cursors = [db.execute("SELECT %s::int, repeat('z', 2000)", (i,)) for i in range(1500)]
        numbers = [cursor.fetchone()[0] for cursor in cursors]
    db.autocommit = False
    return numbers == list(range(1500))


def copy():
    rows = [(i, f"copied {i}", None) for i in range(3000, 8000)]
    with db.cursor() as cursor:
        with cursor.copy("COPY p3.t (id, name, at) FROM STDIN") as copying:
            for row in rows:
                copying.write_row(row)
        with cursor.copy("COPY (SELECT id, name, at FROM p3.t WHERE id >= 3000 ORDER BY id) TO STDOUT (FORMAT binary)") as copying:
            copying.set_types(["int4", "text", "timestamptz"])
            back = list(copying.rows())
    db.commit()
    return back == rows


def copy_broken_off():
    try:
        with db.cursor().copy("COPY p3.t (id) FROM STDIN") as copying:
            copying.write_row((100000,))
            raise ZeroDivisionError("enough")
    except ZeroDivisionError:
        pass
    finally:
        db.rollback()
    return query("SELECT count(*) FROM p3.t WHERE id = 100000"), db.commit()


def server_cursor():
    with db.cursor("walk") as cursor:
        cursor.execute("SELECT id FROM p3.t WHERE id < 20 ORDER BY id")
        rows = cursor.fetchmany(3)
        cursor.scroll(5)
        rows += cursor.fetchmany(3)
    db.commit()
    with db.cursor("held", withhold=True, row_factory=dict_row) as cursor:
        cursor.execute("SELECT id FROM p3.t WHERE id < 5 ORDER BY id")
        db.commit()
        rows += cursor.fetchall()
    db.commit()
    return rows


def transactions():
    seen = []
    with db.transaction():
        query("SET LOCAL timezone = 'Asia/Tokyo'")
        try:
            with db.transaction("inner"):
                query("SET search_path = nowhere")
                query("SELECT wrong")
        except psycopg.Error as error:
            seen.append(describe(error))
        seen += query("SHOW timezone") + query("SHOW search_path")
    seen += query("SHOW timezone") + query("SHOW search_path")
    db.commit()
    query("SET lock_timeout = '3s'")
    db.commit()
    for _ in range(4):
        seen += query("SHOW lock_timeout")
        rotate(1)
    query("RESET lock_timeout")
    db.commit()
    return seen


def notifies():
    with psycopg.connect(autocommit=True) as listener:
        listener.execute("LISTEN p3_news")
        query("SELECT pg_notify('p3_news', n::text) FROM generate_series(1, 3) n")
        db.commit()
        heard = []
        for notify in listener.notifies():
            heard.append((notify.channel, notify.payload))
            if len(heard) == 3:
                break
        return heard


def cancel():
    timer = threading.Timer(0.5, db.cancel)
    timer.start()
    try:
        query("SELECT pg_sleep(60)")
    finally:
        timer.join()
        db.rollback()


def stream():
    with db.cursor() as cursor:
        total = sum(row[0] for row in cursor.stream("SELECT generate_series(1, %s)", (20000,)))
    db.commit()
    return total


def names():
    return query(sql.SQL("SELECT {} FROM {} WHERE id = 2").format(sql.Identifier("name"), sql.Identifier("p3", "t")))


def notices():
    heard = []
    db.add_notice_handler(lambda notice: heard.append((notice.severity, notice.message_primary)))
    query("DO $$ BEGIN RAISE NOTICE 'first'; RAISE WARNING 'second'; END $$")
    db.commit()
    return heard


def parameters():
    return [db.info.parameter_status(name) for name in ("server_version", "TimeZone", "client_encoding", "application_name")]


def advisory_lock():
    query("SELECT pg_advisory_lock(77)")
    db.commit()
    locked = query("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 77 AND pid = pg_backend_pid()")
    db.commit()
    return locked, query("SELECT pg_advisory_unlock(77)"), db.commit()


case("table", table)
rotate()
case("prepared by itself", auto_prepared)
case("prepared", prepared)
case("evicted", evicted)
case("deallocated", deallocated)
case("rolled back", rolled_back)
case("pipeline", pipeline)
case("pipeline that aborts", pipeline_aborts)
case("pipeline of many", pipelined_many)
case("copy", copy)
case("copy broken off", copy_broken_off)
case("server cursor", server_cursor)
case("transactions", transactions)
case("notifies", notifies)
case("cancel", cancel)
case("stream", stream)
case("composed", names)
case("notices", notices)
case("parameters", parameters)
case("advisory lock", advisory_lock)
case("several statements", lambda: (query("SELECT 1; SELECT 2"), db.commit()))
rotate()
end()
