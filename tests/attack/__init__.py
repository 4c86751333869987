"""Proofs that strangers cannot do what they should not; TESTS_DEPTH=deep looks longer."""
