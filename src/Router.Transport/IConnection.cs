using System.IO.Pipelines;
using System.Net;

namespace Router.Transport;

/// <summary>
/// A byte stream owned by one loop. Reader and writer complete inline on the loop;
/// <see cref="PipeWriter.WriteAsync"/> sends borrowed memory without a copy where the socket takes it. An idle
/// connection holds no buffer.
/// </summary>
public interface IConnection : IDuplexPipe, IAsyncDisposable
{
    IEventLoop Loop { get; }

    EndPoint? LocalEndPoint { get; }

    EndPoint? RemoteEndPoint { get; }

    /// <summary>Closes at once, with a reset where bytes were still to be sent. Idempotent, callable on the loop only.</summary>
    void Abort();
}
