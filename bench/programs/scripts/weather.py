"""A script of module-level loops: weeks of weather on a ring of stations.

Expects `weeks` among its globals; leaves `result` there.
"""

weeks: int = globals()["weeks"]

stations = 24
seed = 2024
temperatures = [10.0 + n % 5 for n in range(stations)]
rain = [0] * stations
warm_days = 0
records: dict[str, float] = {}

for week in range(weeks):
    for day in range(7):
        seed = (seed * 1664525 + 1013904223) % 4294967296
        wind = seed % 5 - 2
        updated = []
        for station in range(stations):
            left = temperatures[station - 1]
            right = temperatures[(station + 1) % stations]
            here = temperatures[station]
            noise = ((seed >> station % 16) & 15) / 8.0 - 1.0
            value = 0.6 * here + 0.2 * left + 0.2 * right + noise * 0.5
            if value < -5.0:
                value = -5.0
            elif value > 30.0:
                value = 30.0
            updated.append(value)
            if noise < -0.5:
                rain[(station + wind) % stations] += 1
        temperatures = updated
        average = sum(temperatures) / stations
        if average > 11.0:
            warm_days += 1
        name = f"day{day}"
        if name not in records or records[name] < average:
            records[name] = average

result = (
    warm_days,
    sum(rain),
    round(sum(temperatures), 6),
    {name: round(value, 6) for name, value in sorted(records.items())},
)
