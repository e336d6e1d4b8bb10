using Router.Protocol;
using Router.Protocol.Framing;
using Router.Protocol.Messages;
using Router.Proxy.Routing;
using Router.Proxy.Sessions;
using Router.Testing;
using Router.Testing.Proxy;

namespace Router.Proxy.Tests.Sessions;

public sealed class FilterTests
{
    private static readonly byte[] Question = new FrameWriter()
        .Begin(MessageType.Bind).Text("").Text("s").Int16(0).Int16(0).Int16(0).End()
        .Begin(MessageType.Execute).Text("").Int32(0).End()
        .Begin(MessageType.Sync).End()
        .Written.ToArray();

    private readonly SessionState _state = new();
    private readonly ManualClusterViews _views = new();

    [Fact]
    public void A_request_and_its_answer_allocate_nothing()
    {
        var primary = _views.PublishPrimary("a", 5432);
        var frontend = new FrontendFilter(_state, new WriteGate(_views, new ManualBootClock()))
        {
            Identity = primary.Identity,
        };
        var backend = new BackendFilter(_state);
        var answer = Answer();
        Relay(frontend, backend, answer);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            Relay(frontend, backend, answer);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(_state.IsIdle);
        Assert.Equal((1001L * Question.Length, 1001L * answer.Length), (_state.BytesFromClient, _state.BytesFromBackend));
    }

    private void Relay(FrontendFilter frontend, BackendFilter backend, byte[] answer)
    {
        if (frontend.Inspect(Question).Forward != Question.Length || !_state.IsInFlight
            || backend.Inspect(answer).Forward != answer.Length)
        {
            throw new InvalidOperationException("a filter kept something back");
        }
    }

    /// <summary>An error among the rows: looking at its severity must cost nothing either.</summary>
    private static byte[] Answer()
    {
        var writer = new FrameWriter();
        writer.Begin(MessageType.BindComplete).End();
        for (var row = 0; row < 10; row++)
        {
            writer.Begin(MessageType.DataRow).Int16(1).Int32(4).Int32(row).End();
        }

        new ErrorResponse(ErrorSeverity.Error, "22012", "division by zero").Write(writer);
        new ReadyForQuery(TransactionStatus.Idle).Write(writer);
        return writer.Written.ToArray();
    }
}
