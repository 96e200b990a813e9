"""Tests: the suite read from top to bottom is the specification."""
