using Router.Postgres.Options;

namespace Router.Configuration.Agent;

/// <summary>Reads one of <c>superuser</c>, <c>replication</c>, <c>rewind</c> under <c>postgresql.authentication</c>.</summary>
internal static class CredentialsSection
{
    public static PostgresCredentials? ReadOptional(Section section, Findings findings)
    {
        var credentials = Read(section, isRequired: false, findings);
        return section.IsEmpty ? null : credentials;
    }

    public static PostgresCredentials Read(Section section, bool isRequired, Findings findings)
    {
        var userName = isRequired || !section.IsEmpty
            ? section.RequiredText("username", "write the role's name")
            : section.Text("username");
        var credentials = new PostgresCredentials(userName ?? "", section.Secret("password")?.Value)
        {
            SslMode = section.Text("sslmode"),
            SslCertificate = section.Text("sslcert"),
            SslKey = section.Text("sslkey"),
            SslPassword = section.Secret("sslpassword")?.Value,
            SslRootCertificate = section.Text("sslrootcert"),
            SslRevocationList = section.Text("sslcrl"),
            SslRevocationDirectory = section.Text("sslcrldir"),
            GssEncryptionMode = section.Text("gssencmode"),
            ChannelBinding = section.Text("channel_binding"),
        };
        section.NotUsed("sslnegotiation", "PostgreSQL 15 has one way to begin TLS");
        return credentials;
    }
}
