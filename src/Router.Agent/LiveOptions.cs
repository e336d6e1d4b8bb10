namespace Router.Agent;

/// <summary>
/// The options in force, replaced whole when the configuration file was read again. <see cref="AgentServer"/> owns it;
/// name, scope and guard never change while the agent runs.
/// </summary>
public sealed class LiveOptions(AgentOptions first)
{
    private volatile AgentOptions _now = first;

    public AgentOptions Now
    {
        get => _now;
        set => _now = value;
    }
}
