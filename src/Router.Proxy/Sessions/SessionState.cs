using Router.Protocol;
using Router.Proxy.Pooling;

namespace Router.Proxy.Sessions;

/// <summary>
/// What a session knows of its own protocol state. Owned by the session's loop: both filters write it, nobody else
/// does; other threads read the byte counters for metrics.
/// </summary>
/// <param name="time">Measures requests; null: nobody asks how long they took.</param>
internal sealed class SessionState(TimeProvider? time = null)
{
    private long _requestBegin;
    private long _bytesFromClient;
    private long _bytesFromBackend;

    public TransactionStatus Transaction { get; private set; }

    /// <summary>What the server has been asked and has not answered.</summary>
    public RequestLedger Requests { get; } = new();

    /// <summary>A part of a frontend message has reached the server, the rest has not.</summary>
    public bool IsClientMessageOpen { get; set; }

    /// <summary>Something reached the server whose ReadyForQuery has not come back (S22).</summary>
    public bool IsInFlight => IsClientMessageOpen || Requests.IsInFlight;

    /// <summary>Something is in flight, and ends by itself once the server has done it or given it up.</summary>
    public bool IsWhole => !IsClientMessageOpen && Requests.IsWhole;

    /// <summary>Nothing in flight and no transaction open: the session may end without anybody losing work.</summary>
    public bool IsIdle => !IsInFlight && Transaction is TransactionStatus.Idle;

    /// <summary>The client has been sent a final error: it must not get another.</summary>
    public bool HasSentFatal { get; set; }

    /// <summary>The client said Terminate.</summary>
    public bool IsTerminating { get; private set; }

    /// <summary>Why the session is to end as soon as it is idle; null where it is not.</summary>
    public CutReason? FinishReason { get; private set; }

    public bool IsFinishing => FinishReason is not null;

    /// <summary>ReadyForQuery messages that have come: requests answered.</summary>
    public long Answers { get; private set; }

    /// <summary>How long requests took that have been answered, by the ticks of the clock: what a pipeline overlaps counts once.</summary>
    public long RequestTicks { get; private set; }

    /// <summary>Where the time of each request is counted; null: nowhere.</summary>
    public TimeHistogram? RequestTimes { get; set; }

    public long BytesFromClient => Volatile.Read(ref _bytesFromClient);

    public long BytesFromBackend => Volatile.Read(ref _bytesFromBackend);

    /// <summary>Ends the session as soon as it is idle; the first reason stays.</summary>
    public void Finish(CutReason reason) => FinishReason ??= reason;

    public void CountFromClient(int bytes) => Volatile.Write(ref _bytesFromClient, _bytesFromClient + bytes);

    public void CountFromBackend(int bytes) => Volatile.Write(ref _bytesFromBackend, _bytesFromBackend + bytes);

    /// <summary>A message of the client begins; the ledger has not seen it yet.</summary>
    public void OnRequest(byte type)
    {
        IsTerminating |= type == MessageType.Terminate;
        if (!Requests.IsInFlight)
        {
            _requestBegin = time?.GetTimestamp() ?? 0;
        }
    }

    /// <summary>ReadyForQuery has come; the ledger has seen it.</summary>
    public void OnReady(TransactionStatus status)
    {
        Transaction = status;
        Answers++;
        var now = time?.GetTimestamp() ?? 0;
        RequestTicks += now - _requestBegin;
        RequestTimes?.Add((now - _requestBegin) * 1_000_000 / time!.TimestampFrequency);
        _requestBegin = now;
    }
}
