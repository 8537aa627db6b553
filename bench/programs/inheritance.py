"""Deep classes: super() chains, mixins, class attributes, __getattr__, descriptors."""

from __future__ import annotations

from typing import Any

SIZE = 120_000
SIZE_CHECK = 50


class Positive:
    """A descriptor that refuses values below zero."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.slot = "_" + name

    def __get__(self, instance: Any, owner: type) -> int:
        value: int = getattr(instance, self.slot, 0)
        return value

    def __set__(self, instance: Any, value: int) -> None:
        if value < 0:
            value = 0
        setattr(instance, self.slot, value)


class Unit:
    health = Positive()
    base_power = 4

    def __init__(self, name: str) -> None:
        self.name = name
        self.health = 100
        self.fights = 0

    def power(self) -> int:
        return self.base_power

    def hit(self, points: int) -> None:
        self.health -= points


class Trained(Unit):
    def __init__(self, name: str, training: int = 3, **rest: Any) -> None:
        super().__init__(name, **rest)
        self.training = training

    def power(self) -> int:
        return super().power() + self.training


class Armoured(Unit):
    armour = 2

    def hit(self, points: int) -> None:
        super().hit(max(points - self.armour, 1))


class Tired(Unit):
    def power(self) -> int:
        return super().power() - min(self.fights // 50, 2)


class Knight(Tired, Armoured, Trained):
    base_power = 6


class Champion(Knight):
    armour = 3

    def power(self) -> int:
        return super().power() * 3 // 2


class Squad:
    """Answers attributes it does not have with those of its leader."""

    def __init__(self, leader: Unit) -> None:
        self.leader = leader
        self.members: list[Unit] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self.leader, name)


def fight(left: Unit, right: Unit) -> None:
    left.fights += 1
    right.fights += 1
    right.hit(left.power())
    left.hit(right.power())


def run(size: int) -> object:
    """Let `size` fights happen."""
    units = [Unit("u"), Trained("t", 5), Armoured("a"), Knight("k"), Champion("c", training=1)]
    squad = Squad(units[3])
    lost = [0] * len(units)
    strength = 0
    for turn in range(size):
        first = turn % 5
        second = (turn * 3 + 1) % 5
        if first != second:
            fight(units[first], units[second])
        strength += squad.power() + squad.fights % 7
        for place, unit in enumerate(units):
            if unit.health <= 0:
                lost[place] += 1
                unit.health = 100
    return lost, strength, [unit.health for unit in units]
