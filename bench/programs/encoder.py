"""An encoder and decoder for a JSON-like notation, in Python."""

SIZE = 3400
SIZE_CHECK = 2

ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}
UNESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\"}


def quote(text: str) -> str:
    out = ['"']
    for letter in text:
        if letter in ESCAPES:
            out.append(ESCAPES[letter])
        elif letter < " ":
            out.append(f"\\u{ord(letter):04x}")
        else:
            out.append(letter)
    out.append('"')
    return "".join(out)


def encode(value: object) -> str:
    if value is None:
        return "null"
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, (list, tuple)):
        return "[" + ",".join([encode(item) for item in value]) + "]"
    if isinstance(value, dict):
        pairs = [quote(str(key)) + ":" + encode(item) for key, item in value.items()]
        return "{" + ",".join(pairs) + "}"
    raise TypeError(type(value).__name__)


class Decoder:
    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0

    def decode(self) -> object:
        letter = self.text[self.place]
        if letter == "{":
            return self.mapping()
        if letter == "[":
            return self.sequence()
        if letter == '"':
            return self.string()
        for word, value in (("null", None), ("true", True), ("false", False)):
            if self.text.startswith(word, self.place):
                self.place += len(word)
                return value
        return self.number()

    def mapping(self) -> dict[str, object]:
        result: dict[str, object] = {}
        self.place += 1
        while self.text[self.place] != "}":
            if self.text[self.place] == ",":
                self.place += 1
            key = self.string()
            self.place += 1
            result[key] = self.decode()
        self.place += 1
        return result

    def sequence(self) -> list[object]:
        result = []
        self.place += 1
        while self.text[self.place] != "]":
            if self.text[self.place] == ",":
                self.place += 1
            result.append(self.decode())
        self.place += 1
        return result

    def string(self) -> str:
        out = ""
        self.place += 1
        while (letter := self.text[self.place]) != '"':
            if letter == "\\":
                self.place += 1
                letter = UNESCAPES[self.text[self.place]]
            out += letter
            self.place += 1
        self.place += 1
        return out

    def number(self) -> float:
        start = self.place
        while self.place < len(self.text) and self.text[self.place] in "+-.0123456789e":
            self.place += 1
        text = self.text[start : self.place]
        return float(text) if "." in text or "e" in text else int(text)


def document(turn: int) -> dict[str, object]:
    return {
        "title": f'Report "{turn}"\nsecond line',
        "values": [n * 0.5 for n in range(12)],
        "rows": [
            {"id": n, "ok": n % 2 == 0, "tags": ["a\tb", "plain"], "up": None} for n in range(8)
        ],
        "nested": {"depth": {"depth": {"depth": [[], {}, [turn]]}}},
    }


def run(size: int) -> object:
    """Encode and decode `size` documents."""
    letters = 0
    for turn in range(size):
        source = document(turn)
        text = encode(source)
        if Decoder(text).decode() != source:
            raise AssertionError("the round trip changed the document")
        letters += len(text)
    return letters, encode(document(size))[:60]
