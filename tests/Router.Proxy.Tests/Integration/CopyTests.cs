using System.Globalization;
using System.Text;
using Npgsql;
using Router.Testing.Proxy;

namespace Router.Proxy.Tests.Integration;

/// <summary>Alone: two of them measure the memory of the whole process.</summary>
[Trait("Category", "Integration")]
[Collection(AloneCollection.Name)]
public sealed class CopyTests(RealServer server) : IClassFixture<RealServer>
{
    private const int Rows = 100_000;
    private const int RowBytes = 1000;

    [Fact]
    public async Task A_hundred_megabytes_go_in_and_come_out_the_same()
    {
        await server.RunAsync("psql", "-Xqc \"CREATE UNLOGGED TABLE bulk (line text)\"");
        await using (var connection = await OpenAsync())
        {
            await using (var copy = await connection.BeginTextImportAsync("COPY bulk FROM STDIN"))
            {
                for (var row = 0; row < Rows; row++)
                {
                    await copy.WriteLineAsync(Line(row));
                }
            }

            await using var count = new NpgsqlCommand("SELECT count(DISTINCT line) FROM bulk", connection);
            Assert.Equal((long)Rows, await count.ExecuteScalarAsync());
        }

        await using var reading = await OpenAsync();
        using var copied = await reading.BeginTextExportAsync("COPY (SELECT line FROM bulk ORDER BY line) TO STDOUT");
        for (var row = 0; row < Rows; row++)
        {
            Assert.Equal(Line(row), await copied.ReadLineAsync());
        }
    }

    [Fact]
    public async Task Psql_copies_a_hundred_megabytes_each_way_and_the_proxy_allocates_next_to_nothing()
    {
        const int AllocatedMax = 16 * 1024 * 1024;
        await server.RunAsync("psql", "-Xqc \"CREATE UNLOGGED TABLE streamed (line text)\"");
        var lines = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(new string('z', RowBytes - 1) + "\n", 100)));
        using (var copyIn = server.Start("psql", "-Xqc \"COPY streamed FROM STDIN\""))
        {
            var before = GC.GetTotalAllocatedBytes();
            for (var i = 0; i < Rows / 100; i++)
            {
                await copyIn.StandardInput.BaseStream.WriteAsync(lines);
            }

            copyIn.StandardInput.Close();
            await copyIn.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));
            Assert.Equal(0, copyIn.ExitCode);
            Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, AllocatedMax);
        }

        using var copyOut = server.Start("psql", "-Xqc \"COPY streamed TO STDOUT\"");
        var beforeOut = GC.GetTotalAllocatedBytes();
        var read = 0L;
        for (var count = -1; count != 0; read += count)
        {
            count = await copyOut.StandardOutput.BaseStream.ReadAsync(lines);
        }

        Assert.Equal((long)Rows * RowBytes, read);
        Assert.InRange(GC.GetTotalAllocatedBytes() - beforeOut, 0, AllocatedMax);
    }

    [Fact]
    public async Task A_slow_reader_costs_no_memory_and_loses_nothing()
    {
        using var client = await WirePeer.ConnectAsync(server.Proxy.Primary, receiveBufferBytes: 8 * 1024);
        _ = await client.LogInAsync("postgres");
        GC.Collect();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await client.QueryAsync(
            $"COPY (SELECT repeat('x', {RowBytes - 1}) FROM generate_series(1, {Rows})) TO STDOUT");
        Assert.Equal('H', (await client.ReadAsync()).Type);

        // The backend can only be blocked on its socket when nobody takes its bytes any more.
        await SeeAsync("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'ClientWrite'", "1");
        var held = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.InRange(held, long.MinValue, 4 * 1024 * 1024);

        var rows = 0;
        for (var message = await client.ReadAsync(); message.Type == 'd'; message = await client.ReadAsync())
        {
            Assert.Equal(RowBytes, message.Body.Length);
            rows++;
        }

        Assert.Equal(Rows, rows);
        Assert.Equal('Z', (await client.ReadUntilAsync('Z')).Type);
    }

    [Fact]
    public async Task A_slow_server_holds_the_sender_back()
    {
        await server.RunAsync("psql", "-Xqc \"CREATE UNLOGGED TABLE slow_in (line text)\"");
        await using var locker = await OpenAsync();
        await using (var transaction = await locker.BeginTransactionAsync())
        {
            await ExecuteAsync(locker, "LOCK TABLE slow_in IN ACCESS EXCLUSIVE MODE");
            using var client = await WirePeer.ConnectAsync(server.Proxy.Primary);
            _ = await client.LogInAsync("postgres");
            await client.QueryAsync("COPY slow_in FROM STDIN");
            var before = GC.GetTotalMemory(forceFullCollection: true);
            var line = Encoding.UTF8.GetBytes(new string('y', 999) + "\n");
            var sending = Task.Run(async () =>
            {
                for (var i = 0; i < 50_000; i++)
                {
                    await client.SendAsync(w => w.Begin((byte)'d').Bytes(line).End());
                }

                await client.SendAsync(w => w.Begin((byte)'c').End());
            });
            await SeeAsync("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'", "1");
            await Testing.Eventually.TrueAsync(
                () => !client.Socket.Poll(0, System.Net.Sockets.SelectMode.SelectWrite), "the proxy stops reading");
            Assert.False(sending.IsCompleted);
            Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 4 * 1024 * 1024);
            await transaction.CommitAsync();
            await sending;
            Assert.Equal('G', (await client.ReadAsync()).Type);
            Assert.Equal("COPY 50000\0", Encoding.UTF8.GetString((await client.ReadAsync()).Body));
            Assert.Equal('Z', (await client.ReadAsync()).Type);
        }
    }

    [Fact]
    public async Task Copy_by_the_extended_protocol_leaves_nothing_in_flight()
    {
        // A stopping proxy tells an idle session 57P01, and one with a request in flight 08007 at its deadline.
        await using var proxy = new ProxyHarness(new ProxyOptions { DrainTimeout = TimeSpan.FromSeconds(10) });
        proxy.Views.PublishPrimary("a", server.Port);
        using var client = await proxy.ConnectAsync();
        _ = await client.LogInAsync("postgres");
        await client.QueryAsync("CREATE TEMP TABLE t (line text)");
        _ = await client.ReadUntilAsync('Z');
        await client.SendAsync(w =>
        {
            w.Begin((byte)'P').Text("").Text("COPY t FROM STDIN").Int16(0).End();
            w.Begin((byte)'B').Text("").Text("").Int16(0).Int16(0).Int16(0).End();
            w.Begin((byte)'E').Text("").Int32(0).End();
            w.Begin((byte)'S').End();
            w.Begin((byte)'d').Bytes("one\n"u8).End();
            w.Begin((byte)'c').End();
            w.Begin((byte)'S').End();
        });
        _ = await client.ReadUntilAsync('Z');
        var stopped = proxy.StopAsync();
        Assert.Equal("57P01", (await client.ReadAsync()).Error.Code);
        await stopped;
    }

    private static string Line(int row) =>
        row.ToString("D10", CultureInfo.InvariantCulture) + new string('x', RowBytes - 11);

    private async Task<NpgsqlConnection> OpenAsync()
    {
        var connection = new NpgsqlConnection(server.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private async Task SeeAsync(string sql, string expected)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await server.Postgres.ScalarAsync(sql) != expected)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), bound.Token);
        }
    }
}
