using System.Threading.Channels;

namespace Router.Agent.Guarding;

/// <summary>
/// Starts the agent again on a task of its own: loading a program from a disk that hangs must not hold up the loop.
/// </summary>
internal sealed class AgentRestarter(IReadOnlyList<string> router, GuardJournal journal)
{
    private readonly Channel<AgentCommand> _due = Channel.CreateBounded<AgentCommand>(new BoundedChannelOptions(1)
    {
        FullMode = BoundedChannelFullMode.DropWrite,
        SingleReader = true,
    });

    public void Restart(AgentCommand command) => _ = _due.Writer.TryWrite(command);

    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            await foreach (var command in _due.Reader.ReadAllAsync(stopping))
            {
                journal.Note(GuardLog.AgentRestarted);
                if (await DetachedStart.RunAsync(router, command, stopping) is { } reason)
                {
                    journal.Note(logger => GuardLog.AgentRestartFailed(logger, reason));
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The guard ends.
        }
    }
}
