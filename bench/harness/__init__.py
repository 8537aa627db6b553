"""The harness: runs work on two sides in turns, compares and reports.

`worker` is the only module that runs in the measured interpreter; everything else runs in the
interpreter the harness is started with and may use libraries.
"""
