using Router.Postgres.Tools;

namespace Router.Postgres.Tests.Tools;

public sealed class LoginAdviceTests
{
    private const string Server = "connection to server at \"10.0.0.1\", port 5432 failed: ";

    [Theory]
    [InlineData("FATAL:  password authentication failed for user \"replicator\"", "look at x: this member's and the leader's must be alike")]
    [InlineData("FATAL:  role \"replicator\" does not exist", "look at x: this member's and the leader's must be alike")]
    [InlineData("FATAL:  no pg_hba.conf entry for replication connection from host \"10.0.0.2\"", "look at the leader's postgresql.pg_hba")]
    [InlineData("FATAL:  the database system is shutting down", null)]
    [InlineData("Connection refused", null)]
    public void Refused_login_names_its_setting(string said, string? advice) =>
        Assert.Equal(advice, LoginAdvice.Of(Server + said, "x"));
}
