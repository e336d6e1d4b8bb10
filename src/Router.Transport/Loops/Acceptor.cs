namespace Router.Transport.Loops;

/// <summary>Where accepted connections go: which loop, and whose they are then.</summary>
internal sealed class Acceptor
{
    private readonly IReadOnlyList<Loop> _loops;
    private readonly int _spreadAfter;
    private readonly Action<IConnection> _onAccepted;

    public Acceptor(IReadOnlyList<Loop> loops, int spreadAfter, Action<IConnection> onAccepted)
    {
        _loops = loops;
        _spreadAfter = spreadAfter;
        _onAccepted = onAccepted;
    }

    /// <summary>The first loop until it owns enough, then the one that owns the fewest connections.</summary>
    public Loop Choose()
    {
        var chosen = _loops[0];
        if (chosen.ConnectionCount < _spreadAfter)
        {
            return chosen;
        }

        foreach (var loop in _loops)
        {
            if (loop.ConnectionCount < chosen.ConnectionCount)
            {
                chosen = loop;
            }
        }

        return chosen;
    }

    public void Accept(StreamConnection connection)
    {
        connection.OwnLoop.Adopt(connection);
        try
        {
            _onAccepted(connection);
        }
        catch (Exception exception)
        {
            connection.OwnLoop.Break(connection, exception);
        }
    }
}
