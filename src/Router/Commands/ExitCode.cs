namespace Router.Commands;

/// <summary>What the process answers to the shell.</summary>
internal static class ExitCode
{
    public const int Ok = 0;

    /// <summary>The command was understood and did not succeed.</summary>
    public const int Failed = 1;

    /// <summary>The command line or a configuration file is wrong; trying again changes nothing.</summary>
    public const int Usage = 2;
}
