namespace Router.Testing.Wire;

/// <summary>Plays one scenario, step by step, and says where it went another way.</summary>
public sealed class WireRunner
{
    private readonly Dictionary<string, WireParty> _parties = [];
    private readonly WireVariables _variables = new();
    private readonly WireTrace _trace = new();
    private readonly WireScenario _scenario;
    private readonly WireStage _stage;
    private readonly Chunking _chunking;

    private WireRunner(WireScenario scenario, WireStage stage, Chunking chunking)
    {
        _scenario = scenario;
        _stage = stage;
        _chunking = scenario.IsUncut ? Chunking.Whole : chunking;
    }

    /// <summary>The trace of what was sent and heard, logins left out.</summary>
    /// <exception cref="WireScriptException">Something else came than the scenario expects, or nothing did.</exception>
    public static async Task<string> RunAsync(WireScenario scenario, WireStage stage, Chunking chunking)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        var runner = new WireRunner(scenario, stage, chunking);
        try
        {
            foreach (var step in scenario.Steps)
            {
                await runner.RunAsync(step);
            }

            await runner.EndAsync();
            return runner._trace.ToString();
        }
        finally
        {
            foreach (var party in runner._parties.Values)
            {
                await party.DisposeAsync();
            }
        }
    }

    private async Task RunAsync(WireStep step)
    {
        var party = await PartyAsync(step);
        switch (step)
        {
            case WireStep.Send send:
                Record(step, $"{step.Party} > {step.Text[1..].TrimStart()}");
                party.Send(Encode(send));
                break;
            case WireStep.Hear hear:
                await HearAsync(party, hear);
                break;
            case WireStep.HearEnd end:
                await HearEndAsync(party, end);
                break;
            case WireStep.Close close:
                Record(step, $"{step.Party} {step.Text}");
                await party.CloseAsync(close.IsReset);
                break;
            default:
                throw new InvalidOperationException("a step that nobody knows");
        }
    }

    private async Task<WireParty> PartyAsync(WireStep step)
    {
        if (_parties.TryGetValue(step.Party, out var known))
        {
            return known.IsClosed ? throw Failure(step, "an open connection", "the script has closed it") : known;
        }

        var isClient = step.Party[0] == 'c';
        try
        {
            var peer = isClient ? await _stage.ConnectAsync()
                : _stage.AcceptAsync is { } accept ? await accept()
                : throw Failure(step, "a scripted server", "this one is real");
            return _parties[step.Party] = new WireParty(peer, isClient, _chunking.Begin(_parties.Count));
        }
        catch (TimeoutException)
        {
            throw Failure(step, "a connection to the server", "none");
        }
    }

    private byte[] Encode(WireStep.Send send)
    {
        try
        {
            return [.. send.Parts.SelectMany(part => part.Encode(_variables).ToArray())];
        }
        catch (FormatException mistake)
        {
            throw new WireScriptException($"{send.At}: {mistake.Message}", mistake);
        }
    }

    private async Task HearAsync(WireParty party, WireStep.Hear step)
    {
        var expected = new DecodedMessage(step.Layout.Name, step.Terms);
        while (true)
        {
            var message = await HearAsync(party, step, step.Layout, expected.ToString())
                ?? throw Failure(step, expected.ToString(), "the end of the connection");
            if (message.Name == expected.Name && _variables.Match(step.Terms, message.Terms))
            {
                return;
            }

            if (!step.Skips)
            {
                throw Failure(step, expected.ToString(), message.ToString());
            }
        }
    }

    private async Task HearEndAsync(WireParty party, WireStep.HearEnd step)
    {
        const string End = "the end of the connection";
        while (await HearAsync(party, step, null, End) is { } message)
        {
            if (!step.Skips)
            {
                throw Failure(step, End, message.ToString());
            }
        }

        Record(step, $"{step.Party} < EOF");
    }

    private async Task<DecodedMessage?> HearAsync(WireParty party, WireStep step, MessageLayout? layout, string expected)
    {
        try
        {
            var message = await party.HearAsync(layout);
            if (message is not null && !step.IsQuiet)
            {
                _trace.Heard(step.Party, message);
            }

            return message;
        }
        catch (TimeoutException)
        {
            throw Failure(step, expected, "nothing");
        }
    }

    /// <summary>Nobody was told more than the scenario says.</summary>
    private async Task EndAsync()
    {
        var last = _scenario.Steps[^1];
        foreach (var (name, party) in _parties.Where(static entry => !entry.Value.IsOver))
        {
            var step = new WireStep.HearEnd(name, last.At, "", Skips: false);
            if (_stage.AcceptAsync is null)
            {
                party.Send(MessageEncoder.Encode(MessageLayouts.Terminate, []));
                await HearEndAsync(party, step with { Skips = true });
            }
            else if (party.HasUnheard)
            {
                var surplus = await HearAsync(party, step, null, "");
                throw Failure(step, "nothing more", surplus?.ToString() ?? "the end of the connection");
            }
        }
    }

    private void Record(WireStep step, string line)
    {
        if (!step.IsQuiet)
        {
            _trace.Add(line);
        }
    }

    private WireScriptException Failure(WireStep step, string expected, string actual) => new($"""
        {step.At}: {step.Party} {step.Text}
          expected: {expected}
          came:     {actual}
          in:       {_scenario.Title} ({_chunking})
          before it:
        {_trace.Recent()}
        """);
}
