namespace Router.Agent.Observation;

/// <summary>How this member calls the others' REST API: the section <c>ctl</c>, and what it leaves to <c>restapi</c>.</summary>
public sealed record MemberProbeOptions
{
    /// <summary><c>username:password</c> for the calls that change something; null: none.</summary>
    public string? Credentials { get; init; }

    /// <summary>PEM file of the authorities of the members' certificates; null: those of the system.</summary>
    public string? CaCertFile { get; init; }

    /// <summary>PEM file of the client certificate; null: none.</summary>
    public string? CertFile { get; init; }

    public string? KeyFile { get; init; }

    public string? KeyFilePassword { get; init; }

    /// <summary>Takes any certificate.</summary>
    public bool IsInsecure { get; init; }

    /// <summary>Without the secrets.</summary>
    public override string ToString() => $"cacert {CaCertFile}, certfile {CertFile}, insecure {IsInsecure}";
}
