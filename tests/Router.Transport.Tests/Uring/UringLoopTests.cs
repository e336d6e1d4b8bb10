using Router.Transport.Uring;

namespace Router.Transport.Tests.Uring;

/// <summary>More operations in one turn than the queues hold.</summary>
public static class UringLoopTests
{
    public sealed class OverIoUring : IAsyncLifetime
    {
        private readonly TransportHarness _harness = new(new TransportSettings { Kind = TransportKind.IoUring });

        public Task InitializeAsync() => Task.CompletedTask;

        public async Task DisposeAsync() => await _harness.DisposeAsync();

        [TransportFact]
        public Task More_than_is_submitted_at_once_is_done() => AskForMuchAsync(operations: 1_000);

        [TransportFact]
        public Task More_completions_than_there_is_room_for_are_heard() => AskForMuchAsync(operations: 20_000);

        private async Task AskForMuchAsync(int operations)
        {
            var (connection, peer) = await _harness.AcceptAsync();
            var loop = (UringLoop)_harness.Loop;
            for (var round = 0; round < 5; round++)
            {
                var message = Bytes.Pattern(1_000, round);
                await _harness.OnLoop(async () =>
                {
                    AskInVain(operations);
                    var writing = connection.Output.WriteAsync(message);
                    AskInVain(operations);
                    _ = await writing;
                });
                Assert.Equal(message, await Bytes.ReceiveExactlyAsync(peer, message.Length));
                await Bytes.SendAllAsync(peer, message);
                Assert.Equal(
                    message, await _harness.OnLoop(() => Bytes.ReadExactlyAsync(connection.Input, message.Length)));
            }

            // Each completes, for there is nothing to cancel.
            void AskInVain(int count)
            {
                for (; count > 0; count--)
                {
                    loop.Cancel(place: int.MaxValue, UringOperation.Receive);
                }
            }
        }
    }
}
