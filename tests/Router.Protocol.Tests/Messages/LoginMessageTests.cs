using Router.Protocol.Framing;
using Router.Protocol.Messages;

namespace Router.Protocol.Tests.Messages;

public sealed class LoginMessageTests
{
    [Fact]
    public void An_md5_request_is_read_as_written()
    {
        var request = new AuthenticationMd5Password(0xFEDCBA98);
        var body = WrittenMessage.Body(request.Write);
        Assert.Equal([0, 0, 0, 5, 0xFE, 0xDC, 0xBA, 0x98], body);
        Assert.Equal(request, AuthenticationMd5Password.Parse(body));
        Assert.Null(AuthenticationMd5Password.Parse(body.AsSpan(..^1)));
        Assert.Null(AuthenticationMd5Password.Parse([.. body, 0]));
        Assert.Null(AuthenticationMd5Password.Parse([0, 0, 0, 3, 1, 2, 3, 4]));
    }

    [Fact]
    public void Mechanisms_are_read_as_written()
    {
        var request = new AuthenticationSasl(["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"]);
        var body = WrittenMessage.Body(request.Write);
        Assert.Equal(request, AuthenticationSasl.Parse(body));
        Assert.Equal(AuthenticationKind.Sasl, AuthenticationRequest.ParseKind(body));
        Assert.Null(AuthenticationSasl.Parse([.. body, 0]));
        for (var cut = 0; cut < body.Length; cut++)
        {
            Assert.Null(AuthenticationSasl.Parse(body.AsSpan(0, cut)));
        }
    }

    [Fact]
    public void Challenge_and_outcome_are_read_as_written_and_not_for_each_other()
    {
        var challenge = WrittenMessage.Body(w => AuthenticationSaslContinue.Write(w, "r=x,s=y,i=1"u8));
        var outcome = WrittenMessage.Body(w => AuthenticationSaslFinal.Write(w, "v=z"u8));
        Assert.True(AuthenticationSaslContinue.TryRead(challenge, out var read));
        Assert.True(read.SequenceEqual("r=x,s=y,i=1"u8));
        Assert.True(AuthenticationSaslFinal.TryRead(outcome, out read));
        Assert.True(read.SequenceEqual("v=z"u8));
        Assert.False(AuthenticationSaslFinal.TryRead(challenge, out _));
        Assert.False(AuthenticationSaslContinue.TryRead(outcome, out _));
        Assert.False(AuthenticationSaslContinue.TryRead(challenge.AsSpan(0, 3), out _));
    }

    [Theory]
    [InlineData(AuthenticationKind.Ok)]
    [InlineData(AuthenticationKind.CleartextPassword)]
    public void A_request_without_fields_has_no_bytes_behind_its_kind(AuthenticationKind kind)
    {
        var body = WrittenMessage.Body(w => AuthenticationRequest.Write(w, kind));
        Assert.Equal(kind, AuthenticationRequest.ParseKind(body));
        Assert.Null(AuthenticationRequest.ParseKind([.. body, 0]));
        Assert.Null(AuthenticationRequest.ParseKind(body.AsSpan(0, 3)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("gehéim")]
    public void A_password_is_read_as_written(string password)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(password);
        var body = WrittenMessage.Body(w => PasswordMessage.Write(w, bytes));
        Assert.True(PasswordMessage.TryRead(body, out var read));
        Assert.Equal(bytes, read);
    }

    [Fact]
    public void A_password_that_does_not_end_with_its_message_is_refused()
    {
        Assert.False(PasswordMessage.TryRead("abc"u8, out _));
        Assert.False(PasswordMessage.TryRead("abc\0d"u8, out _));
        Assert.False(PasswordMessage.TryRead("abc\0\0"u8, out _));
        Assert.False(PasswordMessage.TryRead([], out _));
        Assert.Throws<ArgumentException>(() => PasswordMessage.Write(new FrameWriter(), "a\0b"u8));
    }

    [Theory]
    [InlineData("n,,n=,r=abc", true)]
    [InlineData("", true)]
    [InlineData("", false)]
    public void A_first_response_is_read_as_written(string response, bool hasResponse)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(response);
        var body = WrittenMessage.Body(
            w => new SaslInitialResponse("SCRAM-SHA-256"u8, bytes, hasResponse).Write(w));
        Assert.True(SaslInitialResponse.TryRead(body, out var read));
        Assert.True(read.Mechanism.SequenceEqual("SCRAM-SHA-256"u8));
        Assert.Equal(bytes, read.Response);
        Assert.Equal(hasResponse, read.HasResponse);
        Assert.False(SaslInitialResponse.TryRead([.. body, 0], out _));
        for (var cut = 0; cut < body.Length; cut++)
        {
            Assert.False(SaslInitialResponse.TryRead(body.AsSpan(0, cut), out _));
        }
    }

    [Theory]
    [InlineData(-2)]
    [InlineData(int.MinValue)]
    [InlineData(int.MaxValue)]
    public void A_first_response_with_an_impossible_length_is_refused(int length) =>
        Assert.False(SaslInitialResponse.TryRead(
            WrittenMessage.Body(w => w.Begin(MessageType.Password).Text("X").Int32(length).End()), out _));

    [Fact]
    public void A_later_response_is_its_bytes() =>
        Assert.Equal("c=biws"u8, WrittenMessage.Body(w => SaslResponse.Write(w, "c=biws"u8)));

    [Fact]
    public void Noise_never_throws()
    {
        for (var seed = 0; seed < 2000; seed++)
        {
            var random = new Random(seed);
            var noise = new byte[random.Next(0, 24)];
            random.NextBytes(noise);
            noise.AsSpan(0, Math.Min(3, noise.Length)).Clear();
            AuthenticationRequest.ParseKind(noise);
            AuthenticationMd5Password.Parse(noise);
            AuthenticationSasl.Parse(noise);
            AuthenticationSaslContinue.TryRead(noise, out _);
            PasswordMessage.TryRead(noise, out _);
            SaslInitialResponse.TryRead(noise, out _);
        }
    }
}
