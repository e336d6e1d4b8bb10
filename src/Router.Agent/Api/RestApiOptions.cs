using System.Collections.Immutable;

namespace Router.Agent.Api;

/// <summary>The section <c>restapi</c> of patroni.yml (rest-api.md 1 and 3).</summary>
public sealed record RestApiOptions
{
    /// <summary>Host name, address, empty or <c>*</c>; the last two listen on all addresses.</summary>
    public required string ListenHost { get; init; }

    /// <summary>0 takes a free port.</summary>
    public required int ListenPort { get; init; }

    /// <summary><c>username:password</c> of the callers that change something; null: nobody is asked.</summary>
    public string? Credentials { get; init; }

    /// <summary>PEM file of the server's certificate, or of certificate and key; null: plain HTTP.</summary>
    public string? CertFile { get; init; }

    public string? KeyFile { get; init; }

    public string? KeyFilePassword { get; init; }

    /// <summary>PEM file of the authorities that client certificates must come from.</summary>
    public string? CaFile { get; init; }

    public VerifyClient VerifyClient { get; init; }

    /// <summary>Networks (CIDR), addresses or host names of who may change something; empty: everybody.</summary>
    public ImmutableArray<string> Allowlist { get; init; } = [];

    /// <summary>The hosts of the members' api_url may, too; with an empty list then only they.</summary>
    public bool AllowlistIncludesMembers { get; init; }

    public ImmutableArray<KeyValuePair<string, string>> ExtraHeaders { get; init; } = [];

    public bool IsTls => CertFile is not null;

    /// <summary>Whether the listener has to be opened anew when <paramref name="next"/> takes effect.</summary>
    public bool NeedsNewListener(RestApiOptions next) =>
        (ListenHost, ListenPort, CertFile, KeyFile, KeyFilePassword, CaFile, VerifyClient)
        != (next.ListenHost, next.ListenPort, next.CertFile, next.KeyFile, next.KeyFilePassword, next.CaFile,
            next.VerifyClient);

    /// <summary>Both may be open at the same time.</summary>
    public bool ListensElsewhereThan(RestApiOptions other) =>
        ListenPort != other.ListenPort
        || (ListenHost != other.ListenHost && ListenHost is not ("" or "*") && other.ListenHost is not ("" or "*"));

    /// <summary>Without the secrets.</summary>
    public override string ToString() => $"{(IsTls ? "https" : "http")}://{ListenHost}:{ListenPort}";
}
