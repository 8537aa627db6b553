"""Float arithmetic on attributes and lists: planets drawn by one another, leapfrog steps."""

from math import sqrt

SIZE = 28_000
SIZE_CHECK = 10


class Planet:
    def __init__(self, mass: float, place: list[float], speed: list[float]) -> None:
        self.mass = mass
        self.x, self.y, self.z = place
        self.vx, self.vy, self.vz = speed


def system() -> list[Planet]:
    """A star and five planets, in units where the star's mass and G are 1."""
    bodies = [Planet(1.0, [0.0, 0.0, 0.0], [0.0, 0.0, 0.0])]
    for index in range(1, 6):
        radius = 0.6 + 0.55 * index
        speed = sqrt(1.0 / radius)
        tilt = 0.02 * index
        if index % 2:
            bodies.append(Planet(1e-4 * index, [radius, 0.0, tilt], [0.0, speed, 0.0]))
        else:
            bodies.append(Planet(2e-4 * index, [0.0, -radius, tilt], [speed, 0.0, 0.0]))
    return bodies


def kick(bodies: list[Planet], dt: float) -> None:
    """Change the speeds by the pull of every pair."""
    for index, a in enumerate(bodies):
        for b in bodies[index + 1 :]:
            dx = b.x - a.x
            dy = b.y - a.y
            dz = b.z - a.z
            square = dx * dx + dy * dy + dz * dz + 1e-9
            pull = dt / (square * sqrt(square))
            a.vx += dx * pull * b.mass
            a.vy += dy * pull * b.mass
            a.vz += dz * pull * b.mass
            b.vx -= dx * pull * a.mass
            b.vy -= dy * pull * a.mass
            b.vz -= dz * pull * a.mass


def drift(bodies: list[Planet], dt: float) -> None:
    for body in bodies:
        body.x += dt * body.vx
        body.y += dt * body.vy
        body.z += dt * body.vz


def energy(bodies: list[Planet]) -> float:
    """Kinetic and potential energy."""
    total = 0.0
    for index, a in enumerate(bodies):
        total += 0.5 * a.mass * (a.vx**2 + a.vy**2 + a.vz**2)
        for b in bodies[:index]:
            total -= a.mass * b.mass / sqrt((a.x - b.x) ** 2 + (a.y - b.y) ** 2 + (a.z - b.z) ** 2)
    return total


def run(size: int) -> object:
    """Make `size` leapfrog steps."""
    bodies = system()
    before = energy(bodies)
    dt = 0.004
    for _ in range(size):
        kick(bodies, dt / 2.0)
        drift(bodies, dt)
        kick(bodies, dt / 2.0)
    return round(before, 12), round(energy(bodies), 12), round(bodies[3].x, 9)
