// Loaded before a program: says at its end how much memory it took at most.
process.on("exit", () => process.stderr.write(`\nmax rss: ${process.resourceUsage().maxRSS * 1024}\n`));
