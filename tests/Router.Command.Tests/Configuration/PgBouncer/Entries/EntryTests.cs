using Router.Configuration.PgBouncer.Entries;
using Router.Proxy.Pooling;

namespace Router.Command.Tests.Configuration.PgBouncer.Entries;

public sealed class EntryTests
{
    [Fact]
    public void Database_has_what_its_line_says()
    {
        var database = Database("""
            app = dbname=x host=a,/run/pg port = 5433 user=u password='it''s  secret' auth_user=v auth_query='select $1' auth_dbname=w client_encoding=UTF8 datestyle=ISO timezone=UTC application_name=n connect_query='select 1' pool_size=1 min_pool_size=2 reserve_pool_size=3 max_db_connections=4 max_db_client_connections=5 server_lifetime=6 query_wait_timeout=7 pool_mode=statement load_balance_hosts=disable
            """);
        Assert.Equal(
            new DatabaseEntry
            {
                Name = "app",
                At = database.At,
                Written = database.Written,
                DatabaseName = "x",
                Hosts = database.Hosts,
                Port = 5433,
                User = "u",
                Password = new("it's  secret"),
                AuthUser = "v",
                AuthQuery = "select $1",
                AuthDatabaseName = "w",
                ClientEncoding = "UTF8",
                DateStyle = "ISO",
                TimeZone = "UTC",
                ApplicationName = "n",
                ConnectQuery = "select 1",
                PoolSize = 1,
                MinPoolSize = 2,
                ReservePoolSize = 3,
                MaxDatabaseConnections = 4,
                MaxDatabaseClientConnections = 5,
                ServerLifetime = TimeSpan.FromSeconds(6),
                QueryWaitTimeout = TimeSpan.FromSeconds(7),
                PoolMode = PoolMode.Statement,
                LoadBalanceHosts = LoadBalanceHosts.Disable,
            },
            database);
        Assert.Equal(["a", "/run/pg"], database.Hosts.ToArray());
        Assert.Equal(22, database.Written.Length);
        Assert.DoesNotContain("secret", database.ToString() + string.Join(' ', database.Written), StringComparison.Ordinal);
    }

    [Fact]
    public void Value_of_an_entry_knows_where_it_stands()
    {
        var database = Database("app = host=a password='b c' port=1");
        Assert.Equal("p.ini:3:12", database.Written[0].At.ToString());
        Assert.Equal("p.ini:3:14", database.Written[1].KeyAt.ToString());
        Assert.Equal("p.ini:3:34", database.Written[2].At.ToString());
    }

    [Theory]
    [InlineData("'my db' =", "my db")]
    [InlineData("* = host=a", "*")]
    public void Name_may_hold_anything_in_quotes_and_a_star_stands_for_all(string line, string name)
    {
        var database = Database(line);
        Assert.Equal(name, database.Name);
        Assert.Equal(name == "*", database.IsFallback);
        Assert.Equal(5432, database.Port);
        Assert.Null(database.PoolSize);
    }

    [Fact]
    public void Reserve_pool_is_another_name_and_a_negative_number_is_none()
    {
        var texts = new IniTexts().With("p.ini", "[pgbouncer]\n[databases]\na = reserve_pool=3 pool_size=-1\n");
        var database = Assert.Single(texts.Read()!.Databases);
        Assert.Equal(3, database.ReservePoolSize);
        Assert.Null(database.PoolSize);
        Assert.Equal(
            "p.ini:3:30: warning: databases.a.pool_size: '-1' is not a whole number; taken as nothing, as PgBouncer does",
            texts.All);
    }

    [Fact]
    public void User_has_what_its_line_says()
    {
        var user = Assert.Single(IniTexts.Good("""
            [pgbouncer]
            [users]
            u = pool_mode=session pool_size=1 reserve_pool_size=2 max_user_connections=3 max_user_client_connections=4 query_timeout=5 query_wait_timeout=6 idle_transaction_timeout=7 transaction_timeout=8 client_idle_timeout=9
            """).Users);
        Assert.Equal(
            new UserEntry
            {
                Name = "u",
                At = user.At,
                Written = user.Written,
                PoolMode = PoolMode.Session,
                PoolSize = 1,
                ReservePoolSize = 2,
                MaxUserConnections = 3,
                MaxUserClientConnections = 4,
                QueryTimeout = TimeSpan.FromSeconds(5),
                QueryWaitTimeout = TimeSpan.FromSeconds(6),
                IdleTransactionTimeout = TimeSpan.FromSeconds(7),
                TransactionTimeout = TimeSpan.FromSeconds(8),
                ClientIdleTimeout = TimeSpan.FromSeconds(9),
            },
            user);
    }

