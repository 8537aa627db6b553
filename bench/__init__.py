"""Measuring pyjit: own programs, the pyperformance suite, start-up and instruction counts."""
