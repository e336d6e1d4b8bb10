namespace Router.Agent.Api;

/// <summary><c>restapi.verify_client</c>.</summary>
public enum VerifyClient
{
    /// <summary>Client certificates are not asked for.</summary>
    None,

    /// <summary>Asked for; without a good one everything that changes something is refused.</summary>
    Optional,

    /// <summary>No connection without one.</summary>
    Required,
}
