"""Decisions: plain functions over plain values, no I/O, no clock of their own."""
