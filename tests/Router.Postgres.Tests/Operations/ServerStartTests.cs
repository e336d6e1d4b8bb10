using Router.Postgres.Operations;

namespace Router.Postgres.Tests.Operations;

public sealed class ServerStartTests
{
    [Fact]
    public void Of_what_a_server_said_before_it_ended_the_reason_is_kept() => Assert.Equal(
        """FATAL:  could not write to file "pg_wal/xlogtemp.7": No space left on device""",
        ServerStart.WhatEndedIt("""
            2026-11-28 04:40:01.095 UTC [14325] LOG:  starting PostgreSQL 15.18
            2026-11-28 04:40:01.103 UTC [14332] HINT:  This probably means that some data is corrupted
            2026-11-28 04:40:01.110 UTC [14332] FATAL:  could not write to file "pg_wal/xlogtemp.7": No space left on device
            2026-11-28 04:40:01.112 UTC [14325] LOG:  database system is shut down

            """));

    [Fact]
    public void Output_without_a_reason_is_kept_whole() =>
        Assert.Equal("postgres: could not find a library\n", ServerStart.WhatEndedIt("postgres: could not find a library\n"));
}
