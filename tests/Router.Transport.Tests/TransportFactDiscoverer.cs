using Router.Transport.Uring;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Router.Transport.Tests;

/// <summary>Finds facts of back ends; a class whose name ends with IoUring is of that one.</summary>
public sealed class TransportFactDiscoverer(IMessageSink diagnostics) : FactDiscoverer(diagnostics)
{
    private static readonly string? UringRefusal = UringProbe.Refusal();

    /// <inheritdoc/>
    protected override IXunitTestCase CreateTestCase(
        ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute)
    {
        var isOverUring = testMethod.TestClass.Class.Name.EndsWith("IoUring", StringComparison.Ordinal);
        return isOverUring && UringRefusal is { } refusal
            ? new XunitSkippedDataRowTestCase(
                DiagnosticMessageSink,
                discoveryOptions.MethodDisplayOrDefault(),
                discoveryOptions.MethodDisplayOptionsOrDefault(),
                testMethod,
                refusal)
            : base.CreateTestCase(discoveryOptions, testMethod, factAttribute);
    }
}
