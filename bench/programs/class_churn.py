"""Classes made at run time, used a little and dropped; instances changing their class."""

SIZE = 15_000
SIZE_CHECK = 15


class Registry(type):
    """A metaclass that counts the classes made with it."""

    made = 0

    def __new__(
        mcs, name: str, bases: tuple[type, ...], namespace: dict[str, object]
    ) -> "Registry":
        mcs.made += 1
        return super().__new__(mcs, name, bases, namespace)


def make_record(name: str, fields: list[str], base: type) -> type:
    """A class with the named fields, a constructor and a sum method."""

    def __init__(self: object, *values: int) -> None:
        for field, value in zip(fields, values):
            setattr(self, field, value)

    def total(self: object) -> int:
        return sum(getattr(self, field) for field in fields)

    namespace = {"__init__": __init__, "total": total, "fields": tuple(fields)}
    return Registry(name, (base,), namespace)


class Base:
    scale = 2

    def scaled(self) -> int:
        return self.scale * self.total()

    def total(self) -> int:
        return 0


class Closed:
    def open(self) -> bool:
        return False


class Opened:
    def open(self) -> bool:
        return True


def run(size: int) -> object:
    """Make `size` classes with ten instances each."""
    total = 0
    opened = 0
    door = Closed()
    for turn in range(size):
        fields = [f"f{n}" for n in range(turn % 4 + 1)]
        record = make_record(f"Record{turn % 10}", fields, Base)

        class Doubled(record):  # type: ignore[misc, valid-type]
            scale = turn % 3 + 1

            def total(self) -> int:
                return super().total() * 2  # type: ignore[no-any-return]

        for number in range(10):
            kind = Doubled if number % 2 else record
            total += kind(number, turn, 3, 4).scaled()
        record.scale = 5  # type: ignore[attr-defined]
        total += record(1, 2, 3, 4).scaled() + len(record.__mro__)
        door.__class__ = Opened if turn % 3 else Closed  # type: ignore[assignment]
        opened += door.open()
    return total, opened
