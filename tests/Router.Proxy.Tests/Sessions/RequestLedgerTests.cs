using Router.Protocol;
using Router.Proxy.Sessions;

namespace Router.Proxy.Tests.Sessions;

public sealed class RequestLedgerTests
{
    /// <summary>
    /// Each case is one conversation: what the client sends in upper case order, what the server sends after a '&lt;'.
    /// </summary>
    [Theory]
    [InlineData("", 0, false)]
    [InlineData("Q", 1, true)]
    [InlineData("Q <C <Z", 0, false)]
    [InlineData("F", 1, true)]
    [InlineData("P", 0, true)] // an open run: no Sync yet
    [InlineData("P D H", 0, true)]
    [InlineData("P B E S", 1, true)]
    [InlineData("P B E S <1 <2 <C <Z", 0, false)]
    [InlineData("Q Q Q <Z <Z", 1, true)]
    [InlineData("P B E S P B E S <Z", 1, true)]
    [InlineData("P B E S P B E S <Z <Z", 0, false)]
    [InlineData("Q <E <Z", 0, false)] // simple error: its own Z follows
    [InlineData("P B E S <E <Z", 0, false)] // extended error: the Sync answers
    [InlineData("P B E <E", 0, true)] // error before the Sync: still in flight
    [InlineData("P B E <E Q", 0, true)] // a Query in the skipped part is never answered
    [InlineData("P B E <E Q S", 1, true)]
    [InlineData("P B E <E Q S <Z", 0, false)]
    [InlineData("Q <G", 1, true)]
    [InlineData("Q <G d d c", 1, true)]
    [InlineData("Q <G d d c <C <Z", 0, false)]
    [InlineData("Q <G d S d c <C <Z", 0, false)] // a Sync inside COPY is ignored
    [InlineData("Q S <G d c <C <Z", 0, false)] // and so is one sent ahead of CopyInResponse
    [InlineData("Q <G d f <E <Z", 0, false)]
    [InlineData("Q <G d <E <Z d d c", 0, false)] // late copy data after a failure
    [InlineData("Q <G d <E <Z c Q <G d c <C <Z", 0, false)]
    [InlineData("P B E S <1 <2 <G d c S <C <Z", 0, false)] // extended: the first Sync is void
    [InlineData("P B E S <1 <2 <G d c", 0, true)]
    [InlineData("P B E S d c S <1 <2 <G <C <Z", 0, false)] // all sent ahead
    [InlineData("P B E d c S <1 <2 <G <C <Z", 0, false)]
    [InlineData("P B E S d c S <E <Z <Z", 0, false)] // COPY refused: both Syncs answer
    [InlineData("P B E S <1 <2 <G d <E f S <Z", 0, false)]
    [InlineData("Q <G d c <C <G d c <C <Z", 0, false)] // two COPYs in one Query
    [InlineData("Q <H <d <d <c <C <Z", 0, false)]
    [InlineData("Q <W <d d <d", 1, true)] // a stream of the log
    [InlineData("Q <W <d d c <c <C <Z", 0, false)] // ended by the client
    [InlineData("Q <W <d <c c <C <Z", 0, false)] // ended by the server, as the end of a timeline is
    [InlineData("Q <W <d <E <Z d c Q", 1, true)]
    [InlineData("<Z", 0, false)] // the login's ReadyForQuery
    [InlineData("X", 0, false)]
    public void Requests_are_counted_as_the_server_answers_them(string conversation, int outstanding, bool isInFlight)
    {
        var ledger = new RequestLedger();
        foreach (var step in conversation.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (step[0] == '<')
            {
                ledger.OnAnswer((byte)step[1]);
            }
            else
            {
                ledger.OnRequest((byte)step[0]);
            }
        }

        Assert.Equal((outstanding, isInFlight), (ledger.Outstanding, ledger.IsInFlight));
    }

    [Fact]
    public void Pipelines_longer_than_the_remembered_kinds_are_counted_exactly()
    {
        var ledger = new RequestLedger();
        for (var i = 0; i < 1000; i++)
        {
            ledger.OnRequest(MessageType.Parse);
            ledger.OnRequest(MessageType.Sync);
        }

        for (var i = 999; i >= 0; i--)
        {
            ledger.OnAnswer(MessageType.ReadyForQuery);
            Assert.Equal(i, ledger.Outstanding);
        }

        Assert.False(ledger.IsInFlight);
    }

    [Fact]
    public void Any_pipeline_of_simple_and_extended_requests_is_in_flight_until_its_last_answer()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var ledger = new RequestLedger();
            var (sent, answered) = (0, 0);
            for (var step = 0; step < 400; step++)
            {
                if (answered < sent && random.Next(2) == 0)
                {
                    ledger.OnAnswer(random.Next(4) == 0 ? MessageType.ErrorResponse : MessageType.CommandComplete);
                    ledger.OnAnswer(MessageType.ReadyForQuery);
                    answered++;
                }
                else if (random.Next(2) == 0)
                {
                    ledger.OnRequest(MessageType.Query);
                    sent++;
                }
                else
                {
                    ledger.OnRequest(MessageType.Bind);
                    ledger.OnRequest(MessageType.Sync);
                    sent++;
                }

                Assert.True(ledger.Outstanding == sent - answered, $"seed {seed}, step {step}");
                Assert.Equal(sent > answered, ledger.IsInFlight);
            }
        }
    }
}
