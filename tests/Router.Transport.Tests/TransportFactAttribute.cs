using Xunit.Sdk;

namespace Router.Transport.Tests;

/// <summary>A fact of every back end; skipped, with the kernel's reason, for one that does not work on this machine.</summary>
[XunitTestCaseDiscoverer("Router.Transport.Tests.TransportFactDiscoverer", "Router.Transport.Tests")]
[AttributeUsage(AttributeTargets.Method)]
public sealed class TransportFactAttribute : FactAttribute;
