using Router.Protocol;
using Router.Protocol.Framing;
using Router.Protocol.Messages;
using Router.Proxy.Sessions;

namespace Router.Proxy.Statements;

/// <summary>
/// What one client has prepared and what its server connection of the moment has, with all that is not confirmed yet: what
/// was sent counts as done, and is taken back when an error comes instead.
/// </summary>
internal sealed class StatementBooks(StatementStore store, RequestLedger ledger)
{
    private int _max;
    private int _deallocations;
    private bool _hasEnded;

    public StatementStore Store => store;

    public ClientStatements Client { get; } = new(store);

    /// <summary>Of the connection of the moment; there is none before the first <see cref="Attach"/>.</summary>
    public ServerStatements Server { get; private set; } = null!;

    /// <summary>From here on the client is served by this connection.</summary>
    /// <param name="max"><c>max_prepared_statements</c>.</param>
    public void Attach(ServerStatements server, int max)
    {
        Server = server;
        _max = max;
    }

    /// <summary>The client has ended; answers to what it has asked may still come.</summary>
    public void End()
    {
        _hasEnded = true;
        Client.Clear();
    }

    /// <summary>The server has thrown all prepared statements away, on the client's word.</summary>
    public void OnAllDeallocated()
    {
        Client.Clear();
        Server.Clear();

        // What was sent behind that word is done after it.
        for (var index = 0; index < ledger.EffectCount; index++)
        {
            var effect = ledger.EffectAt(index);
            if (effect.Kind is EffectKind.Prepared or EffectKind.Injected)
            {
                Server.Add(effect.Prepared);
            }

            if (effect.Kind is EffectKind.Prepared or EffectKind.Named)
            {
                effect.Prepared.Statement.Users++;
                Client.Add(effect.Bytes!, effect.Prepared.Statement);
            }
        }
    }

    public void ExpectQuery(ReadOnlySpan<byte> message)
    {
        var mayDeallocate = !ledger.IsDeaf && message[0] == MessageType.Query
            && DeallocateText.IsOfAll(DeallocateText.Of(message));
        _deallocations += mayDeallocate ? 1 : 0;
        ledger.Expect(Awaited.Query, Treatment.Pass, mayDeallocate ? new Effect(EffectKind.Deallocates) : null);
    }

    /// <summary>A query that throws away the client's name for a statement, unless it fails.</summary>
    public void ExpectDeallocation(byte[] name, Statement statement)
    {
        _deallocations++;
        ledger.Expect(
            Awaited.Query, Treatment.Pass, new Effect(EffectKind.Deallocates, new PreparedStatement(statement, []), name));
    }

    public bool HasDoubts => ledger.Unsettled > 0 || _deallocations > 0;

    /// <summary>
    /// The last word about the name or its statement was said in front of a Sync, and is not confirmed: an error there would
    /// undo it, and not what is said now. Or all names may be thrown away. Rare, for drivers wait for the first answer about a
    /// statement.
    /// </summary>
    /// <param name="name">Empty for the unnamed statement.</param>
    public bool IsInDoubt(ReadOnlySpan<byte> name, Statement? statement)
    {
        if (!HasDoubts || _deallocations > 0)
        {
            return HasDoubts;
        }

        for (var index = ledger.EffectCount - 1; index >= 0; index--)
        {
            var effect = ledger.EffectAt(index);
            var isOfName = name.IsEmpty
                ? effect.Kind == EffectKind.Unnamed
                : effect is { Kind: not EffectKind.Used, Bytes: { } other } && name.SequenceEqual(other);
            if (isOfName)
            {
                return index < ledger.Unsettled || IsInDoubt(statement);
            }
        }

        return IsInDoubt(statement);
    }

    /// <summary>Whether the connection has the statement is not confirmed, and may turn out otherwise.</summary>
    private bool IsInDoubt(Statement? statement)
    {
        for (var index = ledger.EffectCount - 1; index >= 0 && statement is not null; index--)
        {
            var effect = ledger.EffectAt(index);
            if (effect.Kind is EffectKind.Prepared or EffectKind.Injected or EffectKind.Evicted
                && ReferenceEquals(effect.Prepared.Statement, statement))
            {
                return index < ledger.Unsettled;
            }
        }

        return false;
    }

    public void MakeRoomFor(FrameWriter output)
    {
        // What may not be there at all stays in the books until that is known.
        while (Server.Count >= _max && Server.LeastUsed(prepared => !IsInDoubt(prepared.Statement)) is { } least)
        {
            Evict(least, output);
        }
    }

    public void Evict(PreparedStatement prepared, FrameWriter output)
    {
        DescribeOrCloseMessage.WriteStatement(output, MessageType.Close, prepared.Name);
        prepared.Statement.Users++;
        Server.Remove(prepared);
        ledger.Expect(Awaited.Close, Treatment.Swallow, new Effect(EffectKind.Evicted, prepared));
    }

    public void ForgetUnnamed()
    {
        if (!ledger.IsDeaf)
        {
            Client.ForgetUnnamed();
            Server.ForgetUnnamed();
        }
    }

    public void Confirm(Effect effect)
    {
        if (effect.Kind is EffectKind.Evicted or EffectKind.Closed)
        {
            store.Release(effect.Prepared.Statement);
        }

        if (effect.Kind == EffectKind.Deallocates)
        {
            _deallocations--;
            TakeName(effect);
        }
    }

    public void UndoAll()
    {
        for (var index = 0; index < ledger.Undone.Count; index++)
        {
            Undo(ledger.Undone[index]);
        }
    }

    private void Undo(Effect effect)
    {
        var prepared = effect.Prepared;
        switch (effect.Kind)
        {
            case EffectKind.Prepared:
                Server.Remove(prepared);
                TakeName(effect);
                break;
            case EffectKind.Named:
                TakeName(effect);
                break;
            case EffectKind.Injected:
                Server.Remove(prepared);
                break;
            case EffectKind.Unnamed when effect.Version == Client.UnnamedVersion:
                Client.ForgetUnnamed();
                Server.ForgetUnnamed();
                break;
            case EffectKind.Evicted:
                Server.Add(prepared);
                store.Release(prepared.Statement);
                break;
            case EffectKind.Deallocates:
                _deallocations--;
                break;
            case EffectKind.Closed when _hasEnded:
                store.Release(prepared.Statement);
                break;
            case EffectKind.Closed:
                Client.Add(effect.Bytes!, prepared.Statement);
                break;
            default:
                break;
        }
    }

    private void TakeName(Effect effect)
    {
        if (effect.Bytes is { } name && Client.Find(name).Statement is { } statement
            && ReferenceEquals(statement, effect.Prepared.Statement))
        {
            Client.Remove(name);
            store.Release(statement);
        }
    }

    /// <summary>A statement turned out to be of no use on the connection; the next use prepares it anew.</summary>
    public void Heal(PreparedStatement prepared, string? code)
    {
        if (code == SqlState.InvalidStatementName)
        {
            Server.Remove(prepared);
        }
        else if (code == SqlState.FeatureNotSupported && ReferenceEquals(prepared.Name, prepared.Statement.ServerName))
        {
            // "cached plan must not change result type": so it is on every connection that has it.
            store.Renew(prepared.Statement);
        }
    }
}
