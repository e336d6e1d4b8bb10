using Etcdserverpb;
using Grpc.Core;

namespace Router.Dcs.Etcd;

/// <summary>The token of etcd's authentication: fetched before the first call, and again when etcd refuses it.</summary>
internal sealed class EtcdAuthentication(EtcdCredentials? first)
{
    // The name of the metadata entry in which etcd looks for the token.
    private const string TokenEntry = "token";

    private volatile EtcdCredentials? _credentials = first;
    private volatile string? _token;

    public bool HasCredentials => _credentials is not null;

    /// <summary>Calls from now on log in anew, with these.</summary>
    public void Use(EtcdCredentials? credentials)
    {
        _credentials = credentials;
        Forget();
    }

    public void Forget() => _token = null;

    public async Task<Metadata> AuthorizeAsync(EtcdEndpoint endpoint, DateTime deadline, CancellationToken aborted)
    {
        var metadata = new Metadata();
        if (_credentials is not { } credentials)
        {
            return metadata;
        }

        var token = _token;
        if (token is null)
        {
            var request = new AuthenticateRequest { Name = credentials.User, Password = credentials.Password };
            var answer = await endpoint.Authentication.AuthenticateAsync(
                request, new CallOptions(deadline: deadline, cancellationToken: aborted));
            token = answer.Token;
            _token = token;
        }

        metadata.Add(TokenEntry, token);
        return metadata;
    }
}
