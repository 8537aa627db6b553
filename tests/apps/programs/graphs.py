"""NetworkX: paths, flows, components, trees, centrality on fixed graphs."""

import random

import networkx as nx


def main() -> None:
    random.seed(5)
    grid = nx.grid_2d_graph(12, 12)
    for a, b in grid.edges:
        grid[a][b]["weight"] = random.randint(1, 9)
    print(nx.shortest_path_length(grid, (0, 0), (11, 11), weight="weight"))
    print(nx.astar_path(grid, (0, 0), (6, 7), lambda a, b: abs(a[0] - b[0]) + abs(a[1] - b[1])))
    print(sum(d["weight"] for _, _, d in nx.minimum_spanning_edges(grid, data=True)))
    ring = nx.connected_watts_strogatz_graph(60, 4, 0.3, seed=2)
    print([(n, round(c, 6)) for n, c in sorted(nx.betweenness_centrality(ring).items())][:10])
    print(sorted(nx.degree(ring))[:10], nx.diameter(ring), round(nx.average_clustering(ring), 6))
    directed = nx.gnp_random_graph(50, 0.06, seed=3, directed=True)
    print(
        sorted(len(c) for c in nx.strongly_connected_components(directed)),
        nx.is_directed_acyclic_graph(directed),
    )
    flow = nx.DiGraph()
    for i in range(40):
        flow.add_edge(i % 10, (i * 7 + 3) % 10, capacity=i % 6 + 1)
    print(nx.maximum_flow_value(flow, 0, 6))
    tree = nx.balanced_tree(3, 4)
    print(
        list(nx.topological_sort(nx.bfs_tree(tree, 0)))[:20], nx.greedy_color(ring)[5], nx.is_bipartite(tree)
    )
    try:
        nx.shortest_path(nx.Graph([(1, 2), (3, 4)]), 1, 4)
    except nx.NetworkXNoPath as error:
        print(error)


main()
