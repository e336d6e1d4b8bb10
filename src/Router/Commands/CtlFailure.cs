namespace Router.Commands;

/// <summary>Why a member's REST API gave no answer, with the setting to look at where TLS is the reason.</summary>
internal static class CtlFailure
{
    public static string Describe(Exception failure, string? apiUrl)
    {
        var cause = failure;
        while (cause.InnerException is { } deeper)
        {
            cause = deeper;
        }

        return failure switch
        {
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } =>
                $"{cause.Message} See ctl.cacert",
            // In TLS 1.3 the server judges the client's certificate after the client's own handshake has ended.
            HttpRequestException { HttpRequestError: not HttpRequestError.ConnectionError }
                when apiUrl?.StartsWith("https:", StringComparison.OrdinalIgnoreCase) is true =>
                $"{cause.Message} If it wants a certificate of its callers (restapi.verify_client), name one in ctl.certfile",
            _ => cause.Message,
        };
    }
}
