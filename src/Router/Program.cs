using Router.Commands;

// A link of that name runs the pooler as whoever called it expects it.
string[] words = CommandLine.IsCalled("pgbouncer") ? ["pgbouncer", .. args] : args;
return await new CommandLine(Console.Out, Console.Error).RunAsync(words);
