using System.Security.Cryptography;
using Router.Protocol.Authentication;

namespace Router.Protocol.Tests.Authentication;

public sealed class ServerEndPointTests
{
    /// <summary>The certificate of a PostgreSQL 15 that took our channel binding.</summary>
    internal static readonly byte[] EcdsaSha384 = Convert.FromBase64String(
        "MIIBbzCCARWgAwIBAgIUSC6xvmSkgYfCtFx6nUeEbe3J8UIwCgYIKoZIzj0EAwMwDDEKMAgGA1UEAwwBeDAgFw0yNjExMjgw"
        + "MTExMzZaGA8yMTI2MTEwNDAxMTEzNlowDDEKMAgGA1UEAwwBeDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABLDY/wnAS78s"
        + "Dv8ROoGrkl5MrqverqfTnPhLy//Dv8E1ENXr0zBqYJ0n5NF5voRyszZYnLg6Sru9fk/uKaAzGmejUzBRMB0GA1UdDgQWBBS1"
        + "ZMXHr6xkPtLKlbbLMUifS/J+rzAfBgNVHSMEGDAWgBS1ZMXHr6xkPtLKlbbLMUifS/J+rzAPBgNVHRMBAf8EBTADAQH/MAoG"
        + "CCqGSM49BAMDA0gAMEUCIQDF0zWlkNUrYFOlXBPk5o1UU8NecnT09YUnFNNgBhChnAIgDD+H9sg+Vc1aHTmhZMKed5NsBWIq"
        + "lV45BDrvWEnUw4A=");

    private const string RsaSha1 =
        "MIIB9jCCAV+gAwIBAgIUUFAfn3TxjK92vZ56SXiNAxBeEAcwDQYJKoZIhvcNAQEFBQAwDDEKMAgGA1UEAwwBeDAgFw0yNjEx"
        + "MjgwMTE0NTFaGA8yMTI2MTEwNDAxMTQ1MVowDDEKMAgGA1UEAwwBeDCBnzANBgkqhkiG9w0BAQEFAAOBjQAwgYkCgYEAxtML"
        + "p2KHkbKe9Oa/oQsMMPt5C/trnvduJHEehzRbQZml+0V0DBHcHqLHFNCxxsSqyZ9lVOoOOTjpEhuQSXcRMZnAYXhyHg9qjHbZ"
        + "PW+7oPVyOMVaoQKDALcoar1yjFOTARYaav30RoznwJi6hpf2VE3gGD9cahp/lYEPpAq3DR0CAwEAAaNTMFEwHQYDVR0OBBYE"
        + "FCJeva7nG1TyRYeFeL1abr0wTgeyMB8GA1UdIwQYMBaAFCJeva7nG1TyRYeFeL1abr0wTgeyMA8GA1UdEwEB/wQFMAMBAf8w"
        + "DQYJKoZIhvcNAQEFBQADgYEAEi+OE/IAfMbccvv0DLaCKeSMZGZeRqWTUMo0VR4HqNLNozJzW5tJhCvOCPVfBoejlNJY2Snm"
        + "jT1DAcm8ckFWUsJmGNr5laNbqmEqMjiLpjCp3hn23IViUCjT/R654oeiDr4vqW3J7+iuEIMSfQdtjOCDtH8RlnLahAD9f09p"
        + "KPg=";

    private const string RsaSha512 =
        "MIIB9jCCAV+gAwIBAgIUcnFYnXScB3TLIwipfjq/rxdYt9IwDQYJKoZIhvcNAQENBQAwDDEKMAgGA1UEAwwBeDAgFw0yNjEx"
        + "MjgwMTE0NTFaGA8yMTI2MTEwNDAxMTQ1MVowDDEKMAgGA1UEAwwBeDCBnzANBgkqhkiG9w0BAQEFAAOBjQAwgYkCgYEAxMjO"
        + "4QxUv0HGNv1POiOX/oxUFPjqYFSOZjCr9gexazMYs09pxvFonnqjqqtAxT0VfgnJyFwBq6y6qRCQFAJZBja7/GHN6ARTYxlM"
        + "cHg912rw9w7RG31H5UTDa9r53gFMKmRFXHyVpebbruosktPgywbJnuPc5FXaZH0NCNycK9kCAwEAAaNTMFEwHQYDVR0OBBYE"
        + "FOrLQC0Bqfg4CdSpl6QiVMDqpbqGMB8GA1UdIwQYMBaAFOrLQC0Bqfg4CdSpl6QiVMDqpbqGMA8GA1UdEwEB/wQFMAMBAf8w"
        + "DQYJKoZIhvcNAQENBQADgYEANwz6vNjAY7ajDAMyG8BnSkQO4ABsGhbK1xZnLKcETQoBpdSyHOkUK6rC+2VVXdf4dlFomLTC"
        + "b7t0z/KGLSk3wuYlOyowndwYBPoZVmpr9vWIiQqVL1AI9Rw3lBrwtOGrD2uKpkRp33Lme9TiAlQyGDOZ/qplkHlgI4sjPqqq"
        + "QSk=";

