"""Slotted objects linked by references: a treap of intervals with insertions and removals."""

from __future__ import annotations

SIZE = 16_000
SIZE_CHECK = 60


class Node:
    __slots__ = ("key", "left", "priority", "right", "weight")

    def __init__(self, key: int, priority: int) -> None:
        self.key = key
        self.priority = priority
        self.left: Node | None = None
        self.right: Node | None = None
        self.weight = 1


def refresh(node: Node) -> Node:
    """Recount the nodes below."""
    weight = 1
    if node.left is not None:
        weight += node.left.weight
    if node.right is not None:
        weight += node.right.weight
    node.weight = weight
    return node


def merge(low: Node | None, high: Node | None) -> Node | None:
    """Join two trees, every key of low being below every key of high."""
    if low is None:
        return high
    if high is None:
        return low
    if low.priority > high.priority:
        low.right = merge(low.right, high)
        return refresh(low)
    high.left = merge(low, high.left)
    return refresh(high)


def split(node: Node | None, key: int) -> tuple[Node | None, Node | None]:
    """Trees of keys below `key` and of the others."""
    if node is None:
        return None, None
    if node.key < key:
        middle, high = split(node.right, key)
        node.right = middle
        return refresh(node), high
    low, middle = split(node.left, key)
    node.left = middle
    return low, refresh(node)


def contains(node: Node | None, key: int) -> bool:
    while node is not None and node.key != key:
        node = node.left if key < node.key else node.right
    return node is not None


def rank(node: Node | None, key: int) -> int:
    """How many keys are below `key`."""
    count = 0
    while node is not None:
        if node.key < key:
            count += 1 + (node.left.weight if node.left is not None else 0)
            node = node.right
        else:
            node = node.left
    return count


def run(size: int) -> object:
    """Toggle `size` pseudo-random keys and ask for the rank of each."""
    root: Node | None = None
    state = 12345
    ranks = 0
    for _ in range(size):
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        key = state >> 8 & 0xFFF
        low, rest = split(root, key)
        if contains(rest, key):
            _, rest = split(rest, key + 1)
            root = merge(low, rest)
        else:
            root = merge(merge(low, Node(key, state & 0xFFFF)), rest)
        ranks += rank(root, key)
    return ranks, root.weight if root is not None else 0
