"""Web applications for the benchmarks: each module has make(), which returns a function that does request number i."""
