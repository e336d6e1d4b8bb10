using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Router.Protocol;
using Router.Protocol.Framing;
using Router.Protocol.Messages;
using Router.Proxy.Backends;
using Router.Proxy.Routing;
using Router.Proxy.Sessions;
using Router.Proxy.Tls;
using Router.Testing;
using Router.Testing.Proxy;
using Router.Transport;

namespace Router.Proxy.Tests;

/// <summary>
/// What an operation of the data plane allocates, against <c>perf/budgets.json</c>; the transport's own are measured beside
/// the transport.
/// </summary>
public sealed class BudgetTests
{
    private const int WarmUps = 1_000;
    private const int Rounds = 10_000;

    private readonly ManualClusterViews _views = new();
    private readonly ManualBootClock _clock = new();

    [Fact]
    public void Frame_scanned()
    {
        var bytes = Request();
        var scanner = new FrameScanner(FrameSide.Frontend);
        Measure("frame scanned", () =>
        {
            for (var rest = bytes.AsSpan(); !rest.IsEmpty;)
            {
                _ = scanner.Next(rest, out var taken);
                rest = rest[taken..];
            }
        });
    }

    [Fact]
    public void Request_and_response_through_the_filters()
    {
        var primary = _views.PublishPrimary("a", 5432);
        var state = new SessionState();
        var fromClient = new FrontendFilter(state, new WriteGate(_views, _clock)) { Identity = primary.Identity };
        var fromBackend = new BackendFilter(state) { WantsPrimary = true };
        var (request, response) = (Request(), Response());
        Measure("request and response through the filters", () =>
        {
            _ = fromClient.Inspect(request);
            _ = fromBackend.Inspect(response);
        });
        const long Operations = WarmUps + Rounds;
        Assert.Equal(
            (Operations * request.Length, Operations * response.Length), (state.BytesFromClient, state.BytesFromBackend));
        Assert.True(state.IsIdle);
    }

    [Fact]
    public void Write_gate_asked()
    {
        var primary = _views.PublishPrimary("a", 5432);
        var gate = new WriteGate(_views, _clock);
        Measure("write gate asked", () => Assert.True(gate.IsOpenFor(primary.Identity)));
    }

    [Fact]
    public void Primary_routed()
    {
        _ = _views.PublishPrimary("a", 5432);
        Measure("primary routed", () => RoutePolicy.Decide(
            new RouteRequest(ListenerKind.Primary, false), _views.Current, [], _clock.Now));
    }

    [Fact]
    public void Replica_of_three_routed()
    {
        _views.PublishReplicas(("a", 1), ("b", 2), ("c", 3));
        ReplicaLoad[] loads = [new(3, false), new(1, true), new(2, false)];
        Measure("replica of three routed", () => RoutePolicy.Decide(
            new RouteRequest(ListenerKind.Replica, false), _views.Current, loads, _clock.Now));
    }

    [Fact]
    public async Task Backend_checked_out()
    {
        const int Checkouts = 200;
        using var script = new BackendScript();
        _ = _views.PublishPrimary("a", script.Port);
        await using var transport = TransportFactory.Create(new TransportSettings());
        var loads = new MemberLoads(_clock);
        var keeper = new TlsKeeper(new ProxyOptions(), TimeProvider.System, NullLogger.Instance);
        var tls = new TlsHandshakes(keeper, new ProxyCounters(), TimeProvider.System, NullLogger.Instance);
        var checkout = new BackendCheckout(
            _views, new HoldQueue(10, TimeProvider.System), new BackendOpener(loads, tls, TimeProvider.System), loads, _clock,
            TimeProvider.System, new LiveOptions(new ProxyOptions()), new ProxyCounters(), NullLogger.Instance);
        var startup = new FrameWriter();
        new StartupMessage(ProtocolVersion.V30, [new("user", "app")]).Write(startup);

        var serving = ServeAsync(script);
        var allocated = await transport.Loops[0].RunAsync(async () =>
        {
            await using var client = await transport.Loops[0].ConnectAsync(
                new IPEndPoint(IPAddress.Loopback, script.Port), CancellationToken.None);
            long before = 0;
            for (var i = 0; i < 2 * Checkouts; i++)
            {
                before = i == Checkouts ? GC.GetAllocatedBytesForCurrentThread() : before;
                var outcome = await checkout.AcquireAsync(
                    client, ListenerKind.Primary, startup.Written, CancellationToken.None);
                await Assert.IsType<CheckoutOutcome.Taken>(outcome).Backend.DisposeAsync();
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }).WaitAsync(TimeSpan.FromSeconds(60));
        script.Dispose();
        await serving;
        Assert.InRange(allocated / Checkouts, 1, AllocationBudget.Of("backend checked out"));
    }

    private static async Task ServeAsync(BackendScript script)
    {
        try
        {
            while (true)
            {
                await (await script.AcceptAsync()).GreetAsync();
            }
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException)
        {
            // The script was disposed of.
        }
    }

    private static void Measure(string operation, Action act)
    {
        for (var i = 0; i < WarmUps; i++)
        {
            act();
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Rounds; i++)
        {
            act();
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.InRange(allocated, 0, Rounds * AllocationBudget.Of(operation));
    }

    /// <summary>A prepared statement, as pgbench sends it.</summary>
    private static byte[] Request()
    {
        var writer = new FrameWriter();
        writer.Begin(MessageType.Bind).Text("").Text("P0_1").Int16(0).Int16(1).Int32(5).Bytes("12345"u8).Int16(0).End();
        writer.Begin(MessageType.Describe).Byte((byte)'P').Text("").End();
        writer.Begin(MessageType.Execute).Text("").Int32(0).End();
        writer.Begin(MessageType.Sync).End();
        return writer.Written.ToArray();
    }

    private static byte[] Response()
    {
        var writer = new FrameWriter();
        writer.Begin(MessageType.BindComplete).End();
        writer.Begin(MessageType.RowDescription).Int16(1).Text("abalance").Bytes(new byte[18]).End();
        writer.Begin(MessageType.DataRow).Int16(1).Int32(1).Bytes("0"u8).End();
        writer.Begin(MessageType.CommandComplete).Text("SELECT 1").End();
        new ReadyForQuery(TransactionStatus.Idle).Write(writer);
        return writer.Written.ToArray();
    }
}
