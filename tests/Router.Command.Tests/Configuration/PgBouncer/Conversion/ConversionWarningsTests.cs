using Router.Configuration;
using Router.Configuration.PgBouncer.Conversion;

namespace Router.Command.Tests.Configuration.PgBouncer.Conversion;

public sealed class ConversionWarningsTests
{
    [Theory]
    [InlineData("server_tls_sslmode = prefer", "")]
    [InlineData("server_tls_sslmode = require", "p.ini:2:22: warning: server_tls_sslmode: members would be connected to in clear: "
        + "the proxy speaks no TLS to them yet")]
    [InlineData("client_tls_cert_file = c\nclient_tls_key_file = k\nclient_tls_sslmode = verify-ca",
        "p.ini:4:22: warning: client_tls_sslmode: clients would connect in clear: the proxy serves no TLS yet")]
    [InlineData("disable_pqexec = 1", "p.ini:2:18: warning: disable_pqexec: simple queries would be let through")]
    public void Protection_that_would_be_lost_is_said(string lines, string expected)
    {
        var findings = new Findings();
        ConversionWarnings.Add(IniTexts.Good($"[pgbouncer]\n{lines}\n").Settings, findings);
        Assert.Equal(expected, string.Join('\n', findings.All));
    }
}
