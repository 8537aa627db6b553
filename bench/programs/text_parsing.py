"""String methods: lines of a made-up server log taken apart and summed up."""

SIZE = 140_000
SIZE_CHECK = 80

METHODS = ["GET", "POST", "PUT", "DELETE"]
PATHS = ["/", "/Shop/Items", "/shop/basket?item=17&count=2", "/about us", "/api/v2/users?id=%d"]


def make_log(lines: int) -> str:
    rows = []
    for number in range(lines):
        path = PATHS[number % 5].replace("%d", str(number))
        rows.append(
            f"10.0.{number % 7}.{number % 251} - [{number % 24:02d}:{number % 60:02d}:00] "
            f'"{METHODS[number % 4]} {path} HTTP/1.1" {200 + number % 3 * 102} {number * 37 % 5000}'
        )
        if number % 29 == 0:
            rows.append("# comment ")
    return "\n".join(rows)


def parse_query(query: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    for pair in query.split("&"):
        key, _, value = pair.partition("=")
        if key:
            fields[key.strip().lower()] = value
    return fields


def parse_line(line: str) -> tuple[str, str, str, int, int] | None:
    """Address, method, path, status and bytes of a line, None for a comment."""
    line = line.strip()
    if not line or line.startswith("#"):
        return None
    address, rest = line.split(" ", 1)
    start = rest.index('"')
    end = rest.rindex('"')
    method, request = rest[start + 1 : end].split(" ", 1)
    path = request.removesuffix("HTTP/1.1").rstrip()
    status, length = rest[end + 1 :].split()
    return address, method, path, int(status), int(length)


def run(size: int) -> object:
    """Parse a log of `size` requests."""
    volume: dict[str, int] = {}
    networks: dict[str, int] = {}
    items = 0
    failures = 0
    for line in make_log(size).splitlines():
        parsed = parse_line(line)
        if parsed is None:
            continue
        address, method, path, status, length = parsed
        if status >= 400 and not path.endswith("/"):
            failures += 1
        base, mark, query = path.partition("?")
        if mark:
            fields = parse_query(query)
            if fields.get("item", "").isdigit():
                items += int(fields.get("count", "1"))
        key = method.lower() + ":" + base.lower().replace(" ", "_")
        volume[key] = volume.get(key, 0) + length
        network = ".".join(address.split(".")[:3])
        networks[network] = networks.get(network, 0) + 1
    return sorted(volume.items()), sorted(networks.items()), items, failures
