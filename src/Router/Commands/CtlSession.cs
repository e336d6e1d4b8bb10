using Router.Cluster;
using Router.Dcs;

namespace Router.Commands;

/// <summary>What the verbs of <c>router ctl</c> work with.</summary>
internal sealed record CtlSession(
    IDcs Dcs, HttpClient Http, string Scope, Terminal Terminal, TextReader Input, TimeProvider Time)
{
    /// <summary>Says what to change where the store refuses us for good; else null.</summary>
    public Func<Task<string?>> ExplainAsync { get; init; } = () => Task.FromResult<string?>(null);

    public async Task<ClusterView> ReadAsync() => await Dcs.ReadAsync(CancellationToken.None) switch
    {
        DcsRead.Seen seen => seen.View,
        DcsRead.Unreachable gone => throw new CtlException(
            await ExplainAsync() ?? $"the store cannot be read: {gone.Reason}"),
        _ => throw new InvalidOperationException("A read of the store is either seen or unreachable."),
    };

    public Task WriteLineAsync(string text) => Terminal.Out.WriteLineAsync(text);

    /// <summary>The answer, or <paramref name="byDefault"/> for an empty line.</summary>
    /// <exception cref="CtlException">The input has ended.</exception>
    public async Task<string> AskAsync(string prompt, string byDefault)
    {
        await Terminal.Out.WriteAsync(byDefault.Length > 0 ? $"{prompt} [{byDefault}]: " : $"{prompt} []: ");
        var line = await Input.ReadLineAsync() ?? throw new CtlException("Aborted!");
        return line.Trim() is { Length: > 0 } answer ? answer : byDefault;
    }

    public async Task<bool> ConfirmAsync(string question)
    {
        await Terminal.Out.WriteAsync($"{question} [y/N]: ");
        return (await Input.ReadLineAsync())?.Trim().ToUpperInvariant() is "Y" or "YES";
    }
}
