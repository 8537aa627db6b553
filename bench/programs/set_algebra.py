"""Sets: friends in a network, covering with few sets, reachability by frontiers."""

SIZE = 7800
SIZE_CHECK = 30

Network = dict[int, set[int]]


def make_network(people: int) -> Network:
    friends: Network = {person: set() for person in range(people)}
    for person in range(people):
        for step in (1, 7, person % 13 + 2, person * person % 29 + 3):
            other = (person + step) % people
            if other != person:
                friends[person].add(other)
                friends[other].add(person)
    return friends


def suggestions(friends: Network, person: int) -> set[int]:
    """Friends of friends who are not friends yet."""
    found: set[int] = set()
    for friend in friends[person]:
        found |= friends[friend]
    return found - friends[person] - {person}


def likeness(left: set[int], right: set[int]) -> float:
    """The Jaccard index."""
    union = left | right
    return len(left & right) / len(union) if union else 0.0


def cover(friends: Network) -> list[int]:
    """People who together know everyone, greedily chosen."""
    missing = set(friends)
    chosen = []
    while missing:
        best = max(sorted(missing)[:40], key=lambda person: len(friends[person] & missing))
        chosen.append(best)
        missing -= friends[best]
        missing.discard(best)
    return chosen


def distances(friends: Network, start: int) -> int:
    seen = {start}
    frontier = {start}
    total = steps = 0
    while frontier:
        steps += 1
        frontier = {other for person in frontier for other in friends[person]} - seen
        seen.update(frontier)
        total += steps * len(frontier)
    return total


def run(size: int) -> object:
    """A network of `size` people."""
    friends = make_network(size)
    suggested = 0
    like = 0.0
    triangles = 0
    for person in friends:
        candidates = suggestions(friends, person)
        suggested += len(candidates)
        for other in candidates:
            if other > person:
                like += likeness(friends[person], friends[other])
        for friend in friends[person]:
            if friend > person:
                triangles += len(friends[person].intersection(friends[friend]))
    reach = sum(distances(friends, start) for start in range(0, size, max(1, size // 20)))
    apart = sum(friends[p].isdisjoint(friends[p - 1]) for p in range(1, size))
    return suggested, round(like, 6), triangles, len(cover(friends)), reach, apart
