"""Hostile input: one function per boundary, for hypothesis and for a coverage-guided fuzzer."""
