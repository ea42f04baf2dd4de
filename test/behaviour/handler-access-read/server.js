// never runs
