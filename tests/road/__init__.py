"""The whole road by real processes: providers' look-alikes, tidings as it is run, a real browser."""
