"""asyncpg: binary values, a cache of prepared statements, and sessions that are reset when its pool gets them back."""

import asyncio
import datetime
import sys

import asyncpg

sys.path.insert(0, sys.path[0] + "/..")
from report import case_async, end, saw


async def rotate(db, count=6):
    for _ in range(count):
        saw(await db.fetchval("SELECT pg_backend_pid()"))


async def table(db):
    await db.execute("DROP SCHEMA IF EXISTS ap CASCADE; CREATE SCHEMA ap")
    await db.execute("CREATE TABLE ap.t (id int PRIMARY KEY, name text, at timestamptz, tags text[], doc jsonb)")
    await db.executemany(
        "INSERT INTO ap.t VALUES ($1, $2, $3, $4, $5)",
        [(i, f"näme {i}", datetime.datetime(2026, 1, 2, 3, i, tzinfo=datetime.timezone.utc), ["a", "b"], "{}") for i in range(30)])
    return await db.fetchval("SELECT count(*) FROM ap.t")


async def cached(db):
    seen = []
    for i in range(10):
        row = await db.fetchrow("SELECT *, pg_backend_pid() AS pid FROM ap.t WHERE id = $1", i)
        saw(row["pid"])
        seen.append(list(row.values())[:-1])
    return seen


async def prepared(db):
    statement = await db.prepare("SELECT name FROM ap.t WHERE id = $1")
    seen = [statement.get_parameters()[0].name, statement.get_attributes()[0].name]
    for i in range(6):
        seen.append(await statement.fetchval(i))
        await rotate(db, 1)
    return seen


async def errors(db):
    seen = []
    for text in ("INSERT INTO ap.t VALUES (1)", "SELECT wrong", "SELEC", "SELECT 1 / 0", "SELECT 1"):
        try:
            seen.append(await db.fetchval(text))
        except asyncpg.PostgresError as error:
            seen.append((type(error).__name__, error.sqlstate))
    return seen


async def cursors(db):
    async with db.transaction():
        walked = [row["id"] async for row in db.cursor("SELECT id FROM ap.t ORDER BY id", prefetch=7)]
        cursor = await db.cursor("SELECT id FROM ap.t ORDER BY id")
        await cursor.forward(10)
        return walked, [row["id"] for row in await cursor.fetch(5)]


async def nested(db):
    seen = []
    async with db.transaction(isolation="serializable"):
        await db.execute("UPDATE ap.t SET name = 'outer' WHERE id = 1")
        try:
            async with db.transaction():
                await db.execute("UPDATE ap.t SET name = 'inner' WHERE id = 1")
                await db.execute("SELECT 1 / 0")
        except asyncpg.DivisionByZeroError:
            seen.append(await db.fetchval("SELECT name FROM ap.t WHERE id = 1"))
        seen.append(await db.fetchval("SHOW transaction_isolation"))
    return seen + [await db.fetchval("SHOW transaction_isolation")]


async def copy(db):
    records = [(i, f"copied {i}") for i in range(1000, 6000)]
    said = await db.copy_records_to_table("t", schema_name="ap", records=records, columns=["id", "name"])
    got = bytearray()

    async def keep(data):
        got.extend(data)

    await db.copy_from_query("SELECT id, name FROM ap.t WHERE id >= $1 ORDER BY id", 1000, output=keep)
    return said, got.decode() == "".join(f"{i}\t{name}\n" for i, name in records)


async def copy_fails(db):
    try:
        await db.copy_records_to_table("t", schema_name="ap", records=[(1, "again")], columns=["id", "name"])
    except asyncpg.PostgresError as error:
        return type(error).__name__, await db.fetchval("SELECT 1")


async def listen(db):
    heard = asyncio.Queue()
    listener = await asyncpg.connect()
    await listener.add_listener("ap_news", lambda _, __, channel, payload: heard.put_nowait((channel, payload)))
    for i in range(3):
        await db.execute("SELECT pg_notify('ap_news', $1)", f"news {i}")
    news = [await asyncio.wait_for(heard.get(), 30) for _ in range(3)]
    await listener.close()
    return news


async def timed_out(db):
    try:
        await db.execute("SELECT pg_sleep(60)", timeout=0.5)
    except asyncio.TimeoutError:
        return "timed out", await db.fetchval("SELECT 1")


async def given_up(db):
    task = asyncio.ensure_future(db.execute("SELECT pg_sleep(60)"))
    await asyncio.sleep(0.3)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        return "cancelled", await db.fetchval("SELECT 2")


async def pooled(db):
    """What one user of the pool sets, the reset takes back before the next has the session."""
    async with asyncpg.create_pool(min_size=1, max_size=3) as pool:
        async def work(i):
            async with pool.acquire() as one:
                path = await one.fetchval("SHOW search_path")
                await one.execute(f"SET search_path = ap, s{i}")
                await one.execute("SET timezone = 'Asia/Tokyo'")
                value = await one.fetchval("SELECT name FROM t WHERE id = $1", i)
                return path, value, await one.fetchval("SHOW search_path"), await one.fetchval("SHOW timezone")
        worked = await asyncio.gather(*(work(i) for i in range(12)))
        async with pool.acquire() as one:
            return sorted(worked), await one.fetchval("SHOW search_path"), await one.fetchval("SHOW timezone")


async def settings(db):
    await db.execute("SET work_mem = '7MB'; SET timezone = 'Europe/Berlin'")
    seen = []
    for _ in range(4):
        seen.append((await db.fetchval("SHOW work_mem"), str(await db.fetchval("SELECT at::text FROM ap.t WHERE id = 4"))))
        await rotate(db, 1)
    await db.reset()
    return seen, await db.fetchval("SHOW work_mem"), await db.fetchval("SHOW timezone")


async def reloaded(db):
    await db.execute("CREATE TYPE ap.mood AS ENUM ('happy', 'calm')")
    await db.execute("CREATE TABLE ap.m (m ap.mood, r int4range)")
    await db.execute("INSERT INTO ap.m VALUES ($1, $2)", "calm", asyncpg.Range(1, 9))
    return [tuple(row) for row in await db.fetch("SELECT * FROM ap.m")]


async def uncached(db):
    one = await asyncpg.connect(statement_cache_size=0)
    seen = [await one.fetchval("SELECT $1::int + 1", i) for i in range(5)]
    await one.close()
    return seen


async def main():
    db = await asyncpg.connect(server_settings={"application_name": "asyncpg script"})
    for work in (table, cached, prepared, errors, cursors, nested, copy, copy_fails, listen, timed_out,
                 given_up, pooled, settings, reloaded, uncached):
        await case_async(work.__name__, lambda: work(db))
    await rotate(db)
    await db.close()
    end()


asyncio.run(main())
