"""Speed, shown as ratios measured in one run. `make bench` runs it; no test asserts a time."""
