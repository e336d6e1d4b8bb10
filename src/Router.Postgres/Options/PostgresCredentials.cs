namespace Router.Postgres.Options;

/// <summary>One of <c>authentication.superuser</c>, <c>.replication</c> and <c>.rewind</c>.</summary>
/// <param name="UserName"><c>username</c>.</param>
/// <param name="Password"><c>password</c>; null where none is needed (peer, certificate).</param>
public sealed record PostgresCredentials(string UserName, string? Password)
{
    /// <summary><c>sslmode</c>; null: libpq's <c>prefer</c>.</summary>
    public string? SslMode { get; init; }

    /// <summary><c>sslcert</c>.</summary>
    public string? SslCertificate { get; init; }

    /// <summary><c>sslkey</c>.</summary>
    public string? SslKey { get; init; }

    /// <summary><c>sslpassword</c>: of the key file.</summary>
    public string? SslPassword { get; init; }

    /// <summary><c>sslrootcert</c>.</summary>
    public string? SslRootCertificate { get; init; }

    /// <summary><c>sslcrl</c>.</summary>
    public string? SslRevocationList { get; init; }

    /// <summary><c>sslcrldir</c>.</summary>
    public string? SslRevocationDirectory { get; init; }

    /// <summary><c>gssencmode</c>.</summary>
    public string? GssEncryptionMode { get; init; }

    /// <summary><c>channel_binding</c>.</summary>
    public string? ChannelBinding { get; init; }

    /// <summary>The user alone: a record prints its members, and a password has no place in a log.</summary>
    public override string ToString() => UserName;
}
