using Router.Configuration;
using Router.Configuration.PgBouncer.Conversion;

namespace Router.Command.Tests.Configuration.PgBouncer.Conversion;

public sealed class ConversionWarningsTests
{
    [Theory]
    [InlineData("server_tls_sslmode = require", "")]
    [InlineData("disable_pqexec = 1", "p.ini:2:18: warning: disable_pqexec: simple queries would be let through")]
    public void Protection_that_would_be_lost_is_said(string lines, string expected)
    {
        var findings = new Findings();
        ConversionWarnings.Add(IniTexts.Good($"[pgbouncer]\n{lines}\n").Settings, findings);
        Assert.Equal(expected, string.Join('\n', findings.All));
    }
}
