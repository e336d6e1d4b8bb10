using Router.Protocol;
using Router.Protocol.Framing;
using Router.Protocol.Messages;
using Router.Proxy.Sessions;

namespace Router.Proxy.Statements;

/// <summary>
/// SQL's DEALLOCATE of a name that the client has given by the protocol, as psycopg and Rails say it. The statement stays on
/// the server connection, for others; an empty one is prepared there and deallocated in its place. So the server answers, in
/// its order and by its rules.
/// </summary>
/// <remarks>PostgreSQL parses an empty text in a failed transaction too: what is put in front never fails.</remarks>
internal sealed class NamedDeallocation(StatementBooks books, RequestLedger ledger)
{
    /// <summary>The body of a Parse behind the name: no text, no types.</summary>
    private static ReadOnlySpan<byte> EmptyText => "\0\0\0"u8;

    /// <summary>A Query or FunctionCall, whatever it says.</summary>
    public RewriteStep OnQuery(ReadOnlySpan<byte> message, int at, ref Splice splice)
    {
        var isWhole = FrameHeader.TryRead(message, FrameSide.Frontend, out var header) == ScanStatus.Taken
            && message.Length >= header.TotalLength;
        if (!isWhole || header.Type != MessageType.Query || ledger.IsDeaf
            || Find(DeallocateText.Of(message)) is not { Name: { } name, Statement: { } statement })
        {
            books.ForgetUnnamed();
            books.ExpectQuery(message);
            return RewriteStep.Done;
        }

        if (books.IsInDoubt(name, statement: null))
        {
            return RewriteStep.Wait;
        }

        books.ForgetUnnamed();
        var standIn = Prepare(at, ref splice, effect: null);
        WriteText(splice.InsertAt(at).Begin(MessageType.Query), standIn).End();
        splice.SkipTo(at + header.TotalLength);
        books.ExpectDeallocation(name, statement);
        return RewriteStep.Done;
    }

    /// <summary>The Parse of an unnamed statement; null where it is an ordinary one.</summary>
    /// <param name="body">Behind the name; empty where it is not whole.</param>
    public RewriteStep? TryParse(ReadOnlySpan<byte> body, int at, int length, ref Splice splice)
    {
        var end = body.IndexOf((byte)0);
        if (end < 0 || Find(body[..end]) is not { Name: { } name, Statement: { } statement })
        {
            return null;
        }

        if (books.IsInDoubt(name, statement: null))
        {
            return RewriteStep.Wait;
        }

        // Executed elsewhere it would be another's name that it gives up: it is not kept.
        books.Client.ForgetUnnamed();
        books.Server.SetUnnamed(books.Client);
        var standIn = Prepare(at, ref splice, new Effect(EffectKind.Unnamed, Version: books.Client.UnnamedVersion));
        WriteText(splice.InsertAt(at).Begin(MessageType.Parse).Byte(0), standIn).Bytes(EmptyText[1..]).End();
        splice.SkipTo(at + length);
        books.Client.Remove(name);
        ledger.Expect(
            Awaited.Parse, Treatment.Pass, new Effect(EffectKind.Closed, new PreparedStatement(statement, []), name));
        return RewriteStep.Done;
    }

    private (byte[]? Name, Statement? Statement) Find(ReadOnlySpan<byte> text)
    {
        Span<byte> name = stackalloc byte[DeallocateText.NameMax];
        return DeallocateText.TryReadName(text, name, out var length) ? books.Client.Find(name[..length]) : default;
    }

    private byte[] Prepare(int at, ref Splice splice, Effect? effect)
    {
        var standIn = books.Store.NextName();
        ParseMessage.Write(splice.InsertAt(at), standIn, EmptyText);
        ledger.Expect(Awaited.Parse, Treatment.Swallow, effect);
        return standIn;
    }

    private static FrameWriter WriteText(FrameWriter writer, ReadOnlySpan<byte> standIn) =>
        writer.Bytes("DEALLOCATE \""u8).Bytes(standIn).Bytes("\"\0"u8);
}
