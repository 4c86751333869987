"""Other programs that take the same hooks, each in a process beside ours."""
