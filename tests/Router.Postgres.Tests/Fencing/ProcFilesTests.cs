using System.Diagnostics;
using System.Text;
using Router.Postgres.Fencing;

namespace Router.Postgres.Tests.Fencing;

public sealed class ProcFilesTests
{
    private const string Rest = " 4242 5 5 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 987654 1000 10";

    [Theory]
    [InlineData("17 (postgres) S", false)]
    [InlineData("17 (a) b ) R (c) D", false)]
    [InlineData("17 (postgres) Z", true)]
    [InlineData("17 (postgres) X", true)]
    public void Stat_is_read_whatever_the_program_is_called(string head, bool isDead)
    {
        var stat = Encoding.UTF8.GetBytes(head + Rest);

        Assert.True(ProcFiles.ParseStat(stat, out var parent, out var start, out var dead));

        Assert.Equal((4242, 987654UL, isDead), (parent, start, dead));
    }

    [Fact]
    public void Stat_cut_anywhere_is_refused_or_whole()
    {
        var whole = Encoding.UTF8.GetBytes("17 (postgres) S" + Rest);
        for (var length = 0; length < whole.Length; length++)
        {
            if (ProcFiles.ParseStat(whole.AsSpan(0, length), out var parent, out var start, out _))
            {
                Assert.Equal((4242, 987654UL), (parent, start));
            }
        }
    }

    [Fact]
    public void Own_process_is_seen_as_the_kernel_tells_it()
    {
        Assert.True(ProcFiles.TryReadStat(Environment.ProcessId, out var parent, out var start, out var dead));
        Assert.True(ProcFiles.TryReadOwner(Environment.ProcessId, out _));

        Assert.True(parent > 0 && start > 0 && !dead);
    }

    [Fact]
    public async Task Signal_spares_a_process_that_got_the_id_later()
    {
        using var process = Process.Start("sleep", "600");
        Assert.True(ProcFiles.TryReadStat(process.Id, out var parent, out var start, out _));
        var former = new ProcessEntry(process.Id, parent, start - 1, IsRoot: true);

        Assert.Equal(Kernel.Esrch, ProcessSignal.Send(former, Kernel.SigKill));
        Assert.False(process.HasExited);

        Assert.Equal(0, ProcessSignal.Send(former with { StartTicks = start }, Kernel.SigKill));
        await process.WaitForExitAsync();
    }
}
