namespace Router.Commands;

/// <summary>Where a command writes: what was asked for to <paramref name="Out"/>, complaints to <paramref name="Error"/>.</summary>
internal sealed record Terminal(TextWriter Out, TextWriter Error);
