namespace Router.Configuration.Agent;

/// <summary>The section <c>ctl</c>: how <c>router ctl</c> and the agent call the members' REST API.</summary>
internal sealed record CtlConfiguration
{
    /// <summary>Certificates of the members are not verified.</summary>
    public bool IsInsecure { get; init; }

    public string? CaCertFile { get; init; }

    public string? CertFile { get; init; }

    public string? KeyFile { get; init; }

    public Secret? KeyFilePassword { get; init; }

    /// <summary>Null: those of restapi.</summary>
    public string? UserName { get; init; }

    public Secret? Password { get; init; }
}
