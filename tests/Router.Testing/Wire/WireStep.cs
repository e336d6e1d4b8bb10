using System.Collections.Immutable;

namespace Router.Testing.Wire;

/// <summary>One line of a scenario.</summary>
/// <param name="Party">Whose: c1, c2 … are clients, s1, s2 … connections that the server accepts.</param>
/// <param name="At">File and line.</param>
/// <param name="Text">The line as it stands there, without the party.</param>
internal abstract record WireStep(string Party, string At, string Text)
{
    /// <summary>The step belongs to a login that nobody wants to read about.</summary>
    public bool IsQuiet { get; init; }

    /// <summary>Sends messages in one write.</summary>
    public sealed record Send(string Party, string At, string Text, ImmutableArray<WirePart> Parts)
        : WireStep(Party, At, Text);

    /// <summary>Waits for a message.</summary>
    /// <param name="Skips">Others may come before it.</param>
    public sealed record Hear(
        string Party, string At, string Text, MessageLayout Layout, ImmutableArray<WireTerm> Terms, bool Skips)
        : WireStep(Party, At, Text);

    /// <summary>Waits for the end of the connection.</summary>
    /// <param name="Skips">Messages may come before it.</param>
    public sealed record HearEnd(string Party, string At, string Text, bool Skips) : WireStep(Party, At, Text);

    /// <summary>Ends the connection once everything is sent.</summary>
    /// <param name="IsReset">By a reset, as a killed process or a broken network does.</param>
    public sealed record Close(string Party, string At, string Text, bool IsReset) : WireStep(Party, At, Text);
}
