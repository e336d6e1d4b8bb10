using System.Collections.Concurrent;
using Router.Protocol.Authentication;

namespace Router.Proxy.Backends;

/// <summary>
/// SCRAM keys made from plain passwords, so that the slow step is taken once for each secret of a server and never on a
/// loop. Shared by all loops; bounded, and emptied when it is full.
/// </summary>
internal sealed class ScramKeyCache
{
    private const int EntriesMax = 10_000;

    private readonly ConcurrentDictionary<Entry, ScramKeys> _keys = new();

    /// <summary>Null where what is stored cannot give the keys.</summary>
    public async ValueTask<ScramKeys?> FindAsync(StoredPassword password, byte[] salt, int iterations)
    {
        if (password.Kind != PasswordKind.Plain)
        {
            return null;
        }

        var entry = new Entry(password, Convert.ToBase64String(salt), iterations);
        if (_keys.TryGetValue(entry, out var known))
        {
            return known;
        }

        var made = await Task.Run(() => ScramKeys.Derive(password.Plain, salt, iterations));
        if (_keys.Count >= EntriesMax)
        {
            _keys.Clear();
        }

        _keys[entry] = made;
        return made;
    }

    /// <summary>The password by reference: another reading of the file is another password.</summary>
    private sealed record Entry(StoredPassword Password, string Salt, int Iterations);
}
