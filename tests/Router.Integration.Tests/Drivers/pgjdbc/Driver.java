import java.io.ByteArrayOutputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** pgjdbc: statements that are prepared by the server from their fifth use on, batches, portals, savepoints. */
public final class Driver {
    private static final Set<Integer> PIDS = new HashSet<>();

    private interface Case {
        Object run(Connection db) throws Exception;
    }

    public static void main(String[] arguments) throws Exception {
        try (Connection db = connect()) {
            run(db, "table", Driver::table);
            run(db, "prepared by use", Driver::preparedByUse);
            run(db, "errors", Driver::errors);
            run(db, "batch", Driver::batch);
            run(db, "batch that fails", Driver::batchThatFails);
            run(db, "batch rewritten", d -> onOther("reWriteBatchedInserts", "true", Driver::batch));
            run(db, "fetch size", Driver::fetchSize);
            run(db, "autosave", d -> onOther("autosave", "always", Driver::autosave));
            run(db, "simple mode", d -> onOther("preferQueryMode", "simple", Driver::preparedByUse));
            run(db, "unnamed always", d -> onOther("prepareThreshold", "0", Driver::preparedByUse));
            run(db, "named at once", d -> onOther("prepareThreshold", "1", Driver::preparedByUse));
            run(db, "binary at once", d -> onOther("prepareThreshold", "-1", Driver::preparedByUse));
            run(db, "few prepared", d -> onOther("preparedStatementCacheQueries", "2", Driver::fewPrepared));
            run(db, "cancel", Driver::cancel);
            run(db, "timed out", Driver::timedOut);
            run(db, "copy", Driver::copy);
            run(db, "listen", Driver::listen);
            run(db, "read only", Driver::readOnly);
            run(db, "settings", Driver::settings);
            run(db, "schema", Driver::schema);
            run(db, "generated keys", Driver::generatedKeys);
            run(db, "metadata", Driver::metadata);
            run(db, "several statements", Driver::severalStatements);
            run(db, "is valid", d -> d.isValid(5));
            rotate(db);
        }
        System.out.println("# servers " + PIDS.size());
    }

