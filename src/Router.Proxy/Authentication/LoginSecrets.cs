using System.Collections.Concurrent;
using System.Security.Cryptography;
using Router.Protocol.Authentication;

namespace Router.Proxy.Authentication;

/// <summary>
/// What is known beyond the user list: the SCRAM keys of passwords, made once and never on a loop, and what clients showed
/// when they logged in, by which the proxy logs in to servers in their name. Shared by all loops, kept in memory only.
/// </summary>
/// <remarks>
/// A password is known by what is stored of it, so that another reading of the user list forgets nothing. What belongs to
/// passwords that are gone stays until the cache is full; it opens nothing that it did not open before.
/// </remarks>
internal sealed class LoginSecrets
{
    private const int EntriesMax = 10_000;

    private readonly ConcurrentDictionary<Entry, ScramKeys> _keys = new();
    private readonly ConcurrentDictionary<StoredPassword, byte[]> _clear = new();
    private readonly ConcurrentDictionary<string, StoredPassword> _fetched = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, StoredPassword> _proven = new(StringComparer.Ordinal);
    private readonly byte[] _saltKey = RandomNumberGenerator.GetBytes(32);

    /// <summary>The secret that a client is verified by; made of a plain password where that is stored.</summary>
    public async ValueTask<ScramSecret?> SecretOfAsync(string user, StoredPassword password)
    {
        if (password.Kind != PasswordKind.Plain)
        {
            return password.Scram;
        }

        // The same for every login of a process, as a stored one would be.
        var salt = HMACSHA256.HashData(_saltKey, System.Text.Encoding.UTF8.GetBytes(user))[..ScramSecret.SaltSizeDefault];
        var keys = await DeriveAsync(password, password.Plain.ToArray(), salt, ScramSecret.IterationsDefault);
        return keys.ToSecret(salt, ScramSecret.IterationsDefault);
    }

    /// <summary>Somebody whom auth_query found has a SCRAM secret.</summary>
    public bool HasFetchedScram { get; private set; }

    /// <summary>auth_query found this user.</summary>
    public void LearnFetched(string user, StoredPassword password)
    {
        if (_fetched.Count >= EntriesMax)
        {
            _fetched.Clear();
        }

        _fetched[user] = password;
        HasFetchedScram |= password.Kind == PasswordKind.Scram;
    }

    /// <summary>What auth_query found last; null where it has not.</summary>
    public StoredPassword? FetchedOf(string user) => _fetched.GetValueOrDefault(user);

    /// <summary>Somebody else says that this is the user's password; until the user comes in by another way it opens servers.</summary>
    public void LearnProven(string user, ReadOnlySpan<byte> clear)
    {
        if (_proven.Count >= EntriesMax)
        {
            _proven.Clear();
        }

        _proven[user] = StoredPassword.OfPlain(clear);
    }

    /// <summary>The user came in by another way.</summary>
    public void ForgetProven(string user)
    {
        if (!_proven.IsEmpty)
        {
            _ = _proven.TryRemove(user, out _);
        }
    }

    /// <summary>What PAM or a directory has approved; null: nothing.</summary>
    public StoredPassword? ProvenOf(string user) => _proven.GetValueOrDefault(user);

    /// <summary>For users who do not exist.</summary>
    public ScramSecret Mock(string user) => ScramSecret.Mock(_saltKey, user);

    /// <summary>A client proved that it knows the password of this secret; its keys open every server that stores it too.</summary>
    public void Learn(StoredPassword password, ScramKeys keys)
    {
        if (password.Scram is { } secret)
        {
            Keep(new Entry(password, Convert.ToBase64String(secret.Salt), secret.Iterations), keys);
        }
    }

    /// <summary>A client showed the password itself.</summary>
    public void LearnClear(StoredPassword password, ReadOnlySpan<byte> clear)
    {
        if (_clear.Count >= EntriesMax)
        {
            _clear.Clear();
        }

        _clear[password] = clear.ToArray();
    }

    /// <summary>The password itself; null where nobody has shown it.</summary>
    public byte[]? ClearOf(StoredPassword password) =>
        password.Kind == PasswordKind.Plain ? password.Plain.ToArray() : _clear.GetValueOrDefault(password);

    /// <summary>The keys that log in to a server with this salt and count; null where nothing known gives them.</summary>
    public async ValueTask<ScramKeys?> KeysOfAsync(StoredPassword password, byte[] salt, int iterations)
    {
        if (_keys.TryGetValue(new Entry(password, Convert.ToBase64String(salt), iterations), out var known))
        {
            return known;
        }

        return ClearOf(password) is { } clear ? await DeriveAsync(password, clear, salt, iterations) : null;
    }

    private async ValueTask<ScramKeys> DeriveAsync(StoredPassword password, byte[] clear, byte[] salt, int iterations)
    {
        var entry = new Entry(password, Convert.ToBase64String(salt), iterations);
        if (!_keys.TryGetValue(entry, out var keys))
        {
            keys = await Task.Run(() => ScramKeys.Derive(clear, salt, iterations));
            Keep(entry, keys);
        }

        return keys;
    }

    private void Keep(Entry entry, ScramKeys keys)
    {
        if (_keys.Count >= EntriesMax)
        {
            _keys.Clear();
        }

        _keys[entry] = keys;
    }

    private sealed record Entry(StoredPassword Password, string Salt, int Iterations);
}
