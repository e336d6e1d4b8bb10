namespace Router.Commands;

/// <summary>Where a command writes: what was asked for to <paramref name="Out"/>, complaints to <paramref name="Error"/>.</summary>
internal sealed record Terminal(TextWriter Out, TextWriter Error)
{
    /// <summary>One line to <see cref="Error"/>. A disk without room for it keeps nobody from his work.</summary>
    public async Task ComplainAsync(string line)
    {
        try
        {
            await Error.WriteLineAsync(line);
        }
        catch (IOException)
        {
            // There is no other place to say so.
        }
    }
}
