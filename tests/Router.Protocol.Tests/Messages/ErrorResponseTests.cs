using Router.Protocol.Framing;
using Router.Protocol.Messages;

namespace Router.Protocol.Tests.Messages;

public sealed class ErrorResponseTests
{
    [Theory]
    [InlineData(ErrorSeverity.Fatal)]
    [InlineData(ErrorSeverity.Error)]
    [InlineData(ErrorSeverity.Panic)]
    [InlineData(ErrorSeverity.Warning)]
    [InlineData(ErrorSeverity.Notice)]
    public void What_is_written_is_read(ErrorSeverity severity)
    {
        var error = new ErrorResponse(severity, SqlState.AdminShutdown, "géht weg") { Detail = "d", Hint = "h" };
        Assert.Equal(error, ErrorResponse.Parse(Body(error)));
        Assert.Equal(error with { Detail = null }, ErrorResponse.Parse(Body(error with { Detail = null })));
    }

    [Fact]
    public void The_severity_is_found_at_every_cut_or_asks_for_more()
    {
        var body = Body(ErrorResponse.Fatal(SqlState.AdminShutdown, "going")).AsSpan();
        var known = "SFATAL\0VFATAL\0".Length;
        for (var cut = 0; cut <= body.Length; cut++)
        {
            var status = ErrorResponse.TryReadSeverity(body[..cut], out var severity);
            Assert.Equal(cut < known ? ScanStatus.NeedMore : ScanStatus.Taken, status);
            Assert.Equal(cut < known ? ErrorSeverity.Unknown : ErrorSeverity.Fatal, severity);
        }
    }

    [Fact]
    public void A_translated_severity_does_not_hide_the_real_one()
    {
        var body = "SВАЖНО\0VFATAL\0C57P01\0Mпривет\0\0"u8;
        Assert.True(ErrorResponse.Parse(body)?.EndsSession);
        ErrorResponse.TryReadSeverity(body, out var severity);
        Assert.Equal(ErrorSeverity.Fatal, severity);
    }

    [Fact]
    public void Missing_fields_are_no_reason_to_fail()
    {
        Assert.Equal(new ErrorResponse(ErrorSeverity.Unknown, "", ""), ErrorResponse.Parse([0]));
        Assert.Equal("m", ErrorResponse.Parse("SERROR\0Mm\0\0"u8)?.Message);
        Assert.Equal(ScanStatus.Taken, ErrorResponse.TryReadSeverity("SERROR\0Mm\0\0"u8, out var severity));
        Assert.Equal(ErrorSeverity.Unknown, severity);
    }

    [Theory]
    [InlineData("")]
    [InlineData("SERROR")]
    [InlineData("SERROR\0")]
    [InlineData("SERROR\0\0x")]
    public void Broken_bodies_are_refused(string body) =>
        Assert.Null(ErrorResponse.Parse(System.Text.Encoding.UTF8.GetBytes(body)));

    [Fact]
    public void Looking_at_an_error_that_passes_allocates_nothing()
    {
        var body = Body(new ErrorResponse(ErrorSeverity.Error, "23505", "duplicate"));
        ErrorResponse.TryReadSeverity(body, out _);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var fatal = 0;
        for (var i = 0; i < 1000; i++)
        {
            ErrorResponse.TryReadSeverity(body, out var severity);
            fatal += severity == ErrorSeverity.Fatal ? 1 : 0;
        }

        Assert.Equal((0L, 0), (GC.GetAllocatedBytesForCurrentThread() - before, fatal));
    }

    private static byte[] Body(ErrorResponse error)
    {
        var writer = new FrameWriter();
        error.Write(writer);
        return writer.Written[FrameHeader.Size..].ToArray();
    }
}
