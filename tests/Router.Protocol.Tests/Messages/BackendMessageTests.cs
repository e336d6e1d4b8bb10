using Router.Protocol.Messages;

namespace Router.Protocol.Tests.Messages;

public sealed class BackendMessageTests
{
    [Theory]
    [InlineData(TransactionStatus.Idle)]
    [InlineData(TransactionStatus.InTransaction)]
    [InlineData(TransactionStatus.InFailedTransaction)]
    public void ReadyForQuery_is_read_as_written(TransactionStatus status)
    {
        var body = WrittenMessage.Body(new ReadyForQuery(status).Write);
        Assert.Equal(new ReadyForQuery(status), ReadyForQuery.Parse(body));
    }

    [Fact]
    public void ReadyForQuery_with_another_byte_or_length_is_refused()
    {
        Assert.Null(ReadyForQuery.Parse("X"u8));
        Assert.Null(ReadyForQuery.Parse(""u8));
        Assert.Null(ReadyForQuery.Parse("II"u8));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(32)]
    [InlineData(256)]
    public void BackendKeyData_is_read_as_written(int length)
    {
        var key = new CancelKey(new byte[length]);
        var read = BackendKeyData.Parse(WrittenMessage.Body(new BackendKeyData(42, key).Write));
        Assert.Equal(42, read?.ProcessId);
        Assert.True(read?.Key.Matches(key));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(261)]
    public void BackendKeyData_of_another_length_is_refused(int length) =>
        Assert.Null(BackendKeyData.Parse(new byte[length]));

    [Fact]
    public void ParameterStatus_is_read_as_written()
    {
        var status = new ParameterStatus("TimeZone", "Europe/Zürich");
        Assert.Equal(status, ParameterStatus.Parse(WrittenMessage.Body(status.Write)));
        Assert.Null(ParameterStatus.Parse("TimeZone\0UTC"u8));
        Assert.Null(ParameterStatus.Parse("TimeZone\0UTC\0x"u8));
    }

    [Fact]
    public void Query_is_read_as_written()
    {
        Assert.Equal(new Query("SELECT 'ß'"), Query.Parse(WrittenMessage.Body(new Query("SELECT 'ß'").Write)));
        Assert.Null(Query.Parse("SELECT 1"u8));
    }

    [Fact]
    public void NegotiateProtocolVersion_is_read_as_written()
    {
        var negotiate = new NegotiateProtocolVersion(ProtocolVersion.V30, ["_pq_.a", "_pq_.b"]);
        Assert.Equal(negotiate, NegotiateProtocolVersion.Parse(WrittenMessage.Body(negotiate.Write)));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    [InlineData(int.MaxValue)]
    public void NegotiateProtocolVersion_with_a_wrong_count_is_refused(int count) =>
        Assert.Null(NegotiateProtocolVersion.Parse(
            WrittenMessage.Body(w => w.Begin(MessageType.NegotiateProtocolVersion).Int32(196608).Int32(count).Text("_pq_.a").End())));

    [Theory]
    [InlineData(AuthenticationKind.Gss)]
    [InlineData(AuthenticationKind.Md5Password)]
    [InlineData(AuthenticationKind.SaslFinal)]
    public void Authentication_says_its_kind(AuthenticationKind kind) =>
        Assert.Equal(kind, AuthenticationRequest.ParseKind(WrittenMessage.Body(w => AuthenticationRequest.Write(w, kind, [1, 2, 3, 4]))));
}
