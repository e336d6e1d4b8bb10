using Router.Agent.Guarding;
using Router.Cluster;
using Router.Cluster.Guarding;

namespace Router.Agent.Tests.Guarding;

public sealed class GuardMessageTests
{
    private static readonly GuardMessage Full = new()
    {
        Kind = GuardMessageKind.Answer,
        Number = 0xDEADBEEF,
        Deadline = new BootTime(TimeSpan.FromTicks(123_456_789_012)),
        Acquisition = new Acquisition(7, -2),
        Answer = GuardAnswer.Latched,
        Duty = GuardDuty.Fired,
        RestartsAgent = true,
    };

    [Fact]
    public void What_was_written_is_read()
    {
        Assert.True(GuardMessage.TryRead(Bytes(Full), out var read));
        Assert.Equal(Full, read);

        var disarm = new GuardMessage { Kind = GuardMessageKind.Disarm, Reason = DisarmReason.Paused };
        Assert.True(GuardMessage.TryRead(Bytes(disarm), out read));
        Assert.Equal(disarm, read);
    }

    [Fact]
    public void Message_cut_anywhere_is_refused()
    {
        var bytes = Bytes(Full);
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.False(GuardMessage.TryRead(bytes.AsSpan(0, length), out _));
        }
    }

    [Theory]
    [InlineData(0, 'X')]
    [InlineData(2, GuardMessage.Version + 1)]
    [InlineData(3, 0)]
    [InlineData(3, 8)]
    [InlineData(40, 200)]
    [InlineData(41, 3)]
    public void Foreign_version_or_value_is_refused(int position, int value)
    {
        var bytes = Bytes(Full);
        bytes[position] = (byte)value;

        Assert.False(GuardMessage.TryRead(bytes, out _));
    }

    [Fact]
    public void Disarm_without_a_known_reason_is_refused()
    {
        var bytes = Bytes(new GuardMessage { Kind = GuardMessageKind.Disarm });
        bytes[40] = (byte)DisarmReason.Paused + 1;

        Assert.False(GuardMessage.TryRead(bytes, out _));
    }

    [Fact]
    public void Random_bytes_never_throw()
    {
        var random = new Random(1);
        var bytes = new byte[GuardMessage.HeaderLength];
        for (var i = 0; i < 20_000; i++)
        {
            random.NextBytes(bytes);
            "RG\u0001"u8.CopyTo(bytes);
            if (GuardMessage.TryRead(bytes, out var message))
            {
                Assert.True(GuardMessage.TryRead(Bytes(message), out var again) && again == message);
            }
        }
    }

    [Fact]
    public void Agent_command_survives_the_way()
    {
        var command = new AgentCommand("/var/lib/p q", ["/usr/bin/router", "agent", "/etc/a b.yml", ""]);

        var read = AgentCommand.FromPayload(command.ToPayload());

        Assert.Equal(command.WorkingDirectory, read!.WorkingDirectory);
        Assert.Equal(command.Arguments, read.Arguments);
        Assert.Null(AgentCommand.FromPayload([]));
    }

    private static byte[] Bytes(GuardMessage message)
    {
        var bytes = new byte[GuardMessage.HeaderLength];
        message.Write(bytes);
        return bytes;
    }
}
