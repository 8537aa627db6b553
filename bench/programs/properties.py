"""Properties with setters, class methods and static methods: sizes of rooms in a house plan."""

SIZE = 440_000
SIZE_CHECK = 200


class Room:
    _made = 0

    def __init__(self, width: float, length: float, height: float = 2.5) -> None:
        self._width = width
        self._length = length
        self._height = height
        self._temperature = 20.0

    @classmethod
    def square(cls, side: float) -> "Room":
        cls._made += 1
        return cls(side, side)

    @staticmethod
    def to_fahrenheit(celsius: float) -> float:
        return celsius * 9.0 / 5.0 + 32.0

    @property
    def width(self) -> float:
        return self._width

    @width.setter
    def width(self, value: float) -> None:
        if value <= 0.0:
            raise ValueError("width must be positive")
        self._width = value

    @property
    def area(self) -> float:
        return self._width * self._length

    @property
    def volume(self) -> float:
        return self.area * self._height

    @property
    def temperature(self) -> float:
        return self._temperature

    @temperature.setter
    def temperature(self, celsius: float) -> None:
        self._temperature = min(max(celsius, 5.0), 30.0)

    @property
    def fahrenheit(self) -> float:
        return self.to_fahrenheit(self._temperature)


def run(size: int) -> object:
    """Adjust rooms `size` times."""
    rooms = [Room.square(2.0 + number * 0.25) for number in range(12)]
    rooms.extend(Room(3.0, 4.0 + number) for number in range(8))
    air = 0.0
    heat = 0.0
    rejected = 0
    for turn in range(size):
        room = rooms[turn % 20]
        room.temperature += (turn % 9 - 4) * 0.7
        try:
            room.width = room.width + (turn % 7 - 3) * 0.1
        except ValueError:
            rejected += 1
        air += room.volume
        heat += room.fahrenheit * room.area
    return rejected, round(air, 3), round(heat, 3)
