using System.Formats.Asn1;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Router.Proxy.Authentication.Ldap;

/// <summary>One connection to a directory. Not used on a loop: it waits on the thread pool.</summary>
internal sealed class LdapClient : IAsyncDisposable
{
    private const int EntriesMax = 2;

    private Stream _stream;
    private byte[] _held = new byte[4096];
    private int _heldLength;
    private int _id;

    private LdapClient(Socket socket) => _stream = new NetworkStream(socket, ownsSocket: true);

    /// <summary>To the first server that takes the connection.</summary>
    /// <exception cref="LdapException">None does, or not as the options want it.</exception>
    public static async Task<LdapClient> ConnectAsync(LdapOptions options, CancellationToken aborted)
    {
        var reason = "there is no server";
        foreach (var server in options.Servers)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(server, options.Port, aborted).ConfigureAwait(false);
            }
            catch (SocketException refused)
            {
                socket.Dispose();
                reason = $"{server}:{options.Port}: {refused.Message}";
                continue;
            }
            catch (OperationCanceledException)
            {
                socket.Dispose();
                throw;
            }

            var client = new LdapClient(socket);
            try
            {
                await client.SecureAsync(options, server, aborted).ConfigureAwait(false);
                return client;
            }
            catch
            {
                await client._stream.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        }

        throw new LdapException(reason);
    }

    /// <summary>Says who asks. An empty password is nobody's: a directory takes it for a wish to be nobody, and agrees.</summary>
    public async Task<LdapResponse> BindAsync(string name, ReadOnlyMemory<byte> password, CancellationToken aborted) =>
        await AskAsync(LdapMessages.Bind(++_id, name, password.Span), LdapTags.BindResponse, aborted).ConfigureAwait(false);

    /// <summary>The names of what is found; more than one means that there are more than one.</summary>
    /// <exception cref="LdapException">The search failed.</exception>
    public async Task<IReadOnlyList<string>> SearchAsync(LdapOptions options, string user, CancellationToken aborted)
    {
        const int SizeLimitExceeded = 4;
        var found = new List<string>();
        await SendAsync(LdapMessages.Search(++_id, options.BaseDn!, options.Scope, options.Filter, user), aborted).ConfigureAwait(false);
        while (true)
        {
            var response = await ReceiveAsync(aborted).ConfigureAwait(false);
            if (response.Tag == LdapTags.SearchResultEntry && found.Count < EntriesMax)
            {
                found.Add(response.Text);
            }
            else if (response.Tag == LdapTags.SearchResultDone)
            {
                return response.Code is LdapResponse.Success or SizeLimitExceeded
                    ? found
                    : throw new LdapException($"the search below {options.BaseDn} failed: {response.Reason}");
            }
            else if (response.Tag != LdapTags.SearchResultEntry)
            {
                throw new LdapException("the server answered something else");
            }
        }
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private async Task SecureAsync(LdapOptions options, string server, CancellationToken aborted)
    {
        if (options.StartsTls
            && await AskAsync(LdapMessages.StartTls(++_id), LdapTags.ExtendedResponse, aborted).ConfigureAwait(false)
                is { Code: not LdapResponse.Success } refused)
        {
            throw new LdapException($"{server} does not start TLS: {refused.Reason}");
        }

        if (!options.IsSecure && !options.StartsTls)
        {
            return;
        }

        if (_heldLength > 0)
        {
            // Somebody between us and the server put it there.
            throw new LdapException($"{server} sent something in clear before TLS");
        }

        var secured = new SslStream(_stream, leaveInnerStreamOpen: false);
        _stream = secured;
        try
        {
            await secured.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions { TargetHost = server }, aborted).ConfigureAwait(false);
        }
        catch (Exception failed) when (failed is AuthenticationException or IOException)
        {
            throw new LdapException($"TLS with {server} failed: {failed.Message}", failed);
        }
    }

    private async Task<LdapResponse> AskAsync(byte[] request, Asn1Tag expected, CancellationToken aborted)
    {
        await SendAsync(request, aborted).ConfigureAwait(false);
        var response = await ReceiveAsync(aborted).ConfigureAwait(false);
        return response.Tag == expected ? response : throw new LdapException("the server answered something else");
    }

    private async Task SendAsync(byte[] request, CancellationToken aborted)
    {
        try
        {
            await _stream.WriteAsync(request, aborted).ConfigureAwait(false);
        }
        catch (IOException lost)
        {
            throw new LdapException(lost.Message, lost);
        }
    }

    /// <summary>The next answer to the last request.</summary>
    private async Task<LdapResponse> ReceiveAsync(CancellationToken aborted)
    {
        while (true)
        {
            while (LdapMessages.LengthOf(_held.AsSpan(0, _heldLength)) is { } length && length <= _heldLength)
            {
                var response = LdapMessages.Read(_held[..length]);
                _heldLength -= length;
                _held.AsSpan(length, _heldLength).CopyTo(_held);
                if (response is { Id: 0 })
                {
                    throw new LdapException($"the server ends the connection: {response.Reason}");
                }

                if (response?.Id == _id)
                {
                    return response;
                }
            }

            if (_heldLength == _held.Length)
            {
                Array.Resize(ref _held, 2 * _held.Length);
            }

            var received = await ReadAsync(aborted).ConfigureAwait(false);
            _heldLength += received > 0 ? received : throw new LdapException("the server closed the connection");
        }
    }

    private async Task<int> ReadAsync(CancellationToken aborted)
    {
        try
        {
            return await _stream.ReadAsync(_held.AsMemory(_heldLength), aborted).ConfigureAwait(false);
        }
        catch (IOException lost)
        {
            throw new LdapException(lost.Message, lost);
        }
    }
}
