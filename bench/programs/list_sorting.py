"""List indexing: sorting algorithms written by hand."""

SIZE = 16_000
SIZE_CHECK = 60


def insertion_sort(items: list[int], low: int, high: int) -> None:
    """Sort items[low:high + 1] in place."""
    for index in range(low + 1, high + 1):
        value = items[index]
        place = index
        while place > low and items[place - 1] > value:
            items[place] = items[place - 1]
            place -= 1
        items[place] = value


def quick_sort(items: list[int], low: int, high: int) -> None:
    while high - low > 12:
        pivot = items[(low + high) // 2]
        left, right = low, high
        while left <= right:
            while items[left] < pivot:
                left += 1
            while items[right] > pivot:
                right -= 1
            if left <= right:
                items[left], items[right] = items[right], items[left]
                left += 1
                right -= 1
        quick_sort(items, low, right)
        low = left
    insertion_sort(items, low, high)


def merge_sort(items: list[int]) -> list[int]:
    if len(items) < 2:
        return items
    middle = len(items) // 2
    left = merge_sort(items[:middle])
    right = merge_sort(items[middle:])
    merged = []
    i = j = 0
    while i < len(left) and j < len(right):
        if left[i] <= right[j]:
            merged.append(left[i])
            i += 1
        else:
            merged.append(right[j])
            j += 1
    merged.extend(left[i:])
    merged.extend(right[j:])
    return merged


def heap_sort(items: list[int]) -> None:
    def sift(root: int, end: int) -> None:
        while 2 * root + 1 < end:
            child = 2 * root + 1
            if child + 1 < end and items[child] < items[child + 1]:
                child += 1
            if items[root] >= items[child]:
                return
            items[root], items[child] = items[child], items[root]
            root = child

    for root in range(len(items) // 2 - 1, -1, -1):
        sift(root, len(items))
    for end in range(len(items) - 1, 0, -1):
        items[0], items[end] = items[end], items[0]
        sift(0, end)


def shell_sort(items: list[int]) -> int:
    """Sort in place; returns the number of moves."""
    gap = len(items) // 2
    moves = 0
    while gap:
        for index in range(gap, len(items)):
            value = items[index]
            while index >= gap and items[index - gap] > value:
                items[index] = items[index - gap]
                index -= gap
                moves += 1
            items[index] = value
        gap //= 2
    return moves


def counting_sort(items: list[int], limit: int) -> list[int]:
    counts = [0] * limit
    for item in items:
        counts[item] += 1
    out = []
    for value in range(limit):
        for _ in range(counts[value]):
            out.append(value)
    return out


def run(size: int) -> object:
    """Sort four lists of `size` integers with five algorithms."""
    check = 0
    for seed in range(1, 5):
        source = [(n * 7919 * seed + n * n * 31) % 10007 for n in range(size)]
        quick = source[:]
        quick_sort(quick, 0, len(quick) - 1)
        heap = source[:]
        heap_sort(heap)
        shell = source[:]
        moves = shell_sort(shell)
        if not quick == heap == shell == merge_sort(source) == counting_sort(source, 10007):
            raise AssertionError("the algorithms disagree")
        check += moves + quick[len(quick) // 3] * seed
    return check
