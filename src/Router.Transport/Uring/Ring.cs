using Router.Transport.Linux;

namespace Router.Transport.Uring;

/// <summary>
/// One io_uring and its two queues. Opened anywhere, then used by the one thread that called <see cref="Enable"/>: the
/// kernel completes nothing behind that thread's back, but only while it is inside <see cref="Enter"/>.
/// </summary>
internal sealed unsafe class Ring : IDisposable
{
    private const uint SubmissionEntries = 256;

    /// <summary>More than complete in one turn; what is more waits in the kernel (<see cref="IsOverflown"/>).</summary>
    private const uint CompletionEntries = 4096;

    private const uint FeatureSingleMapping = 1 << 0;
    private const uint FeatureExtendedArgument = 1 << 8;
    private const uint FeatureSkipSuccess = 1 << 11;
    private const uint FeatureNoIoWait = 1 << 17;

    private readonly int _descriptor;
    private readonly uint _waitFlags = UringCalls.EnterGetEvents | UringCalls.EnterExtendedArgument;
    private readonly byte* _rings;
    private readonly nuint _ringsBytes;
    private readonly SubmissionEntry* _entries;
    private readonly uint* _submissionHead;
    private readonly uint* _submissionTail;
    private readonly uint* _submissionFlags;
    private readonly uint* _completionHead;
    private readonly uint* _completionTail;
    private readonly CompletionEntry* _completions;
    private uint _tail;
    private uint _head;

    private Ring(int descriptor, in UringParameters parameters)
    {
        _descriptor = descriptor;
        if ((parameters.Features & FeatureNoIoWait) != 0)
        {
            _waitFlags |= UringCalls.EnterNoIoWait;
        }

        _ringsBytes = Math.Max(
            parameters.SubmissionArray + (parameters.SubmissionEntries * sizeof(uint)),
            parameters.CompletionArray + (parameters.CompletionEntries * (uint)sizeof(CompletionEntry)));
        _rings = UringCalls.MapRing(descriptor, UringCalls.OffsetRings, _ringsBytes);
        _entries = (SubmissionEntry*)UringCalls.MapRing(
            descriptor, UringCalls.OffsetEntries, parameters.SubmissionEntries * (uint)sizeof(SubmissionEntry));
        _submissionHead = (uint*)(_rings + parameters.SubmissionHead);
        _submissionTail = (uint*)(_rings + parameters.SubmissionTail);
        _submissionFlags = (uint*)(_rings + parameters.SubmissionFlags);
        _completionHead = (uint*)(_rings + parameters.CompletionHead);
        _completionTail = (uint*)(_rings + parameters.CompletionTail);
        _completions = (CompletionEntry*)(_rings + parameters.CompletionArray);
        var order = (uint*)(_rings + parameters.SubmissionArray);
        for (uint index = 0; index < SubmissionEntries; index++)
        {
            order[index] = index;
        }
    }

    /// <summary>Completions that are there to be taken.</summary>
    public int Completed => (int)(Volatile.Read(ref *_completionTail) - _head);

    /// <summary>Operations asked for that the kernel has not taken.</summary>
    public uint Unsubmitted => _tail - Volatile.Read(ref *_submissionHead);

    /// <summary>There are completions that found no room; the next <see cref="Enter"/> brings them.</summary>
    public bool IsOverflown => (Volatile.Read(ref *_submissionFlags) & UringCalls.SubmissionOverflow) != 0;

    /// <exception cref="TransportException">This system has no io_uring that does, or forbids it; says why.</exception>
    public static Ring Open()
    {
        var parameters = new UringParameters
        {
            Flags = UringCalls.SetupCompletionSize | UringCalls.SetupSubmitAll | UringCalls.SetupSingleIssuer
                | UringCalls.SetupDeferTaskRun | UringCalls.SetupDisabled,
            CompletionEntries = CompletionEntries,
        };
        var descriptor = UringCalls.Setup(SubmissionEntries, &parameters);
        if (descriptor < 0)
        {
            throw new TransportException($"io_uring_setup failed: {Reason(descriptor)}");
        }

        const uint Needed = FeatureSingleMapping | FeatureExtendedArgument | FeatureSkipSuccess;
        try
        {
            return (parameters.Features & Needed) == Needed
                ? new Ring(descriptor, parameters)
                : throw new TransportException("io_uring of this kernel lacks what is needed");
        }
        catch (TransportException)
        {
            _ = Native.Close(descriptor);
            throw;
        }
    }

    /// <summary>Makes the calling thread the ring's own.</summary>
    public void Enable() => Register(UringCalls.RegisterEnableRings, null, 0);

    /// <exception cref="TransportException">The kernel refuses.</exception>
    public void Register(uint operation, void* argument, uint count)
    {
        var answer = UringCalls.Register(_descriptor, operation, argument, count);
        if (answer < 0)
        {
            throw new TransportException($"io_uring_register failed: {Native.Describe(answer)}");
        }
    }

    /// <summary>A cleared entry to be filled in at once; the kernel takes it with the next <see cref="Enter"/>.</summary>
    public ref SubmissionEntry Next()
    {
        if (Unsubmitted == SubmissionEntries)
        {
            Submit();
        }

        ref var entry = ref _entries[_tail & (SubmissionEntries - 1)];
        entry = default;
        _tail++;
        return ref entry;
    }

    /// <summary>Gives the kernel what was asked for, without waiting.</summary>
    public void Submit()
    {
        Call(flags: 0, completionsMin: 0, timeoutMs: 0);
        if (Unsubmitted == SubmissionEntries)
        {
            throw new TransportException("io_uring takes no operation any more");
        }
    }

    /// <summary>Gives the kernel what was asked for, and waits for a completion at most this long (-1: without end).</summary>
    public void Enter(int timeoutMs) => Call(_waitFlags, timeoutMs == 0 ? 0u : 1u, timeoutMs);

    /// <summary>A completion that is there; it is there until <see cref="Take"/>.</summary>
    public ref readonly CompletionEntry Completion(int index) =>
        ref _completions[(_head + (uint)index) & (CompletionEntries - 1)];

    /// <summary>Gives the first completions' places back.</summary>
    public void Take(int count)
    {
        _head += (uint)count;
        Volatile.Write(ref *_completionHead, _head);
    }

    public void Dispose()
    {
        _ = Native.Close(_descriptor);
        UringCalls.Unmap((byte*)_entries, SubmissionEntries * (uint)sizeof(SubmissionEntry));
        UringCalls.Unmap(_rings, _ringsBytes);
    }

    private static string Reason(int error) => error switch
    {
        -Native.NotPermitted => "not permitted; a container's seccomp profile or kernel.io_uring_disabled forbids it",
        -Native.NotImplemented => "this kernel has none",
        -Native.Invalid => "this kernel's is too old; it needs Linux 6.1",
        _ => Native.Describe(error),
    };

    private void Call(uint flags, uint completionsMin, int timeoutMs)
    {
        var timeout = UringTimeSpan.OfMilliseconds(timeoutMs);
        var wait = new UringWait { Timeout = timeoutMs > 0 ? &timeout : null };
        Volatile.Write(ref *_submissionTail, _tail);
        var answer = UringCalls.Enter(_descriptor, Unsubmitted, completionsMin, flags, &wait);
        // Busy and Again: the kernel wants its completions taken, or memory, first; what it did not take stays asked for.
        if (answer is < 0 and not (-Native.Intr or -Native.TimedOut or -Native.Busy or -Native.Again))
        {
            throw new TransportException($"io_uring_enter failed: {Native.Describe(answer)}");
        }
    }
}
