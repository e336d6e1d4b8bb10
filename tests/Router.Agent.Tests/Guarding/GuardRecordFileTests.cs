using Router.Agent.Guarding;
using Router.Cluster;
using Router.Cluster.Guarding;

namespace Router.Agent.Tests.Guarding;

public sealed class GuardRecordFileTests : IDisposable
{
    private static readonly Guid Boot = new("11111111-2222-3333-4444-555555555555");
    private static readonly GuardRecord Armed = new(
        GuardDuty.Armed,
        new BootTime(TimeSpan.FromTicks(987_654_321)),
        new Acquisition(3, 0x77),
        new Acquisition(2, 0x66),
        IsFenced: false);

    private readonly string _path = Path.Combine(Path.GetTempPath(), "guard-record-" + Guid.NewGuid().ToString("N"));

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Nothing_is_recorded_at_first()
    {
        using var file = new GuardRecordFile(_path, Boot);

        Assert.Null(file.Read());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Successor_reads_the_last_record(bool isLatched)
    {
        var last = Armed with { Duty = GuardDuty.Fired, IsFenced = true, Latch = isLatched ? Armed.Latch : null };
        using (var file = new GuardRecordFile(_path, Boot))
        {
            file.Write(Armed);
            file.Write(last);
        }

        using var successor = new GuardRecordFile(_path, Boot);
        Assert.Equal(last, successor.Read());
    }

    [Fact]
    public void Record_of_an_earlier_boot_is_nothing()
    {
        using (var file = new GuardRecordFile(_path, Boot))
        {
            file.Write(Armed);
        }

        using var rebooted = new GuardRecordFile(_path, Guid.NewGuid());
        Assert.Null(rebooted.Read());
    }

    [Fact]
    public void Record_damaged_at_any_byte_is_nothing()
    {
        using var file = new GuardRecordFile(_path, Boot);
        file.Write(Armed);
        var whole = File.ReadAllBytes(_path);
        for (var i = 0; i < whole.Length; i++)
        {
            var damaged = (byte[])whole.Clone();
            damaged[i] ^= 1;
            File.WriteAllBytes(_path, damaged);
            using var reader = new GuardRecordFile(_path, Boot);
            Assert.Null(reader.Read());
        }
    }

    [Fact]
    public void Only_the_owner_may_read_it()
    {
        using var file = new GuardRecordFile(_path, Boot);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_path));
    }

    [Fact]
    public void Writing_allocates_nothing()
    {
        using var file = new GuardRecordFile(_path, Boot);
        file.Write(Armed);

        var before = GC.GetAllocatedBytesForCurrentThread();
        file.Write(Armed);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