    private const string RsaPssSha384 =
        "MIICXjCCAZOgAwIBAgIUYYYO1GJnwywOobD+poKjt4ETGNkwQQYJKoZIhvcNAQEKMDSgDzANBglghkgBZQMEAgIFAKEcMBoG"
        + "CSqGSIb3DQEBCDANBglghkgBZQMEAgIFAKIDAgFOMAwxCjAIBgNVBAMMAXgwIBcNMjYxMTI4MDExNDUyWhgPMjEyNjExMDQw"
        + "MTE0NTJaMAwxCjAIBgNVBAMMAXgwgZ8wDQYJKoZIhvcNAQEBBQADgY0AMIGJAoGBAKFQLmzUepPXZU9yyKaL/4WAY78C/bD5"
        + "o6zqKmfms5mqMO5D6Ra/7+bpoJg3HpzLYIgUHC81q+XH4iT7+xy3rCRczwDk70MQBuXodclYkLmuzKaOEdX5uGVm466CEv0h"
        + "sfqd8Xd78u4V4W/mzPlGlqRlzKFfJA0e4RCSfOsAjP5FAgMBAAGjUzBRMB0GA1UdDgQWBBQV0q+pk5k3FDdQxqNVBzzGU4Kd"
        + "vjAfBgNVHSMEGDAWgBQV0q+pk5k3FDdQxqNVBzzGU4KdvjAPBgNVHRMBAf8EBTADAQH/MEEGCSqGSIb3DQEBCjA0oA8wDQYJ"
        + "YIZIAWUDBAICBQChHDAaBgkqhkiG9w0BAQgwDQYJYIZIAWUDBAICBQCiAwIBTgOBgQAvgEsn4cAOTIv5kbzcnRdlftIUaRj2"
        + "gddTpEKdh9j+La/oCWlCZlQulFzEwyGjcG7xh0YKlonj5l70D0veqSgqp57u9JuaPtg7PABmSXigYlgb+cykvujljBwu31Tl"
        + "oVWZXTRdpmoRSay1ajcILNg7Mh3kYzPAAteuZajyi4bFRQ==";

    private const string EcdsaSha256 =
        "MIIBbzCCARWgAwIBAgIUAp682plP5xKniGMQ6z4m6chCM9owCgYIKoZIzj0EAwIwDDEKMAgGA1UEAwwBeDAgFw0yNjExMjgw"
        + "MTE0NTJaGA8yMTI2MTEwNDAxMTQ1MlowDDEKMAgGA1UEAwwBeDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABNvzpF9RO/Px"
        + "G6Aa81NXa9nR0jieckZutYqy8n3Fvz6N+pjWhqDBFac45acqd3JAL+kracSzc1ImXu5MjjoY/0ijUzBRMB0GA1UdDgQWBBQ4"
        + "ROKRlmIk77dTQsZsTz+6NV10+TAfBgNVHSMEGDAWgBQ4ROKRlmIk77dTQsZsTz+6NV10+TAPBgNVHRMBAf8EBTADAQH/MAoG"
        + "CCqGSM49BAMCA0gAMEUCIGpkcm/7WcgqnVAAKduJa2hfJNt5+G92CEs+1DnAbgeYAiEAjf8r9wObbTB/ei/nMLogGH6ee8o5"
        + "NYnpFvvRVKwJEYU=";

    private const string Ed25519 =
        "MIIBLjCB4aADAgECAhQF9bgdFtINCbQhsW3oZSLuDc9ibjAFBgMrZXAwDDEKMAgGA1UEAwwBeDAgFw0yNjExMjgwMTE0NTJa"
        + "GA8yMTI2MTEwNDAxMTQ1MlowDDEKMAgGA1UEAwwBeDAqMAUGAytlcAMhACSsnZi5ZOFniGg6BzFwiakJs/0nWCmlPZJKXTOt"
        + "Oi1So1MwUTAdBgNVHQ4EFgQUWOuJQxioaTb8B/qRpuf8yEGfYjkwHwYDVR0jBBgwFoAUWOuJQxioaTb8B/qRpuf8yEGfYjkw"
        + "DwYDVR0TAQH/BAUwAwEB/zAFBgMrZXADQQCmo9gM+7bmKnQOTNZGs3JaeF16NG/a0bIAHBTjlc8xhVnxdC+3gyMe2cy21qIo"
        + "/eN+q3CYgrwWmkNzYQqCIggL";

    [Theory]
    [InlineData(RsaSha1, 32)]
    [InlineData(RsaSha512, 64)]
    [InlineData(RsaPssSha384, 48)]
    [InlineData(EcdsaSha256, 32)]
    [InlineData(Ed25519, 0)]
    public void The_digest_is_that_of_the_signature_but_never_a_broken_one(string certificate, int size)
    {
        var bytes = Convert.FromBase64String(certificate);
        var expected = size switch
        {
            32 => SHA256.HashData(bytes),
            48 => SHA384.HashData(bytes),
            64 => SHA512.HashData(bytes),
            _ => null,
        };
        Assert.Equal(expected, ServerEndPoint.Hash(bytes));
    }

    [Fact]
    public void What_is_no_certificate_binds_nothing()
    {
        for (var cut = 0; cut < EcdsaSha384.Length; cut++)
        {
            Assert.Null(ServerEndPoint.Hash(EcdsaSha384.AsSpan(0, cut)));
        }

        for (var seed = 0; seed < 2000; seed++)
        {
            var random = new Random(seed);
            var noise = EcdsaSha384.ToArray();
            noise[random.Next(noise.Length)] = (byte)random.Next(256);
            ServerEndPoint.Hash(noise);
            random.NextBytes(noise);
            ServerEndPoint.Hash(noise.AsSpan(0, random.Next(noise.Length)));
        }
    }
}
