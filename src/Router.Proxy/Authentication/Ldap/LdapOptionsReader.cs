using System.Globalization;
using Router.Proxy.Authentication.Hba;

namespace Router.Proxy.Authentication.Ldap;

/// <summary>Reads <c>ldapserver=…</c> and the like, from a setting or from a line of an HBA file. Pure.</summary>
public sealed class LdapOptionsReader
{
    private LdapOptions _options = new();
    private string? _attribute;
    private string? _filter;
    private bool _isSearch;
    private bool _isSimple;
    private int? _port;

    internal static bool Knows(string name) => name.StartsWith("ldap", StringComparison.Ordinal);

    /// <summary>Of a setting: words with blanks or commas between them.</summary>
    /// <exception cref="FormatException">They do not fit; says why, without a password.</exception>
    public static LdapOptions Read(string text)
    {
        var line = HbaScanner.Cut(text, 1);
        if (line.Problem is { } problem)
        {
            throw new FormatException(problem);
        }

        var reader = new LdapOptionsReader();
        foreach (var word in line.Fields.SelectMany(static field => field))
        {
            var at = word.Text.IndexOf('=', StringComparison.Ordinal);
            if (at < 0)
            {
                throw new FormatException("every word has the form name=value; put a value with blanks or commas in double quotes");
            }

            reader.Take(word.Text[..at], word.Text[(at + 1)..]);
        }

        return reader.Done();
    }

    internal void Take(string name, string value)
    {
        if (value.Length == 0)
        {
            throw new FormatException($"{name} has no value; put one with blanks or commas in double quotes");
        }

        switch (name)
        {
            case "ldapserver":
                _options = _options with { Servers = [.. value.Split(' ', StringSplitOptions.RemoveEmptyEntries)] };
                break;
            case "ldapport":
                _port = PortOf(value);
                break;
            case "ldapscheme":
                _options = _options with { IsSecure = IsSecure(value) };
                break;
            case "ldaptls":
                _options = _options with
                {
                    StartsTls = value is "0" or "1" ? value == "1" : throw new FormatException("ldaptls is 0 or 1"),
                };
                break;
            case "ldapprefix":
                (_options, _isSimple) = (_options with { Prefix = value }, true);
                break;
            case "ldapsuffix":
                (_options, _isSimple) = (_options with { Suffix = value }, true);
                break;
            case "ldapurl":
                TakeUrl(value);
                break;
            default:
                TakeSearch(name, value);
                break;
        }
    }

    internal LdapOptions Done()
    {
        if (_options.Servers.IsDefaultOrEmpty)
        {
            throw new FormatException("ldap needs ldapserver or ldapurl");
        }

        if (_isSimple == (_options.BaseDn is not null) || (_isSimple && _isSearch))
        {
            throw new FormatException("ldap needs either ldapprefix or ldapsuffix, or else ldapbasedn with what belongs to a search");
        }

        if (_options is { IsSecure: true, StartsTls: true })
        {
            throw new FormatException("ldaps has TLS from the beginning, so that ldaptls cannot start it");
        }

        if (_attribute is not null && _filter is not null)
        {
            throw new FormatException("ldapsearchattribute and ldapsearchfilter exclude each other");
        }

        return _options with
        {
            Port = _port ?? (_options.IsSecure ? 636 : 389),
            Filter = _filter is null ? LdapFilter.OfAttribute(_attribute ?? "uid") : LdapFilter.Parse(_filter),
        };
    }

    private void TakeSearch(string name, string value)
    {
        _isSearch = true;
        switch (name)
        {
            case "ldapbasedn":
                _options = _options with { BaseDn = value };
                break;
            case "ldapbinddn":
                _options = _options with { BindDn = value };
                break;
            case "ldapbindpasswd":
                _options = _options with { BindPassword = value };
                break;
            case "ldapsearchattribute":
                _attribute = value;
                break;
            case "ldapsearchfilter":
                _filter = value;
                break;
            default:
                throw new FormatException($"ldap has no option '{name}'");
        }
    }

    /// <summary><c>ldap[s]://host[:port]/base[?attribute[?scope[?filter]]]</c>, where %xx stands for a byte (RFC 4516).</summary>
    private void TakeUrl(string text)
    {
        var parts = text.Split("://", 2);
        if (parts.Length < 2 || parts[1].IndexOf('/', StringComparison.Ordinal) is not (var slash and > 0))
        {
            throw new FormatException("ldapurl has the form ldap://host:port/base?attribute?scope?filter");
        }

        var (host, rest) = (parts[1][..slash], parts[1][(slash + 1)..].Split('?').Select(Uri.UnescapeDataString).ToArray());
        var colon = host.LastIndexOf(':');
        if (colon > host.LastIndexOf(']'))
        {
            _port = PortOf(host[(colon + 1)..]);
            host = host[..colon];
        }

        _isSearch = true;
        _options = _options with
        {
            IsSecure = IsSecure(parts[0]),
            Servers = [host.Trim('[', ']')],
            BaseDn = rest[0],
            Scope = rest.ElementAtOrDefault(2) switch
            {
                null or "" or "base" => LdapScope.Base,
                "one" => LdapScope.OneLevel,
                "sub" => LdapScope.Subtree,
                _ => throw new FormatException("the scope of an ldapurl is base, one or sub"),
            },
        };
        _attribute = rest.ElementAtOrDefault(1) is { Length: > 0 } attributes ? attributes.Split(',')[0] : _attribute;
        _filter = rest.ElementAtOrDefault(3) is { Length: > 0 } filter ? filter : _filter;
    }

    private static bool IsSecure(string scheme) => scheme switch
    {
        "ldap" => false,
        "ldaps" => true,
        _ => throw new FormatException($"'{scheme}' is no scheme; write ldap or ldaps"),
    };

    private static int PortOf(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= ushort.MaxValue
            ? port
            : throw new FormatException($"'{text}' is no port");
}