    private static Connection connect(String... settings) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", System.getenv("PGUSER"));
        properties.setProperty("ApplicationName", "pgjdbc script");
        for (int i = 0; i < settings.length; i += 2) {
            properties.setProperty(settings[i], settings[i + 1]);
        }
        String url = "jdbc:postgresql://" + System.getenv("PGHOST") + ":" + System.getenv("PGPORT") + "/" + System.getenv("PGDATABASE");
        return DriverManager.getConnection(url, properties);
    }

    private static void run(Connection db, String name, Case work) throws SQLException {
        String seen;
        try {
            seen = String.valueOf(work.run(db));
        } catch (Exception error) {
            seen = describe(error);
        }
        System.out.println(name + ": " + seen);
        if (!db.getAutoCommit()) {
            db.rollback();
            db.setAutoCommit(true);
        }
    }

    private static Object onOther(String setting, String value, Case work) throws Exception {
        try (Connection other = connect(setting, value)) {
            return work.run(other);
        }
    }

    private static String describe(Exception error) {
        String state = error instanceof SQLException ? ((SQLException) error).getSQLState() : "";
        return error.getClass().getSimpleName() + " " + state + " " + error.getMessage().split("\n")[0];
    }

    private static List<Object> rows(Connection db, String sql, Object... values) throws SQLException {
        List<Object> rows = new ArrayList<>();
        try (PreparedStatement statement = db.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    List<Object> row = new ArrayList<>();
                    for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                        row.add(result.getString(i));
                    }
                    rows.add(row.size() == 1 ? row.get(0) : row);
                }
            }
        }
        return rows;
    }

    private static void execute(Connection db, String sql) throws SQLException {
        try (Statement statement = db.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void rotate(Connection db) throws SQLException {
        for (int i = 0; i < 6; i++) {
            PIDS.add(Integer.parseInt((String) rows(db, "SELECT pg_backend_pid()").get(0)));
        }
    }

    private static Object table(Connection db) throws SQLException {
        execute(db, "DROP SCHEMA IF EXISTS jd CASCADE");
        execute(db, "CREATE SCHEMA jd");
        execute(db, "CREATE TABLE jd.t (id int PRIMARY KEY, name text, at timestamptz)");
        int count = 0;
        try (PreparedStatement insert = db.prepareStatement("INSERT INTO jd.t VALUES (?, ?, now())")) {
            for (int i = 0; i < 20; i++) {
                insert.setInt(1, i);
                insert.setString(2, "näme " + i);
                count += insert.executeUpdate();
            }
        }
        return count;
    }

    private static Object preparedByUse(Connection db) throws SQLException {
        List<Object> seen = new ArrayList<>();
        try (PreparedStatement select = db.prepareStatement("SELECT name, pg_backend_pid() FROM jd.t WHERE id = ?")) {
            for (int i = 0; i < 12; i++) {
                select.setInt(1, i);
                try (ResultSet result = select.executeQuery()) {
                    while (result.next()) {
                        seen.add(result.getString(1));
                        PIDS.add(result.getInt(2));
                    }
                }
            }
        }
        return seen;
    }

    private static Object errors(Connection db) throws SQLException {
        List<Object> seen = new ArrayList<>();
        for (String sql : List.of("INSERT INTO jd.t VALUES (1) RETURNING id", "SELECT wrong", "SELEC", "SELECT 1 / 0", "SELECT 1")) {
            for (int i = 0; i < 7; i++) {
                try {
                    seen.add(rows(db, sql));
                } catch (SQLException error) {
                    seen.add(error.getSQLState());
                }
            }
        }
        return seen;
    }

    private static Object batch(Connection db) throws SQLException {
        db.setAutoCommit(false);
        execute(db, "DELETE FROM jd.t WHERE id >= 1000");
        List<Object> seen = new ArrayList<>();
        try (PreparedStatement insert = db.prepareStatement("INSERT INTO jd.t (id, name) VALUES (?, ?)")) {
            for (int i = 0; i < 700; i++) {
                insert.setInt(1, 1000 + i);
                insert.setString(2, "x".repeat(300));
                insert.addBatch();
            }
            seen.add(insert.executeBatch().length);
        }
        db.commit();
        db.setAutoCommit(true);
        seen.add(rows(db, "SELECT count(*), sum(length(name)) FROM jd.t WHERE id >= 1000"));
        return seen;
    }

    private static Object batchThatFails(Connection db) throws SQLException {
        db.setAutoCommit(false);
        try (Statement statement = db.createStatement()) {
            statement.addBatch("INSERT INTO jd.t (id) VALUES (5000)");
            statement.addBatch("INSERT INTO jd.t (id) VALUES (1)");
            statement.addBatch("INSERT INTO jd.t (id) VALUES (5001)");
            return statement.executeBatch().length;
        } catch (BatchUpdateException error) {
            db.rollback();
            return Arrays.toString(error.getUpdateCounts()) + error.getSQLState() + rows(db, "SELECT count(*) FROM jd.t WHERE id >= 5000");
        }
    }

    private static Object fetchSize(Connection db) throws SQLException {
        db.setAutoCommit(false);
        int sum = 0;
        List<Object> between = new ArrayList<>();
        try (PreparedStatement select = db.prepareStatement("SELECT generate_series(1, ?)")) {
            for (int round = 0; round < 7; round++) {
                select.setInt(1, 100);
                select.setFetchSize(9);
                try (ResultSet result = select.executeQuery()) {
                    while (result.next()) {
                        sum += result.getInt(1);
                        if (result.getInt(1) % 40 == 0) {
                            between.addAll(rows(db, "SELECT ?::int", round));
                        }
                    }
                }
            }
        }
        db.commit();
        return sum + " " + between;
    }

    private static Object autosave(Connection db) throws SQLException {
        db.setAutoCommit(false);
        List<Object> seen = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            try {
                seen.addAll(rows(db, "SELECT 12 / ?", i % 4));
            } catch (SQLException error) {
                seen.add(error.getSQLState());
            }
        }
        db.commit();
        execute(db, "CREATE TABLE IF NOT EXISTS jd.s (v int)");
        db.commit();
        for (int i = 0; i < 8; i++) {
            seen.addAll(rows(db, "SELECT * FROM jd.s"));
        }
        db.commit();
        return seen;
    }

    private static Object fewPrepared(Connection db) throws SQLException {
        List<Object> seen = new ArrayList<>();
        for (int round = 0; round < 14; round++) {
            for (int i = 0; i < 4; i++) {
                seen.addAll(rows(db, "SELECT ? + " + i, round));
            }
        }
        return seen;
    }

    private static Object cancel(Connection db) throws Exception {
        try (Statement statement = db.createStatement()) {
            Thread canceller = new Thread(() -> {
                try {
                    Thread.sleep(500);
                    statement.cancel();
                } catch (Exception error) {
                    System.out.println(describe(error));
                }
            });
            canceller.start();
            try {
                statement.execute("SELECT pg_sleep(60)");
                return "not cancelled";
            } catch (SQLException error) {
                canceller.join();
                return describe(error) + rows(db, "SELECT 1");
            }
        }
    }

    private static Object timedOut(Connection db) throws SQLException {
        try (Statement statement = db.createStatement()) {
            statement.setQueryTimeout(1);
            statement.execute("SELECT pg_sleep(60)");
            return "not cancelled";
        } catch (SQLException error) {
            return describe(error) + rows(db, "SELECT 1");
        }
    }

    private static Object copy(Connection db) throws Exception {
        StringBuilder text = new StringBuilder();
        for (int i = 10000; i < 14000; i++) {
            text.append(i).append("\tcopied ").append(i).append('\n');
        }
        var copying = db.unwrap(PGConnection.class).getCopyAPI();
        long count = copying.copyIn("COPY jd.t (id, name) FROM STDIN", new StringReader(text.toString()));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        copying.copyOut("COPY (SELECT id, name FROM jd.t WHERE id >= 10000 ORDER BY id) TO STDOUT", out);
        String failed = "";
        try {
            copying.copyIn("COPY jd.t (id) FROM STDIN", new StringReader("1\n"));
        } catch (SQLException error) {
            failed = error.getSQLState();
        }
        return count + " " + out.toString(StandardCharsets.UTF_8).contentEquals(text) + " " + failed + rows(db, "SELECT 1");
    }

    private static Object listen(Connection db) throws Exception {
        List<Object> heard = new ArrayList<>();
        try (Connection listener = connect()) {
            execute(listener, "LISTEN jd_news");
            for (int i = 0; i < 3; i++) {
                rows(db, "SELECT pg_notify('jd_news', ?)", "news " + i);
            }
            for (int i = 0; i < 300 && heard.size() < 3; i++) {
                PGNotification[] news = listener.unwrap(PGConnection.class).getNotifications(100);
                for (PGNotification one : news == null ? new PGNotification[0] : news) {
                    heard.add(one.getName() + " " + one.getParameter());
                }
            }
        }
        return heard;
    }

    private static Object readOnly(Connection db) throws SQLException {
        db.setReadOnly(true);
        db.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
        List<Object> seen = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            db.setAutoCommit(false);
            seen.addAll(rows(db, "SELECT current_setting('transaction_read_only'), current_setting('transaction_isolation')"));
            try {
                execute(db, "UPDATE jd.t SET name = 'no' WHERE id = 1");
            } catch (SQLException error) {
                seen.add(error.getSQLState());
            }
            db.rollback();
            db.setAutoCommit(true);
        }
        db.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        db.setReadOnly(false);
        seen.addAll(rows(db, "SELECT current_setting('transaction_read_only'), current_setting('transaction_isolation')"));
        return seen;
    }

    private static Object settings(Connection db) throws SQLException {
        execute(db, "SET statement_timeout = '41s'; SET TIME ZONE 'Asia/Tokyo'");
        execute(db, "SET jd.tenant = 'blue'");
        List<Object> seen = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            seen.addAll(rows(db, "SELECT current_setting('statement_timeout'), current_setting('timezone'), current_setting('jd.tenant')"));
            rotate(db);
        }
        execute(db, "RESET statement_timeout; RESET jd.tenant; SET TIME ZONE 'UTC'");
        return seen;
    }

    private static Object schema(Connection db) throws SQLException {
        String before = db.getSchema();
        db.setSchema("jd");
        List<Object> seen = rows(db, "SELECT name FROM t WHERE id = 4");
        rotate(db);
        seen.addAll(rows(db, "SELECT name FROM t WHERE id = 5"));
        seen.add(db.getSchema());
        db.setSchema(before == null ? "public" : before);
        return seen;
    }

    private static Object generatedKeys(Connection db) throws SQLException {
        execute(db, "CREATE TABLE jd.g (id serial, v text)");
        List<Object> seen = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            try (PreparedStatement insert = db.prepareStatement("INSERT INTO jd.g (v) VALUES (?)", Statement.RETURN_GENERATED_KEYS)) {
                insert.setString(1, "v" + i);
                insert.executeUpdate();
                ResultSet keys = insert.getGeneratedKeys();
                keys.next();
                seen.add(keys.getInt(1));
            }
        }
        return seen;
    }

    private static Object metadata(Connection db) throws SQLException {
        List<Object> seen = new ArrayList<>();
        ResultSet columns = db.getMetaData().getColumns(null, "jd", "t", null);
        while (columns.next()) {
            seen.add(columns.getString("COLUMN_NAME") + " " + columns.getString("TYPE_NAME"));
        }
        return seen;
    }

    private static Object severalStatements(Connection db) throws SQLException {
        List<Object> seen = new ArrayList<>();
        try (Statement statement = db.createStatement()) {
            boolean isResult = statement.execute("SELECT 1; UPDATE jd.t SET name = name WHERE id < 3; SELECT 2");
            while (isResult || statement.getUpdateCount() >= 0) {
                if (isResult) {
                    statement.getResultSet().next();
                    seen.add(statement.getResultSet().getInt(1));
                } else {
                    seen.add("updated " + statement.getUpdateCount());
                }
                isResult = statement.getMoreResults();
            }
        }
        return seen;
    }
}