    [Fact]
    public void Peer_has_what_its_line_says()
    {
        var peers = IniTexts.Good("[pgbouncer]\n[peers]\n1 = host=/run/p\n2 = host=b port=1 pool_size=3\n").Peers;
        Assert.Equal((1, "/run/p", 6432, null), (peers[0].Id, peers[0].Host, peers[0].Port, peers[0].PoolSize));
        Assert.Equal((2, "b", 1, 3), (peers[1].Id, peers[1].Host, peers[1].Port, peers[1].PoolSize));
    }

    [Theory]
    [InlineData("databases", "pgbouncer =", "1: databases.pgbouncer: this name is the console's; give the entry another one")]
    [InlineData("databases", "a = host", "5: databases.a: expected key=value here; put a value that holds blanks in 'single quotes'")]
    [InlineData("databases", "a = =b", "5: databases.a: expected key=value here; put a value that holds blanks in 'single quotes'")]
    [InlineData("databases", "a = password=b c", "16: databases.a: expected key=value here; put a value that holds blanks in 'single quotes'")]
    [InlineData("databases", "a = host= ", "10: databases.a: host has no value; give it one or leave the key out")]
    [InlineData("databases", "a = password=''", "14: databases.a: password has no value; give it one or leave the key out")]
    [InlineData("databases", "a = password='b", "14: databases.a: the quote that opens here is never closed; write a quote that belongs to the value twice")]
    [InlineData("databases", "a = hots=b", "5: databases.a.hots: unknown key; did you mean 'host'?")]
    [InlineData("databases", "a = password=b c=d", "16: databases.a: unknown key behind the password; put a value that holds blanks in 'single quotes'")]
    [InlineData("databases", "a = port=0", "10: databases.a.port: '0' does not fit; write a port from 1 to 65535")]
    [InlineData("databases", "a = port=x", "10: databases.a.port: 'x' does not fit; write a port from 1 to 65535")]
    [InlineData("databases", "a = pool_mode=tx", "15: databases.a.pool_mode: 'tx' does not fit; write session, transaction, statement")]
    [InlineData("databases", "a = load_balance_hosts=no", "24: databases.a.load_balance_hosts: 'no' does not fit; write round-robin, disable")]
    [InlineData("databases", "a = auth_dbname=pgbouncer", "17: databases.a.auth_dbname: 'pgbouncer' does not fit; it is the console; name a database that has the users")]
    [InlineData("users", "u = max_db_connections=1", "5: users.u.max_db_connections: unknown key; remove it")]
    [InlineData("users", "u = pool_mode=tx", "15: users.u.pool_mode: 'tx' does not fit; write session, transaction, statement")]
    [InlineData("peers", "a = host=b", "1: peers.a: a peer is known by its peer_id; write a number from 1 to 65535 before the '='")]
    [InlineData("peers", "1 = port=2", "1: peers.1.host: is missing; name the peer's host, or the directory of its unix socket")]
    public void Slip_in_an_entry_is_told_with_what_to_do(string section, string line, string expected)
    {
        var texts = new IniTexts().With("p.ini", $"[pgbouncer]\n[{section}]\n{line}\n");
        Assert.Null(texts.Read());
        Assert.Equal($"p.ini:3:{expected}", texts.All);
    }

    [Fact]
    public void Slip_in_the_entry_for_all_other_names_is_a_warning_and_the_entry_none()
    {
        var texts = new IniTexts().With("p.ini", "[pgbouncer]\n[databases]\n* = hots=b\n");
        Assert.Empty(texts.Read()!.Databases);
        Assert.Equal("p.ini:3:5: warning: databases.*.hots: unknown key; did you mean 'host'?", texts.All);
    }

    [Fact]
    public void Number_is_read_by_its_beginning_and_the_rest_warned_about()
    {
        var texts = new IniTexts().With("p.ini", "[pgbouncer]\n[databases]\na = pool_size=20, port=5432x\n");
        var database = Assert.Single(texts.Read()!.Databases);
        Assert.Equal((20, 5432), (database.PoolSize, database.Port));
        Assert.Equal(
            """
            p.ini:3:15: warning: databases.a.pool_size: '20,' is not a whole number; taken as 20, as PgBouncer does
            p.ini:3:24: warning: databases.a.port: '5432x' is not a whole number; taken as 5432, as PgBouncer does
            """,
            texts.All);
    }

    private static DatabaseEntry Database(string line) =>
        Assert.Single(IniTexts.Good($"[pgbouncer]\n[databases]\n{line}\n").Databases);
}
