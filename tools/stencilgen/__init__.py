"""The stencil generator: C templates in, machine code with holes out.

The way of data: ``template`` parses template files and expands operations to C, ``clang`` compiles
that to assembly, ``assembly`` splits each function into a hot and a cold part, ``objects`` reads the
assembled ELF file, ``header`` writes what the runtime compiles.
"""
