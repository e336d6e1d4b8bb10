using Router.Agent;
using Router.Agent.Observation;
using Router.Configuration.Agent;

namespace Router.Hosting;

/// <summary>From the configuration's words to those of the agent's parts; the same at start and at a reload.</summary>
internal static class AgentBuild
{
    public static AgentOptions Options(AgentConfiguration configuration) => new()
    {
        Name = configuration.Name,
        Scope = configuration.Scope,
        ConnUrl = $"postgres://{configuration.Postgres.ConnectAddress}/{configuration.Postgres.Database}",
        ApiUrl = $"{(configuration.RestApi.IsTls ? "https" : "http")}://{configuration.RestApiConnectAddress}/patroni",
        ProxyUrl = configuration.ProxyAddress is { } proxy
            ? $"postgres://{proxy}/{configuration.Postgres.Database}"
            : null,
        Tags = configuration.Tags,
        BootstrapConfigJson = configuration.BootstrapDcsJson,
        UsePgRewind = configuration.Overrides.UsePgRewind,
        RemoveDataDirectoryOnDivergedTimelines = configuration.Overrides.RemoveDataDirectoryOnDivergedTimelines,
        Guard = configuration.Guard switch
        {
            ProtectionMode.Required => GuardMode.Required,
            ProtectionMode.Off => GuardMode.Off,
            _ => GuardMode.Automatic,
        },
    };

    /// <summary>How members are called: the section ctl, and what it leaves to restapi; a certificate only from ctl.</summary>
    public static MemberProbeOptions Members(AgentConfiguration configuration) => new()
    {
        Credentials = configuration.Ctl is { UserName: { } user, Password: { } password }
            ? $"{user}:{password.Value}"
            : configuration.RestApi.Credentials,
        CaCertFile = configuration.Ctl.CaCertFile ?? configuration.RestApi.CaFile,
        CertFile = configuration.Ctl.CertFile,
        KeyFile = configuration.Ctl.KeyFile,
        KeyFilePassword = configuration.Ctl.KeyFilePassword?.Value,
        IsInsecure = configuration.Ctl.IsInsecure,
    };
}
