using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Router.Transport.Tests;

/// <summary>What every back end promises of a loop: posted work, continuations, timers, connecting.</summary>
public abstract class LoopContract : IAsyncLifetime
{
    private readonly TransportHarness _harness;

    protected LoopContract(TransportKind kind) =>
        _harness = new TransportHarness(new TransportSettings { Kind = kind });

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _harness.DisposeAsync();

    [TransportFact]
    public async Task Time_that_it_works_is_counted_and_time_that_it_waits_is_not()
    {
        var worked = TimeSpan.FromMilliseconds(30);
        var (begin, busy) = (Stopwatch.GetTimestamp(), _harness.Loop.BusyTime);
        await _harness.OnLoop(() =>
        {
            var inside = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(inside) < worked)
            {
                Thread.SpinWait(100);
            }

            return Task.CompletedTask;
        });
        await Task.Delay(10 * worked);

        // A turn is counted at its end, and this one comes after.
        await _harness.OnLoop(() => Task.CompletedTask);
        Assert.InRange(_harness.Loop.BusyTime - busy, worked, Stopwatch.GetElapsedTime(begin) - worked);
    }

    [TransportFact]
    public async Task Posted_work_runs_in_the_order_of_each_poster()
    {
        const int Posters = 4;
        const int Each = 5_000;
        var seen = new List<(int Poster, int Number)>();
        await Task.WhenAll(Enumerable.Range(0, Posters).Select(poster => Task.Run(() =>
        {
            for (var number = 0; number < Each; number++)
            {
                _harness.Loop.Post(state => seen.Add(((int, int))state!), (poster, number));
            }
        })));
        await _harness.OnLoop(() => Task.CompletedTask);
        Assert.Equal(Posters * Each, seen.Count);
        foreach (var group in seen.GroupBy(entry => entry.Poster))
        {
            Assert.Equal(Enumerable.Range(0, Each), group.Select(entry => entry.Number));
        }
    }

    [TransportFact]
    public async Task Post_wakes_a_sleeping_loop_every_time()
    {
        for (var round = 0; round < 2_000; round++)
        {
            await _harness.OnLoop(() => Task.CompletedTask);
        }
    }

    [TransportFact]
    public async Task Work_posted_from_the_loop_runs_after_the_callback_that_posted_it()
    {
        var order = new List<string>();
        await _harness.OnLoop(async () =>
        {
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _harness.Loop.Post(_ => { order.Add("posted"); done.SetResult(); }, null);
            order.Add("posting");
            await done.Task;
        });
        Assert.Equal(["posting", "posted"], order);
    }

    [TransportFact]
    public async Task Await_of_a_foreign_task_comes_back_to_the_loop()
    {
        await _harness.OnLoop(async () =>
        {
            Assert.True(_harness.Loop.IsCurrent);
            var wasOnLoop = await Task.Run(() => _harness.Loop.IsCurrent);
            Assert.False(wasOnLoop);
            Assert.True(_harness.Loop.IsCurrent);
            await Task.Yield();
            Assert.True(_harness.Loop.IsCurrent);
        });
        Assert.False(_harness.Loop.IsCurrent);
    }

    [TransportFact]
    public async Task Failing_callback_does_not_end_the_loop()
    {
        _harness.Loop.Post(_ => throw new InvalidDataException("bug"), null);
        await _harness.OnLoop(() => Task.CompletedTask);
    }

    [TransportFact]
    public async Task Timers_fire_on_the_loop_in_the_order_they_are_due()
    {
        var fired = new List<int>();
        var isAlwaysOnLoop = true;
        await _harness.OnLoop(async () =>
        {
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var timers = new List<ITimer>();
            foreach (var delayMs in (int[])[400, 200, 1])
            {
                timers.Add(_harness.Loop.Time.CreateTimer(
                    state =>
                    {
                        isAlwaysOnLoop &= _harness.Loop.IsCurrent;
                        fired.Add((int)state!);
                        if (fired.Count == 3)
                        {
                            done.SetResult();
                        }
                    },
                    delayMs,
                    TimeSpan.FromMilliseconds(delayMs),
                    Timeout.InfiniteTimeSpan));
            }

            await done.Task;
            timers.ForEach(timer => timer.Dispose());
        });
        Assert.Equal([1, 200, 400], fired);
        Assert.True(isAlwaysOnLoop);
    }

    [TransportFact]
    public async Task Timer_never_fires_early()
    {
        await _harness.OnLoop(async () =>
        {
            var delay = TimeSpan.FromMilliseconds(25);
            var started = TimeProvider.System.GetTimestamp();
            await Task.Delay(delay, _harness.Loop.Time);
            Assert.True(TimeProvider.System.GetElapsedTime(started) >= delay);
            Assert.True(_harness.Loop.IsCurrent);
        });
    }

    [TransportFact]
    public async Task Disposed_timer_does_not_fire_and_periodic_one_does_again()
    {
        var ticks = 0;
        var ghosts = 0;
        await _harness.OnLoop(async () =>
        {
            var ghost = _harness.Loop.Time.CreateTimer(
                _ => ghosts++, null, TimeSpan.FromMilliseconds(5), Timeout.InfiniteTimeSpan);
            var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            using var periodic = _harness.Loop.Time.CreateTimer(
                _ =>
                {
                    if (++ticks == 3)
                    {
                        enough.SetResult();
                    }
                },
                null,
                TimeSpan.FromMilliseconds(10),
                TimeSpan.FromMilliseconds(5));
            ghost.Dispose();
            Assert.False(ghost.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan));
            await enough.Task;
        });
        Assert.True(ticks >= 3);
        Assert.Equal(0, ghosts);
        Assert.Equal(0, await _harness.OnLoop(() => _harness.OwnLoop.Timers.Count));
    }

    [TransportFact]
    public async Task Timers_may_be_set_from_other_threads()
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMilliseconds(10), _harness.Loop.Time);
        var fired = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = timeout.Token.Register(fired.SetResult);
        await fired.Task.WaitAsync(TransportHarness.Bound);
    }

    [TransportFact]
    public async Task Connect_and_listen_meet_over_tcp_and_unix_sockets()
    {
        var directory = Directory.CreateTempSubdirectory("router-transport-");
        EndPoint[] places =
        [
            new IPEndPoint(IPAddress.Loopback, 0),
            new IPEndPoint(IPAddress.IPv6Loopback, 0),
            new UnixDomainSocketEndPoint(Path.Combine(directory.FullName, ".s.PGSQL.5432")),
        ];
        foreach (var place in places)
        {
            var accepted = new TaskCompletionSource<IConnection>(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var listener = _harness.Transport.Listen(place, new ListenOptions(), accepted.SetResult);
            await _harness.OnLoop(async () =>
            {
                await using var client = await _harness.Loop.ConnectAsync(listener.LocalEndPoint, default);
                Assert.Equal(listener.LocalEndPoint.ToString(), client.RemoteEndPoint?.ToString());
                _ = await client.Output.WriteAsync("hello"u8.ToArray());
                await using var server = await accepted.Task;
                Assert.Equal("hello"u8.ToArray(), await Bytes.ReadExactlyAsync(server.Input, 5));
                Assert.Equal(client.LocalEndPoint?.ToString(), server.RemoteEndPoint?.ToString());
                Assert.Same(_harness.Loop, client.Loop);
                Assert.Equal(2, _harness.Loop.ConnectionCount);
                Assert.Equal(
                    place is UnixDomainSocketEndPoint ? Environment.ProcessId : null, server.PeerCredentials?.ProcessId);
            });
        }

        Assert.Equal(0, _harness.Loop.ConnectionCount);
        Assert.Empty(directory.GetFiles());
        directory.Delete();
    }

    [TransportFact]
    public async Task Refused_and_unreachable_connects_fail_with_address_and_reason()
    {
        using var closed = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        EndPoint[] places =
        [
            closed.LocalEndPoint!,
            new IPEndPoint(IPAddress.Broadcast, 5432),
            new UnixDomainSocketEndPoint("/nonexistent/.s.PGSQL.5432"),
        ];
        foreach (var place in places)
        {
            var failure = await Assert.ThrowsAsync<TransportException>(
                () => _harness.OnLoop(async () => await _harness.Loop.ConnectAsync(place, default)));
            Assert.StartsWith($"cannot connect to {place}: ", failure.Message, StringComparison.Ordinal);
        }

        Assert.Equal(0, _harness.Loop.ConnectionCount);
    }

    [TransportFact]
    public async Task Connect_is_given_up_when_its_token_fires()
    {
        // A full backlog does not answer.
        using var deaf = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        deaf.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        deaf.Listen(0);
        using var aborted = new CancellationTokenSource();
        var connects = Enumerable.Range(0, 8).Select(_ => _harness.OnLoop(async () =>
        {
            await using var connection = await _harness.Loop.ConnectAsync(deaf.LocalEndPoint!, aborted.Token);
        })).ToArray();
        await TransportHarness.UntilAsync(() => Task.FromResult(connects.Any(connect => connect.IsCompleted)));
        await aborted.CancelAsync();
        var failures = new List<Exception>();
        foreach (var connect in connects)
        {
            if (await Record.ExceptionAsync(() => connect) is { } failure)
            {
                failures.Add(failure);
            }
        }

        Assert.NotEmpty(failures);
        Assert.All(failures, failure => Assert.IsType<TransportException>(failure));
        _ = await Assert.ThrowsAsync<TransportException>(
            () => _harness.OnLoop(async () => await _harness.Loop.ConnectAsync(deaf.LocalEndPoint!, aborted.Token)));
    }

    [TransportFact]
    public async Task Ending_the_transport_ends_what_its_handlers_wait_for()
    {
        var (connection, _) = await _harness.AcceptAsync();
        var reading = _harness.Loop.RunAsync(async () => await connection.Input.ReadAsync());
        await _harness.OnLoop(() => Task.CompletedTask);
        using var deaf = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        deaf.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        deaf.Listen(0);
        var connecting = Enumerable.Range(0, 8).Select(_ => _harness.Loop.RunAsync(
            async () => await _harness.Loop.ConnectAsync(deaf.LocalEndPoint!, default))).ToArray();
        await TransportHarness.UntilAsync(() => Task.FromResult(connecting.Any(connect => connect.IsCompleted)));
        await _harness.Transport.DisposeAsync();
        _ = await Assert.ThrowsAsync<TransportException>(() => reading.WaitAsync(TransportHarness.Bound));
        foreach (var connect in connecting)
        {
            var failure = await Record.ExceptionAsync(() => connect.WaitAsync(TransportHarness.Bound));
            Assert.True(failure is null or TransportException, $"ended with {failure}");
        }
    }
}
