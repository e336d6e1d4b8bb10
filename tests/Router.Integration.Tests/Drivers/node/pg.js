// node-postgres: unnamed and named statements, cursors, LISTEN, its pool.
const { Client, Pool } = require('pg');
const Cursor = require('pg-cursor');
const { run, saw, end, sleep } = require('./report.js');

const connect = async (settings) => {
  const client = new Client(settings);
  client.on('error', () => {});
  await client.connect();
  return client;
};

const rotate = async (db, count = 6) => {
  for (let i = 0; i < count; i++) saw((await db.query('SELECT pg_backend_pid()')).rows[0].pg_backend_pid);
};

const cases = {
  async table(db) {
    await db.query('DROP SCHEMA IF EXISTS np CASCADE; CREATE SCHEMA np; CREATE TABLE np.t (id int PRIMARY KEY, name text, doc jsonb)');
    for (let i = 0; i < 20; i++) await db.query('INSERT INTO np.t VALUES ($1, $2, $3)', [i, `näme ${i}`, { i }]);
    return (await db.query('SELECT count(*) FROM np.t')).rows;
  },

  async named(db) {
    const seen = [];
    for (let i = 0; i < 8; i++) {
      const result = await db.query({ name: 'by id', text: 'SELECT *, pg_backend_pid() AS pid FROM np.t WHERE id = $1', values: [i] });
      saw(result.rows[0].pid);
      seen.push(result.rows[0].name);
    }
    return seen;
  },

  async 'queued at once'(db) {
    const results = await Promise.all([...Array(30).keys()].map((i) => db.query({ name: `n${i % 3}`, text: `SELECT $1::int + ${i % 3} AS v`, values: [i] })));
    return results.map((result) => result.rows[0].v);
  },

  async errors(db) {
    const seen = [];
    for (const text of ['INSERT INTO np.t VALUES (1)', 'SELECT wrong', 'SELEC', 'SELECT 1/0', 'SELECT 1 AS fine']) {
      try {
        seen.push((await db.query({ text, values: [] })).rows);
      } catch (error) {
        seen.push([error.code, error.message]);
      }
    }
    return seen;
  },

  async 'named that failed'(db) {
    const seen = [];
    for (let i = 0; i < 3; i++) {
      try {
        seen.push((await db.query({ name: 'divide', text: 'SELECT 10 / $1::int AS v', values: [i] })).rows);
      } catch (error) {
        seen.push([error.code, error.message]);
      }
    }
    return seen;
  },

  async transaction(db) {
    await db.query('BEGIN');
    await db.query("SET LOCAL timezone = 'Asia/Tokyo'");
    await db.query('UPDATE np.t SET name = $1 WHERE id = 3', ['changed']);
    const inside = (await db.query('SHOW timezone')).rows;
    await db.query('ROLLBACK');
    return [inside, (await db.query('SELECT name FROM np.t WHERE id = 3')).rows, (await db.query('SHOW timezone')).rows];
  },

  async settings(db) {
    await db.query("SET search_path = np; SET statement_timeout = '31s'; SET timezone = 'Asia/Tokyo'");
    const seen = [];
    for (let i = 0; i < 4; i++) {
      seen.push((await db.query('SELECT name, current_setting($1), current_setting($2) AS zone FROM t WHERE id = 2', ['statement_timeout', 'timezone'])).rows[0]);
      await rotate(db, 1);
    }
    await db.query('RESET ALL');
    return [seen, (await db.query('SHOW search_path')).rows, (await db.query('SHOW timezone')).rows];
  },

  async cursor(db) {
    const cursor = db.query(new Cursor('SELECT generate_series(1, 100) AS v'));
    const first = await cursor.read(3);
    const second = await cursor.read(60);
    await cursor.close();
    return [first, second.length, (await db.query('SELECT 1 AS after')).rows];
  },

  async 'cursor to its end'(db) {
    const cursor = db.query(new Cursor('SELECT generate_series(1, 50) AS v'));
    let count = 0;
    for (let rows = await cursor.read(7); rows.length > 0; rows = await cursor.read(7)) count += rows.length;
    return count;
  },

  async listen(db) {
    const listener = await connect();
    const heard = [];
    listener.on('notification', (news) => heard.push([news.channel, news.payload]));
    await listener.query('LISTEN np_news');
    for (let i = 0; i < 3; i++) await db.query('SELECT pg_notify($1, $2)', ['np_news', `news ${i}`]);
    for (let i = 0; i < 3000 && heard.length < 3; i++) await sleep(10);
    await listener.end();
    return heard;
  },

  async notices(db) {
    const heard = [];
    const hear = (notice) => heard.push([notice.severity, notice.message]);
    db.on('notice', hear);
    await db.query("DO $$ BEGIN RAISE NOTICE 'first'; RAISE WARNING 'second'; END $$");
    db.off('notice', hear);
    return heard;
  },

  async cancel(db) {
    const pid = (await db.query('SELECT 1')) && db.processID;
    const running = db.query('SELECT pg_sleep(60)').catch((error) => [error.code, error.message]);
    await sleep(300);
    const other = new Client();
    other.connection.on('connect', () => other.connection.cancel(pid, db.secretKey));
    other.connection.on('error', () => {});
    other.connection.connect(Number(process.env.PGPORT), process.env.PGHOST);
    return [await running, (await db.query('SELECT 1 AS after')).rows];
  },

  async pool() {
    const pool = new Pool({ max: 4 });
    const rows = await Promise.all([...Array(40).keys()].map(async (i) => (await pool.query('SELECT $1::int AS v', [i])).rows[0].v));
    await pool.end();
    return rows;
  },

  async binary(db) {
    return (await db.query({ text: 'SELECT $1::bytea AS v', values: [Buffer.from([0, 1, 255])], binary: true })).rows;
  },

  async large(db) {
    return (await db.query('SELECT repeat($1, 2000000) AS v, length($2) AS l', ['x', 'y'.repeat(1000000)])).rows.map((row) => [row.v.length, row.l]);
  },

  async 'several statements'(db) {
    return (await db.query('SELECT 1 AS a; SELECT 2 AS b')).map((result) => result.rows);
  },
};

(async () => {
  const db = await connect({ application_name: 'pg script' });
  for (const [name, work] of Object.entries(cases)) await run(name, () => work(db));
  await rotate(db);
  await db.end();
  end();
})();
