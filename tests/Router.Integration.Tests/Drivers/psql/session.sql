-- psql: \copy, cursors by FETCH_COUNT, variables, transactions, errors. What it prints is compared.
\set QUIET 1
DROP SCHEMA IF EXISTS ps CASCADE;
CREATE SCHEMA ps;
CREATE TABLE ps.t (id int PRIMARY KEY, name text, at timestamptz);
INSERT INTO ps.t SELECT n, 'näme ' || n, '2026-01-02 03:04:05+00' FROM generate_series(1, 200) n;

\echo copy
\copy (SELECT id + 1000, name, at FROM ps.t) TO PROGRAM 'cat > /tmp/router-psql-copy.$PGPORT'
\copy ps.t FROM PROGRAM 'cat /tmp/router-psql-copy.$PGPORT; rm /tmp/router-psql-copy.$PGPORT'
SELECT count(*), sum(id) FROM ps.t;
COPY ps.t (id, name) FROM STDIN;
5000	from here
5001	and here
\.
\copy ps.t (id) FROM PROGRAM 'echo 5000'
COPY (SELECT * FROM ps.t WHERE id >= 5000 ORDER BY id) TO STDOUT;

\echo cursor
\set FETCH_COUNT 7
SELECT id FROM ps.t WHERE id < 30 ORDER BY id;
SELECT 10 / (15 - id) FROM ps.t WHERE id < 30 ORDER BY id;
\set FETCH_COUNT 0

\echo settings
SET TIME ZONE 'Asia/Tokyo';
SET search_path = ps;
SET DateStyle = 'German';
SELECT at FROM t WHERE id = 3;
BEGIN;
SET LOCAL search_path = nowhere;
SAVEPOINT one;
SET search_path = elsewhere;
ROLLBACK TO one;
SHOW search_path;
COMMIT;
SHOW search_path;
SELECT at FROM t WHERE id = 4;
RESET ALL;
SHOW search_path;
SHOW TimeZone;

\echo held
BEGIN;
DECLARE held CURSOR WITH HOLD FOR SELECT id FROM ps.t WHERE id < 10 ORDER BY id;
COMMIT;
FETCH 3 FROM held;
FETCH 2 FROM held;
CLOSE held;
CREATE TEMP TABLE mine AS SELECT 5 AS v;
SELECT * FROM mine;
DROP TABLE mine;
PREPARE twice (int) AS SELECT $1 * 2;
EXECUTE twice(4);
EXECUTE twice(5);
DEALLOCATE twice;
EXECUTE twice(6);

\echo errors
SELECT wrong;
BEGIN;
SELECT 1 / 0;
SELECT 1;
COMMIT;
SELECT 1 AS one \; SELECT 2 AS two;
SELECT 42 AS answer \gset
\echo :answer
SELECT 'SELECT ' || n FROM generate_series(1, 3) n \gexec
\d ps.t
DO $$ BEGIN RAISE NOTICE 'first'; RAISE WARNING 'second'; END $$;

\t on
\pset format unaligned
SELECT pg_backend_pid() AS a \gset
\! sleep 0.5
SELECT pg_backend_pid() AS b \gset
\! sleep 0.5
SELECT pg_backend_pid() AS c \gset
SELECT pg_backend_pid() AS d \gset
SELECT '# servers ' || count(DISTINCT v) FROM (VALUES (:a), (:b), (:c), (:d)) AS p(v);
