"""The Sun and its large planets for a few decades, and how well energy is kept."""

from __future__ import annotations

import math
from dataclasses import dataclass

YEAR = 365.25  # days
SOLAR_MASS = 4 * math.pi**2 / YEAR**2  # with distances in astronomical units and time in days


@dataclass
class Body:
    """A body: position (au), velocity (au/day), mass (G = 1)."""

    name: str
    x: float
    y: float
    z: float
    vx: float
    vy: float
    vz: float
    mass: float

    def kinetic_energy(self) -> float:
        """Energy of motion."""
        return self.mass * (self.vx**2 + self.vy**2 + self.vz**2) / 2


def circular(name: str, radius: float, mass: float, angle: float, tilt: float) -> Body:
    """A planet on a nearly circular orbit (au, solar masses, radians)."""
    speed = math.sqrt(SOLAR_MASS / radius) * 1.01
    x, y = radius * math.cos(angle), radius * math.sin(angle)
    vx, vy = -speed * math.sin(angle), speed * math.cos(angle)
    return Body(name, x, y, radius * tilt, vx, vy, 0.0, mass * SOLAR_MASS)


def solar_system() -> list[Body]:
    """The Sun and the four large planets."""
    return [
        Body("Sun", 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, SOLAR_MASS),
        circular("Jupiter", 5.2, 9.5e-4, 0.3, 0.02),
        circular("Saturn", 9.6, 2.9e-4, 1.9, 0.04),
        circular("Uranus", 19.2, 4.4e-5, 3.4, 0.01),
        circular("Neptune", 30.1, 5.2e-5, 5.1, 0.03),
    ]


def energy(bodies: list[Body]) -> float:
    """Kinetic and potential energy together."""
    total = 0.0
    for i, a in enumerate(bodies):
        total += a.kinetic_energy()
        for b in bodies[i + 1 :]:
            total -= a.mass * b.mass / math.dist((a.x, a.y, a.z), (b.x, b.y, b.z))
    return total


def step(bodies: list[Body], dt: float) -> None:
    """Move on by dt days."""
    for i, a in enumerate(bodies):
        for b in bodies[i + 1 :]:
            dx = a.x - b.x
            dy = a.y - b.y
            dz = a.z - b.z
            square = dx * dx + dy * dy + dz * dz
            pull = dt / (square * math.sqrt(square))
            a.vx -= dx * b.mass * pull
            a.vy -= dy * b.mass * pull
            a.vz -= dz * b.mass * pull
            b.vx += dx * a.mass * pull
            b.vy += dy * a.mass * pull
            b.vz += dz * a.mass * pull
    for body in bodies:
        body.x += dt * body.vx
        body.y += dt * body.vy
        body.z += dt * body.vz


def main() -> None:
    """Print where everything is every ten years."""
    bodies = solar_system()
    start = energy(bodies)
    for decade in range(1, 6):
        for _ in range(int(10 * YEAR * 6)):
            step(bodies, 1 / 6)
        places = ", ".join(f"{b.name} ({b.x:.3f} {b.y:.3f})" for b in bodies)
        print(f"year {decade * 10}: {places}, energy {energy(bodies) / start:.9f}")


if __name__ == "__main__":
    main()
