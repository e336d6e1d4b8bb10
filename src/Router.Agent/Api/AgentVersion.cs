namespace Router.Agent.Api;

/// <summary>The version that this agent publishes in its member key, in <c>/patroni</c> and in <c>/metrics</c>.</summary>
public static class AgentVersion
{
    /// <summary>
    /// The Patroni whose wire behaviour this agent has. Members of a mixed cluster compare it: below 4.0.0 they treat
    /// the publisher's slots and roles in an older way, and anything but dotted integers is ignored.
    /// </summary>
    public const string Compatible = "4.1.4";
}
