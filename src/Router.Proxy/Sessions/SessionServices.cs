using Microsoft.Extensions.Logging;
using Router.Proxy.Authentication;
using Router.Proxy.Backends;
using Router.Proxy.Console;
using Router.Proxy.Listening;
using Router.Proxy.Pooling;
using Router.Proxy.Routing;
using Router.Proxy.Tls;

namespace Router.Proxy.Sessions;

/// <summary>What all sessions of a proxy share.</summary>
internal sealed record SessionServices(
    LiveOptions Options,
    IClusterViewSource Views,
    WriteGate Gate,
    BackendCheckout Checkout,
    CancelRegistry Cancels,
    TlsHandshakes Tls,
    PoolDirectories Pools,
    PoolOperator Operator,
    ClientCounts Clients,
    PoolBudget Budget,
    LoginSecrets Secrets,
    OutsideQuestions Accounts,
    PasswordAuthorities Authorities,
    AdminConsole Console,
    ClientLimit Limit,
    ProxyCounters Counters,
    TimeProvider Time,
    ILogger Logger);
