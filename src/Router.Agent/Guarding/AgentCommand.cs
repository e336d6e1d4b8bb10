using System.Text;

namespace Router.Agent.Guarding;

/// <summary>How to start the agent again: working directory and command line.</summary>
public sealed record AgentCommand(string WorkingDirectory, IReadOnlyList<string> Arguments)
{
    internal byte[] ToPayload() => Encoding.UTF8.GetBytes(string.Join('\0', [WorkingDirectory, .. Arguments]));

    /// <summary>Null when no command was handed over.</summary>
    internal static AgentCommand? FromPayload(ReadOnlySpan<byte> payload)
    {
        var parts = Encoding.UTF8.GetString(payload).Split('\0');
        return parts.Length > 1 ? new AgentCommand(parts[0], parts[1..]) : null;
    }
}
