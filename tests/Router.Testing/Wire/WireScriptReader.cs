using System.Collections.Immutable;
using System.Globalization;
using Router.Protocol.Framing;

namespace Router.Testing.Wire;

/// <summary>Reads a script. Pure; README.md beside the scripts explains the language.</summary>
public sealed class WireScriptReader
{
    private const int RepeatMax = 10_000;

    private readonly ImmutableArray<WireScenario>.Builder _scenarios = ImmutableArray.CreateBuilder<WireScenario>();
    private readonly List<WireStep> _steps = [];
    private WireScenario? _open;
    private string _at;
    private int? _repeatFrom;
    private int _repeatTimes;

    private WireScriptReader(string name) => _at = name;

    /// <param name="name">The file's name, for messages.</param>
    /// <param name="text">What it says.</param>
    /// <exception cref="WireScriptException">A line that is none of the language.</exception>
    public static ImmutableArray<WireScenario> Read(string name, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var reader = new WireScriptReader(name);
        try
        {
            var number = 0;
            foreach (var line in text.Split('\n'))
            {
                reader._at = string.Create(CultureInfo.InvariantCulture, $"{name}:{++number}");
                reader.ReadLine(line, isQuiet: false);
            }

            reader.EndScenario();
        }
        catch (FormatException mistake)
        {
            throw new WireScriptException($"{reader._at}: {mistake.Message}", mistake);
        }

        return reader._scenarios.ToImmutable();
    }

    private void ReadLine(string line, bool isQuiet)
    {
        var terms = new TermReader(line);
        if (terms.IsAtEnd)
        {
            return;
        }

        var word = terms.Word();
        if (word == "==")
        {
            EndScenario();
            _open = new WireScenario(terms.RestText(), _at);
            return;
        }

        if (_open is null)
        {
            throw new FormatException("a scenario begins with == and its title");
        }

        switch (word)
        {
            case "login":
                LogIn(terms);
                break;
            case "repeat":
                BeginRepeat(terms.Number("behind repeat stands how often, which"));
                break;
            case "end":
                EndRepeat();
                break;
            case "uncut":
                _open = _open with { IsUncut = true };
                break;
            case "except":
                Except(_open, terms);
                break;
            case "+":
                Continue(terms);
                break;
            default:
                ReadStep(PartyOf(word), terms, isQuiet);
                break;
        }
    }

    private void EndScenario()
    {
        if (_repeatFrom is not null)
        {
            throw new FormatException("a repeat without its end");
        }

        if (_open is { } scenario)
        {
            if (_steps.Count == 0)
            {
                throw new FormatException($"nothing happens in '{scenario.Title}'");
            }

            _scenarios.Add(scenario with { Steps = [.. _steps] });
        }

        _steps.Clear();
        _open = null;
    }

    private void Except(WireScenario scenario, TermReader terms)
    {
        var (route, reason) = (terms.Word(), terms.RestText());
        _open = reason.Length > 0
            ? scenario with { Exceptions = scenario.Exceptions.Add(route, reason) }
            : throw new FormatException("an except names the route, and then the reason");
    }

    /// <summary>What every login says, so that a scenario need not.</summary>
    private void LogIn(TermReader terms)
    {
        var client = PartyOf(terms.Word());
        var isScripted = !terms.IsAtEnd;
        var server = isScripted ? PartyOf(terms.Word()) : "";
        string[] lines = isScripted
            ?
            [
                $"{client} > StartupMessage 3.0 user=app",
                $"{server} < StartupMessage 3.0 user=app",
                $"{server} > AuthenticationOk",
                "+ ParameterStatus server_version 15.0",
                $"+ BackendKeyData 471{server[1..]} x:0a0b0c0{server[1]}",
                "+ ReadyForQuery I",
            ]
            : [$"{client} > StartupMessage 3.0 user=postgres"];
        foreach (var line in lines.Append($"{client} < ... BackendKeyData ${client}.pid ${client}.key")
            .Append($"{client} < ReadyForQuery I"))
        {
            ReadLine(line, isQuiet: true);
        }
    }

