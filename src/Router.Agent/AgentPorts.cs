using Router.Agent.Guarding;
using Router.Agent.Observation;
using Router.Cluster;
using Router.Dcs;
using Router.Postgres;

namespace Router.Agent;

/// <summary>Everything outside the agent that it deals with; real in production, a model in the simulation.</summary>
public sealed record AgentPorts(
    IDcs Dcs, IPostgresInstance Instance, IGuard Guard, IMemberProbe Probe, IBootClock Clock, TimeProvider Time);
