using Router.Protocol;
using Router.Protocol.Framing;
using Router.Protocol.Messages;
using Router.Proxy.Backends;

namespace Router.Proxy.Tests.Backends;

public sealed class GreetingTests
{
    public static TheoryData<string, bool, int> Greetings => new()
    {
        { "ok off", true, (int)GreetingStatus.Answers },
        { "ok on", true, (int)GreetingStatus.Standby },
        { "ok on", false, (int)GreetingStatus.Answers },
        { "version ok on", true, (int)GreetingStatus.Standby },
        { "ok silent", true, (int)GreetingStatus.Answers },
        { "scram", true, (int)GreetingStatus.Answers },
        { "scram", false, (int)GreetingStatus.Answers },
        { "57P03", true, (int)GreetingStatus.Refused },
        { "57P03", false, (int)GreetingStatus.Refused },
        { "ok 57P03", true, (int)GreetingStatus.Refused },
        { "3D000", true, (int)GreetingStatus.Answers },
        { "ok 3D000", true, (int)GreetingStatus.Answers },
    };

    [Theory]
    [MemberData(nameof(Greetings))]
    public void A_greeting_is_judged_alike_whatever_byte_it_is_cut_at(string parts, bool wantsPrimary, int expected)
    {
        var bytes = Write(parts);
        var judged = GreetingStatus.NeedMore;
        for (var length = 0; length <= bytes.Length && judged == GreetingStatus.NeedMore; length++)
        {
            judged = Greeting.Judge(bytes.AsSpan(0, length), wantsPrimary, out _);
        }

        Assert.Equal((GreetingStatus)expected, judged);
        Assert.Equal((GreetingStatus)expected, Greeting.Judge(bytes, wantsPrimary, out _));
    }

    [Fact]
    public void A_greeting_beyond_the_bound_passes_unjudged()
    {
        var writer = new FrameWriter();
        AuthenticationRequest.Write(writer, AuthenticationKind.Ok);
        new ParameterStatus("search_path", new string('x', Greeting.JudgedMax)).Write(writer);
        Assert.Equal(GreetingStatus.Answers, Greeting.Judge(writer.Written.Span, wantsPrimary: true, out _));
        writer = new FrameWriter();
        AuthenticationRequest.Write(writer, AuthenticationKind.Ok);
        while (writer.Written.Length < Greeting.JudgedMax)
        {
            new ParameterStatus("parameter", "value").Write(writer);
        }

        Assert.Equal(
            GreetingStatus.Answers, Greeting.Judge(writer.Written.Span[..Greeting.JudgedMax], wantsPrimary: true, out _));
    }

    [Fact]
    public void A_stream_that_is_out_of_step_is_the_filters_to_refuse() =>
        Assert.Equal(
            GreetingStatus.Answers, Greeting.Judge([(byte)'R', 0, 0, 0, 1], wantsPrimary: true, out _));

    private static byte[] Write(string parts)
    {
        var writer = new FrameWriter();
        foreach (var part in parts.Split(' '))
        {
            switch (part)
            {
                case "ok":
                    AuthenticationRequest.Write(writer, AuthenticationKind.Ok);
                    break;
                case "on" or "off" or "silent":
                    new ParameterStatus("application_name", "on").Write(writer);
                    new ParameterStatus(part == "silent" ? "is_superuser" : "in_hot_standby", part).Write(writer);
                    new BackendKeyData(1, new CancelKey([1, 2, 3, 4])).Write(writer);
                    new ReadyForQuery(TransactionStatus.Idle).Write(writer);
                    break;
                case "version":
                    new NegotiateProtocolVersion(ProtocolVersion.V30, []).Write(writer);
                    break;
                case "scram":
                    AuthenticationRequest.Write(writer, AuthenticationKind.Sasl, "SCRAM-SHA-256\0\0"u8);
                    break;
                default:
                    ErrorResponse.Fatal(part, "no").Write(writer);
                    break;
            }
        }

        return writer.Written.ToArray();
    }
}