    private void BeginRepeat(int times)
    {
        if (_repeatFrom is not null || times > RepeatMax)
        {
            throw new FormatException($"a repeat stands in no other one, and repeats {RepeatMax} times at most");
        }

        (_repeatFrom, _repeatTimes) = (_steps.Count, times);
    }

    private void EndRepeat()
    {
        var from = _repeatFrom ?? throw new FormatException("an end of no repeat");
        var block = _steps[from..];
        _steps.RemoveRange(from, block.Count);
        for (var i = 0; i < _repeatTimes; i++)
        {
            _steps.AddRange(block);
        }

        _repeatFrom = null;
    }

    private void Continue(TermReader terms)
    {
        var last = _steps.Count > (_repeatFrom ?? 0) ? _steps[^1] : null;
        switch (last)
        {
            case WireStep.Send send:
                var text = $"{send.Text}\n   + {terms.RestText()}";
                _steps[^1] = send with { Text = text, Parts = send.Parts.Add(ReadPart(send.Party, terms)) };
                break;
            case WireStep.Hear hear:
                _steps.Add(ReadHear(hear.Party, terms) with { IsQuiet = hear.IsQuiet });
                break;
            default:
                throw new FormatException("a + continues a line that sends or hears, and there is none above");
        }
    }

    private void ReadStep(string party, TermReader terms, bool isQuiet)
    {
        var text = terms.RestText();
        WireStep step = terms.Word() switch
        {
            ">" => new WireStep.Send(party, _at, text, [ReadPart(party, terms)]),
            "<" => ReadHear(party, terms),
            "closes" => new WireStep.Close(party, _at, text, IsReset: false),
            "resets" => new WireStep.Close(party, _at, text, IsReset: true),
            var other => throw new FormatException(
                $"{party} {other}: a party sends (>), hears (<), closes or resets"),
        };
        if (!terms.IsAtEnd)
        {
            throw new FormatException($"nothing may follow here, but there is: {terms.RestText()}");
        }

        _steps.Add(step with { IsQuiet = isQuiet });
    }

    private WirePart ReadPart(string party, TermReader terms)
    {
        var (from, to) = (0, (int?)null);
        if (terms.TryTake("first"))
        {
            to = terms.Number("behind first stands how many bytes, which");
        }
        else if (terms.TryTake("after"))
        {
            from = terms.Number("behind after stands how many bytes are left out, which");
        }

        var layout = LayoutOf(terms.Word(), isFrontend: IsClient(party));
        var part = new WirePart(layout, terms.Terms(), from, to);
        if (!part.Terms.Any(HasVariable))
        {
            _ = part.Encode(new WireVariables());
        }

        return part;
    }

    private WireStep ReadHear(string party, TermReader terms)
    {
        var text = "< " + terms.RestText();
        var skips = terms.TryTake("...");
        if (terms.TryTake("EOF"))
        {
            return new WireStep.HearEnd(party, _at, text, skips);
        }

        var layout = LayoutOf(terms.Word(), isFrontend: !IsClient(party));
        return layout == MessageLayouts.Raw
            ? throw new FormatException("Raw is only sent: a peer hears messages")
            : new WireStep.Hear(party, _at, text, layout, terms.Terms(), skips);
    }

    private static MessageLayout LayoutOf(string name, bool isFrontend)
    {
        var layout = MessageLayouts.Find(name) ?? throw new FormatException($"no message is called '{name}'");
        var side = isFrontend ? FrameSide.Frontend : FrameSide.Backend;
        return layout.Side is null || layout.Side == side
            ? layout
            : throw new FormatException($"{name} is a message of the {layout.Side.ToString()!.ToLowerInvariant()}");
    }

    private static bool HasVariable(WireTerm term) => term switch
    {
        WireTerm.Variable => true,
        WireTerm.List list => list.Items.Any(HasVariable),
        WireTerm.Named named => HasVariable(named.Value),
        _ => false,
    };

    private static bool IsClient(string party) => party[0] == 'c';

    private static string PartyOf(string word) =>
        word is ['c' or 's', >= '1' and <= '9']
            ? word
            : throw new FormatException($"'{word}' is no party: clients are c1 to c9, server connections s1 to s9");
}
