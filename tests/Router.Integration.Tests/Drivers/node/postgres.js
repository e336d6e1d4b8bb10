// postgres.js: pipelines of prepared statements, transactions, cursors, COPY by streams, LISTEN.
const postgres = require('postgres');
const { Readable } = require('stream');
const { pipeline } = require('stream/promises');
const { run, saw, end, sleep } = require('./report.js');

const quiet = { onnotice: () => {}, max: 1, fetch_types: true };

const rotate = async (sql, count = 6) => {
  for (let i = 0; i < count; i++) saw((await sql`SELECT pg_backend_pid() AS pid`)[0].pid);
};

const cases = {
  async table(sql) {
    await sql.unsafe('DROP SCHEMA IF EXISTS pj CASCADE; CREATE SCHEMA pj; CREATE TABLE pj.t (id int PRIMARY KEY, name text, doc jsonb, tags text[])');
    const rows = [...Array(20).keys()].map((id) => ({ id, name: `näme ${id}`, doc: { id }, tags: ['a', 'b'] }));
    return (await sql`INSERT INTO pj.t ${sql(rows)} RETURNING id`).length;
  },

  async prepared(sql) {
    const seen = [];
    for (let i = 0; i < 8; i++) {
      const [row] = await sql`SELECT name, pg_backend_pid() AS pid FROM pj.t WHERE id = ${i}`;
      saw(row.pid);
      seen.push(row.name);
    }
    return seen;
  },

  async pipelined(sql) {
    const results = await Promise.all([...Array(200).keys()].map((i) => i % 3 === 0 ? sql`SELECT ${i}::int AS v` : sql`SELECT ${i}::int + 0 AS v`));
    return results.every((rows, i) => rows[0].v === i);
  },

  async 'pipelined with errors'(sql) {
    const results = await Promise.allSettled([...Array(20).keys()].map((i) => sql`SELECT 10 / ${i % 4}::int AS v`));
    return results.map((result) => result.status === 'fulfilled' ? result.value[0].v : result.reason.code);
  },

  async transaction(sql) {
    const inside = await sql.begin(async (sql) => {
      await sql`SET LOCAL timezone = 'Asia/Tokyo'`;
      await sql`UPDATE pj.t SET name = 'changed' WHERE id = 3`;
      await sql.savepoint((sql) => sql`SELECT 1 / 0`).catch(() => {});
      return sql`SELECT name, current_setting('timezone') AS zone FROM pj.t WHERE id = 3`;
    });
    const failed = await sql.begin(async (sql) => {
      await sql`UPDATE pj.t SET name = 'lost' WHERE id = 3`;
      throw new Error('enough');
    }).catch((error) => error.message);
    return [inside, failed, await sql`SELECT name FROM pj.t WHERE id = 3`];
  },

  async 'transaction at once'(sql) {
    return sql.begin((sql) => [sql`SELECT 1 AS v`, sql`INSERT INTO pj.t (id) VALUES (500)`, sql`SELECT count(*) FROM pj.t`]);
  },

  async cursor(sql) {
    const seen = [];
    await sql`SELECT generate_series(1, 25) AS v`.cursor(10, (rows) => { seen.push(rows.length); });
    for await (const [row] of sql`SELECT generate_series(1, 100) AS v`.cursor()) {
      seen.push(row.v);
      if (row.v === 3) break;
    }
    return seen;
  },

  async forEach(sql) {
    let sum = 0;
    await sql`SELECT generate_series(1, 1000) AS v`.forEach((row) => { sum += row.v; });
    return sum;
  },

  // On a connection of its own: postgres.js 3.4 answers nothing more behind a large COPY TO.
  async copy() {
    const sql = postgres(quiet);
    const lines = [...Array(3000).keys()].map((i) => `${1000 + i}\tcopied ${i}\n`);
    await pipeline(Readable.from(lines), await sql`COPY pj.t (id, name) FROM STDIN`.writable());
    let got = '';
    for await (const chunk of await sql`COPY (SELECT id, name FROM pj.t WHERE id >= 1000 ORDER BY id) TO STDOUT`.readable()) got += chunk;
    await sql.end({ timeout: 0 });
    return got === lines.join('');
  },

  async listen(sql) {
    const listener = postgres(quiet);
    const heard = [];
    await listener.listen('pj_news', (payload) => heard.push(payload));
    for (let i = 0; i < 3; i++) await sql.notify('pj_news', `news ${i}`);
    for (let i = 0; i < 3000 && heard.length < 3; i++) await sleep(10);
    await listener.end();
    return heard;
  },

  async cancel(sql) {
    const running = sql`SELECT pg_sleep(60)`.execute();
    await sleep(300);
    running.cancel();
    return [await running.catch((error) => [error.code, error.message]), await sql`SELECT 1 AS after`];
  },

  async describe(sql) {
    const described = await sql`SELECT id, name FROM pj.t WHERE id = ${1}`.describe();
    return [described.types, described.columns.map((column) => [column.name, column.type])];
  },

  async simple(sql) {
    return (await sql`SELECT 1 AS a; SELECT 2 AS b`.simple()).map((rows) => rows[0]);
  },

  async unprepared() {
    const other = postgres({ ...quiet, prepare: false });
    const rows = await Promise.all([...Array(10).keys()].map((i) => other`SELECT ${i}::int AS v`));
    await other.end();
    return rows.map(([row]) => row.v);
  },

  async many() {
    const other = postgres({ ...quiet, max: 5 });
    const rows = await Promise.all([...Array(100).keys()].map((i) => other`SELECT ${i}::int AS v`));
    await other.end();
    return rows.every(([row], i) => row.v === i);
  },
};

(async () => {
  const sql = postgres({ ...quiet, connection: { application_name: 'postgres.js script' } });
  for (const [name, work] of Object.entries(cases)) await run(name, () => work(sql));
  await rotate(sql);
  await sql.end();
  end();
})();
