namespace Router.Dcs.Etcd;

/// <summary>User and password of etcd's authentication. A class, so that no record prints the password.</summary>
public sealed class EtcdCredentials(string user, string password)
{
    public string User { get; } = user;

    public string Password { get; } = password;

    public override string ToString() => User;
}
