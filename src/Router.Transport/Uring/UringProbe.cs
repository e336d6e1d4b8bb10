using Router.Transport.Linux;

namespace Router.Transport.Uring;

/// <summary>
/// Tries out, on a pair of sockets, what the loop takes for granted: a send that does all completes silently and at once,
/// one that falls short says how far it came, and a receive fills a buffer of the ring.
/// </summary>
internal sealed unsafe class UringProbe : IDisposable
{
    /// <summary>More than a unix socket takes at once.</summary>
    private const int MuchBytes = 16 * 1024 * 1024;

    private readonly Ring _ring = Ring.Open();
    private readonly ReceiveBuffers _buffers = new(count: 2);

    private UringProbe()
    {
    }

    /// <summary>Why io_uring does not work here; null: it does.</summary>
    public static string? Refusal()
    {
        try
        {
            using var probe = new UringProbe();
            return probe.Try();
        }
        catch (TransportException refused)
        {
            return refused.Message;
        }
    }

    public void Dispose()
    {
        _ring.Dispose();
        _buffers.Dispose();
    }

    private string? Try()
    {
        _buffers.RegisterWith(_ring);
        _ring.Enable();
        var answer = Native.OpenPair(out var first, out var second);
        if (answer < 0)
        {
            return $"socketpair failed: {Native.Describe(answer)}";
        }

        var memory = UringCalls.MapPages(MuchBytes);
        try
        {
            return TryMoving(first, second, memory)
                ? null
                : "what this kernel's io_uring says of a send or receive is not what it did";
        }
        finally
        {
            UringCalls.Unmap(memory, MuchBytes);
            _ = Native.Close(first);
            _ = Native.Close(second);
        }
    }

    private bool TryMoving(int first, int second, byte* memory)
    {
        var isSilent = Send(first, memory, ReceiveBuffers.BufferBytes + 1) is null;
        var whole = Receive(second);
        var rest = Receive(second);
        var part = Send(first, memory, MuchBytes);
        var full = Send(first, memory, 1);
        return isSilent && whole == ReceiveBuffers.BufferBytes && rest == 1 && part is > 0 and < MuchBytes && full == -Native.Again
            && Drain(second, memory) == part;
    }

    /// <summary>What the completion says; null: there is none.</summary>
    private int? Send(int descriptor, byte* memory, int length)
    {
        Ask(UringCalls.OperationSend, descriptor).SendAtOnce(memory, length);
        return Complete()?.Result;
    }

    /// <summary>Bytes that are in a buffer of the ring; null: none.</summary>
    private int? Receive(int descriptor)
    {
        Ask(UringCalls.OperationReceive, descriptor).ReceiveIntoRing();
        return Complete() is { } completion && (completion.Flags & UringCalls.CompletionBuffer) != 0 ? completion.Result : null;
    }

    private ref SubmissionEntry Ask(byte operation, int descriptor)
    {
        ref var entry = ref _ring.Next();
        entry.Operation = operation;
        entry.Descriptor = descriptor;
        return ref entry;
    }

    private CompletionEntry? Complete()
    {
        _ring.Enter(timeoutMs: 0);
        if (_ring.Completed != 1)
        {
            return null;
        }

        var completion = _ring.Completion(0);
        _ring.Take(1);
        return completion;
    }

    private static long Drain(int descriptor, byte* memory)
    {
        long all = 0;
        int count;
        while ((count = Native.Receive(descriptor, new Span<byte>(memory, MuchBytes))) > 0)
        {
            all += count;
        }

        return all;
    }
}
