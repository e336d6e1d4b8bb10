using Microsoft.Extensions.Logging;
using Router.Proxy.Authentication.Ldap;
using Router.Proxy.Authentication.Pam;

namespace Router.Proxy.Authentication;

/// <summary>
/// Who knows passwords beside the user list: PAM and LDAP. Each has places of its own, so that one that does not answer holds
/// up no logins but its own.
/// </summary>
internal sealed class PasswordAuthorities(TimeProvider time, ILogger logger)
{
    /// <summary>Few, for not every module of PAM is at its best among threads.</summary>
    private const int PamAtOnceMax = 4;

    private static readonly TimeSpan DelayMax = TimeSpan.FromSeconds(10);

    private readonly OutsideQuestions _pam = new(time, PamAtOnceMax);
    private readonly OutsideQuestions _ldap = new(time);

    /// <param name="address">The client's, for PAM's modules; null: a local one.</param>
    /// <exception cref="OperationCanceledException">The session is cut.</exception>
    public async Task<PasswordVerdict> AskAsync(
        AuthDemand demand, string user, byte[] password, string? address, CancellationToken cut)
    {
        // To some modules, and to every directory, no password is a wish to be nobody, which is granted.
        if (password.Length == 0)
        {
            return PasswordVerdict.Wrong;
        }

        try
        {
            return demand.Type == AuthType.Ldap
                ? Judge("LDAP", user, await _ldap.AskAsync(
                    late => LdapQuestion.AskAsync(demand.Ldap!, user, password, late), cut))
                : await AskPamAsync(new PamQuestion(demand.PamService, user, password, address), user, cut);
        }
        catch (Exception failed) when (failed is TimeoutException or LdapException)
        {
            ProxyLog.AuthorityFailed(logger, demand.Type == AuthType.Ldap ? "LDAP" : "PAM", user, failed.Message);
            return PasswordVerdict.Unknown;
        }
    }

    private async Task<PasswordVerdict> AskPamAsync(PamQuestion question, string user, CancellationToken cut)
    {
        var answer = await _pam.AskBlockingAsync(question.Ask, cut);
        if (answer.Problem is not null && answer.Delay > TimeSpan.Zero)
        {
            // Without a place, so that wrong passwords do not keep the right ones waiting.
            await Task.Delay(answer.Delay < DelayMax ? answer.Delay : DelayMax, time, cut);
        }

        return Judge("PAM", user, answer.Problem);
    }

    private PasswordVerdict Judge(string authority, string user, string? problem)
    {
        if (problem is null)
        {
            return PasswordVerdict.Right;
        }

        ProxyLog.AuthorityRefused(logger, authority, user, problem);
        return PasswordVerdict.Wrong;
    }
}
