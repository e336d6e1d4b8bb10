using System.Collections.Immutable;
using System.Globalization;
using System.Net;

namespace Router.Proxy.Authentication.Hba;

/// <summary>Makes a rule of one line; what is wrong with it is a <see cref="FormatException"/> of <see cref="HbaReader"/>.</summary>
internal sealed class HbaLineReader(HbaLine line, IReadOnlyDictionary<string, IdentMap> maps)
{
    private int _at;

    public HbaRule Read()
    {
        var connection = Connection();
        var databases = new HbaNames(Names("database", isDatabase: true));
        var users = new HbaNames(Names("user", isDatabase: false));
        var address = connection == HbaConnection.Local ? new HbaAddress.Any() : Address();
        var type = Method();
        var options = new HbaOptions(type, line.Fields.Skip(_at).SelectMany(static field => field));
        return new HbaRule(connection, databases, users, address, options.ToDemand(connection, maps));
    }

    private HbaConnection Connection()
    {
        var word = One("the kind of connection");
        return word.IsQuoted ? throw Unknown() : word.Text switch
        {
            "local" => HbaConnection.Local,
            "host" or "hostnogssenc" => HbaConnection.Host,
            "hostssl" => HbaConnection.HostSsl,
            "hostnossl" => HbaConnection.HostNoSsl,
            "hostgssenc" => HbaConnection.HostGss,
            _ => throw Unknown(),
        };

        FormatException Unknown() => new(
            $"'{word.Text}' is no kind of connection; write local, host, hostssl or hostnossl");
    }

    private ImmutableArray<HbaWord> Names(string what, bool isDatabase)
    {
        var names = Next($"a {what}");
        foreach (var word in names.Where(static word => !word.IsQuoted))
        {
            if (word.Text[0] is '+' or '/' || (isDatabase && word.Text is "samerole" or "samegroup"))
            {
                throw new FormatException(
                    $"'{word.Text}': roles' members and patterns are not known here; write the names, or put this one in quotes");
            }
        }

        return names;
    }

    private HbaAddress Address()
    {
        var word = One("an address");
        if (word.Is("all"))
        {
            return new HbaAddress.Any();
        }

        if (word.Is("samehost"))
        {
            return new HbaAddress.SameHost();
        }

        if (word.Is("samenet"))
        {
            return new HbaAddress.SameNet();
        }

        var parts = word.Text.Split('/', 2);
        if (HbaAddress.Parse(parts[0]) is not { } address)
        {
            throw new FormatException(
                $"'{word.Text}' is no address; write it in numbers with a mask, such as 10.0.0.0/8, or all, samehost or samenet");
        }

        var prefix = parts.Length > 1 ? PrefixOf(parts[1], address) : MaskOf(address);
        var network = HbaAddress.NetworkOf(address, prefix);
        return network.BaseAddress.Equals(address)
            ? new HbaAddress.Network(network)
            : throw new FormatException($"{address} goes beyond its mask of {prefix} bits; write {network}, or a longer mask");
    }

    private static int PrefixOf(string text, IPAddress address) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var bits)
        && bits <= address.GetAddressBytes().Length * 8
            ? bits
            : throw new FormatException($"'/{text}' does not fit the address {address}");

    private int MaskOf(IPAddress address)
    {
        var word = One($"a mask behind {address}");
        return HbaAddress.Parse(word.Text) is { } mask && mask.AddressFamily == address.AddressFamily
            && HbaAddress.PrefixOf(mask) is { } prefix
                ? prefix
                : throw new FormatException($"'{word.Text}' is no mask for {address}; write {address}/32, or 255.255.255.255 behind it");
    }

    private AuthType Method()
    {
        var word = One("a method");
        return word.Text switch
        {
            "trust" => AuthType.Trust,
            "reject" => AuthType.Reject,
            "md5" => AuthType.Md5,
            "password" => AuthType.Plain,
            "scram-sha-256" => AuthType.ScramSha256,
            "peer" => AuthType.Peer,
            "cert" => AuthType.Cert,
            "pam" => AuthType.Pam,
            "ldap" => AuthType.Ldap,
            _ => throw new FormatException(
                $"there is no method '{word.Text}' here; write trust, reject, md5, password, scram-sha-256, peer, cert, pam or ldap"),
        };
    }

    private HbaWord One(string what) => Next(what) is [var word]
        ? word
        : throw new FormatException($"expected {what}, not a list");

    private ImmutableArray<HbaWord> Next(string what) => _at < line.Fields.Length
        ? line.Fields[_at++] is { IsEmpty: false } field ? field : throw new FormatException($"expected {what}, not an empty file")
        : throw new FormatException($"ends where {what} was expected");
}
