"""The one exception the generator reports to its user."""


class StencilError(Exception):
    """A template, a tool or a relocation that the generator cannot handle."""
