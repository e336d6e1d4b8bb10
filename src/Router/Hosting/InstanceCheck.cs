using System.Net.Sockets;
using Router.Cluster;
using Router.Configuration;
using Router.Postgres;
using Router.Postgres.Options;

namespace Router.Hosting;

/// <summary>
/// What keeps an agent from its work here and no cycle can mend: asked once, before the store or the disk is changed.
/// </summary>
internal static class InstanceCheck
{
    /// <summary>One sentence with the setting's name; null where the agent may start.</summary>
    public static async Task<string?> ProblemAsync(
        LocalPostgres instance, PostgresOptions options, CancellationToken aborted)
    {
        var (unfit, isStopped) = await instance.LookAsync(aborted);
        if (unfit is not null)
        {
            return $"PostgreSQL cannot be run here: {unfit}";
        }

        return isStopped
            ? options.ListenAddresses.Select(host => WhyNoPort(host, options.Port)).FirstOrDefault(why => why is not null)
            : null;
    }

    /// <summary>Only what is certain: a name that does not resolve is PostgreSQL's to judge.</summary>
    private static string? WhyNoPort(string host, int port)
    {
        if (HostAndPort.Listen(new MemberAddress(host, port)) is not { } endPoint)
        {
            return null;
        }

        try
        {
            using var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(endPoint);
            return null;
        }
        catch (SocketException refused)
        {
            return refused.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse =>
                    $"postgresql.listen: another program has {endPoint}; stop it or choose another port",
                SocketError.AddressNotAvailable =>
                    $"postgresql.listen: {endPoint.Address} is no address of this machine",
                SocketError.AccessDenied =>
                    $"postgresql.listen: user {Environment.UserName} may not listen at port {port}",
                _ => null,
            };
        }
    }
}
