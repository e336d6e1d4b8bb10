namespace Router.Agent.Guarding;

/// <summary>
/// What passes between agent and guard. Every message but the answer is a request, and gets one answer.
/// </summary>
internal enum GuardMessageKind : byte
{
    /// <summary>First of all: who restarts the agent, and its command line as payload.</summary>
    Register = 1,

    /// <summary>Are you there?</summary>
    Ping = 2,

    Arm = 3,

    Feed = 4,

    Disarm = 5,

    /// <summary>The agent ends on purpose.</summary>
    Leave = 6,

    /// <summary>The guard's duty, deadline and acquisition, and what became of the request.</summary>
    Answer = 7,
}
