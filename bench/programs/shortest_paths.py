"""Graph search with heapq: Dijkstra and A* on a grid, spanning tree, topological order."""

import heapq

SIZE = 230
SIZE_CHECK = 8

Cell = tuple[int, int]
Graph = dict[Cell, list[tuple[Cell, int]]]


def make_grid(size: int) -> Graph:
    """A grid with uneven ground and walls."""
    ground = [[(x * x * 3 + y * 7 + x * y) % 9 + 1 for x in range(size)] for y in range(size)]
    graph: Graph = {}
    for y in range(size):
        for x in range(size):
            edges = []
            for dx, dy in ((1, 0), (0, 1), (-1, 0), (0, -1)):
                nx, ny = x + dx, y + dy
                if 0 <= nx < size and 0 <= ny < size and ground[ny][nx] < 9:
                    edges.append(((nx, ny), ground[ny][nx]))
            graph[x, y] = edges
    return graph


def dijkstra(graph: Graph, start: Cell) -> dict[Cell, int]:
    best = {start: 0}
    heap = [(0, start)]
    while heap:
        distance, cell = heapq.heappop(heap)
        if distance > best[cell]:
            continue
        for neighbour, cost in graph[cell]:
            candidate = distance + cost
            if neighbour not in best or candidate < best[neighbour]:
                best[neighbour] = candidate
                heapq.heappush(heap, (candidate, neighbour))
    return best


def a_star(graph: Graph, start: Cell, goal: Cell) -> list[Cell]:
    """The cells of a cheapest path, [] if there is none."""

    def estimate(cell: Cell) -> int:
        return abs(cell[0] - goal[0]) + abs(cell[1] - goal[1])

    came: dict[Cell, Cell | None] = {start: None}
    costs = {start: 0}
    heap = [(estimate(start), start)]
    while heap:
        _, cell = heapq.heappop(heap)
        if cell == goal:
            path = []
            step: Cell | None = cell
            while step is not None:
                path.append(step)
                step = came[step]
            return path[::-1]
        for neighbour, cost in graph[cell]:
            candidate = costs[cell] + cost
            if candidate < costs.get(neighbour, 1 << 30):
                costs[neighbour] = candidate
                came[neighbour] = cell
                heapq.heappush(heap, (candidate + estimate(neighbour), neighbour))
    return []


def spanning_tree(graph: Graph, start: Cell) -> int:
    """The weight of Prim's tree over directed costs."""
    seen = {start}
    heap = [(cost, cell) for cell, cost in graph[start]]
    heapq.heapify(heap)
    total = 0
    while heap:
        cost, cell = heapq.heappop(heap)
        if cell in seen:
            continue
        seen.add(cell)
        total += cost
        for neighbour, weight in graph[cell]:
            if neighbour not in seen:
                heapq.heappush(heap, (weight, neighbour))
    return total


def run(size: int) -> object:
    """Search a grid of `size` times `size` cells."""
    graph = make_grid(size)
    best = dijkstra(graph, (0, 0))
    goal = max(best)
    path = a_star(graph, (0, 0), goal)
    return len(best), max(best.values()), goal, len(path), spanning_tree(graph, (0, 0))
