"""The differential fuzzer: random programs must do the same with and without pyjit (docs/fuzzing.md)."""
