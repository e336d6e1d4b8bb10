using System.Text;
using Router.Proxy.Traits;

namespace Router.Proxy.Tests.Traits;

public sealed class SqlHintsTests
{
    [Theory]
    [InlineData("SELECT 1")]
    [InlineData("UPDATE accounts SET balance = 1 WHERE id_of_it = 2")]
    [InlineData("BEGIN; SET LOCAL work_mem = '5MB'; COMMIT")]
    [InlineData("SET TRANSACTION READ ONLY")]
    [InlineData("SET datestyle = sql; set TIME ZONE 'UTC'; RESET application_name")]
    [InlineData("SELECT set_config('my.user', $1, true)")]
    [InlineData("SELECT set_config('request.jwt', $1, TRUE ), 1")]
    [InlineData("SELECT pg_advisory_xact_lock(1)")]
    [InlineData("CREATE TABLE t (temperature int4)")]
    [InlineData("")]
    public void Most_texts_do_nothing_to_their_session(string sql) => Assert.Equal(SqlEffect.None, Read(sql).Effect);

    [Theory]
    [InlineData("SET work_mem = '5MB'")]
    [InlineData("set session characteristics as transaction read only")]
    [InlineData("CREATE SCHEMA mine; CREATE TABLE mine.t AS SELECT 'mine' AS word; SET search_path TO mine, public")]
    [InlineData("SELECT 1; RESET ALL")]
    [InlineData("SELECT SET_CONFIG ( 'search_path', 'a', false)")]
    [InlineData("SELECT pg_try_advisory_lock_shared(1)")]
    [InlineData("LISTEN news")]
    [InlineData("PREPARE s AS SELECT 1")]
    [InlineData("CREATE TEMP TABLE t (a int4)")]
    [InlineData("CREATE TABLE pg_temp.t (a int4)")]
    [InlineData("SELECT 1 AS a INTO TEMP t")]
    [InlineData("DECLARE c CURSOR WITH HOLD FOR SELECT 1")]
    [InlineData("DO $$ BEGIN PERFORM f(); END $$")]
    [InlineData("DISCARD ALL")]
    public void Some_may_change_it(string sql) => Assert.Equal(SqlEffect.Changes, Read(sql).Effect);

    [Theory]
    [InlineData("UNLISTEN *")]
    [InlineData("DEALLOCATE s")]
    [InlineData("CLOSE c")]
    [InlineData("DROP TABLE t")]
    [InlineData("SELECT pg_advisory_unlock(1)")]
    [InlineData("SELECT pg_advisory_unlock_all()")]
    public void Some_may_give_up_what_it_has(string sql) => Assert.Equal(SqlEffect.GivesUp, Read(sql).Effect);

    [Theory]
    [InlineData("SET My.Tenant = 'a'", "my.tenant")]
    [InlineData("SELECT set_config('my.tenant', 'a', false)", "my.tenant")]
    public void Settings_that_PostgreSQL_does_not_list_are_named(string sql, string name) =>
        Assert.Equal([name], Read(sql).CustomSettings);

    [Theory]
    [InlineData("UNLISTEN news", "news")]
    [InlineData("SELECT 1; unlisten News; UNLISTEN \"News\"", "news News")]
    [InlineData("SELECT pg_advisory_unlock_all(); CLOSE ALL; UNLISTEN *; RESET ALL", "*")]
    [InlineData("DISCARD ALL", "*")]
    [InlineData("LISTEN news", "")]
    public void Channels_that_are_given_up_are_named(string sql, string channels) =>
        Assert.Equal(channels, string.Join(' ', Read(sql).Unlistened));

    [Theory]
    [InlineData("LOAD 'auto_explain'", "LOAD")]
    [InlineData("SELECT set_config($1, $2, false)", "set_config of a computed name")]
    public void What_nobody_can_know_has_a_reason(string sql, string reason) => Assert.Equal(reason, Read(sql).Opaque);

    [Fact]
    public void A_text_that_does_nothing_allocates_nothing()
    {
        var sql = "UPDATE pgbench_accounts SET abalance = abalance + 1 WHERE aid = 7"u8.ToArray();
        _ = SqlHints.Read(sql);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            _ = SqlHints.Read(sql);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Noise_never_throws()
    {
        for (var seed = 0; seed < 3000; seed++)
        {
            var random = new Random(seed);
            var words = new[] { "set", "_", "config", "(", "'", "a.b", "true", ")", ";", "do", "$$", "temp", "pg", "into", "\"", "--" };
            var text = string.Join(random.Next(2) == 0 ? "" : " ", Enumerable.Range(0, random.Next(12)).Select(_ => words[random.Next(words.Length)]));
            Assert.NotNull(Read(text));
        }
    }

    private static SqlHint Read(string sql) => SqlHints.Read(Encoding.UTF8.GetBytes(sql));
}
