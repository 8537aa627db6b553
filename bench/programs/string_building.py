"""Strings made piece by piece: Roman numerals, run lengths, number words, look-and-say."""

SIZE = 36_000
SIZE_CHECK = 40

ROMAN = [
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"),
    (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
]  # fmt: skip
ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
).split()
TENS = "- - twenty thirty forty fifty sixty seventy eighty ninety".split()


def roman(number: int) -> str:
    text = ""
    for value, letters in ROMAN:
        while number >= value:
            text += letters
            number -= value
    return text


def words(number: int) -> str:
    """The number, below 10,000, in English."""
    if number < 20:
        return ONES[number]
    if number < 100:
        tail = "-" + ONES[number % 10] if number % 10 else ""
        return TENS[number // 10] + tail
    unit, name = (100, " hundred") if number < 1000 else (1000, " thousand")
    tail = " " + words(number % unit) if number % unit else ""
    return words(number // unit) + name + tail


def run_lengths(text: str) -> str:
    pieces = []
    index = 0
    while index < len(text):
        end = index
        while end < len(text) and text[end] == text[index]:
            end += 1
        pieces.append(str(end - index) + text[index])
        index = end
    return "".join(pieces)


def caesar(text: str, shift: int) -> str:
    out = ""
    for letter in text:
        if "a" <= letter <= "z":
            out += chr((ord(letter) - 97 + shift) % 26 + 97)
        else:
            out += letter
    return out


def run(size: int) -> object:
    """Write out the numbers from 1 to `size`."""
    letters = 0
    vowels = 0
    packed = 0
    for number in range(1, size + 1):
        numeral = roman(number)
        spoken = words(number)
        secret = caesar(spoken, number % 26)
        letters += len(numeral) + len(secret)
        for letter in secret:
            if letter in "aeiou":
                vowels += 1
        packed += len(run_lengths(numeral))
    said = "1"
    for _ in range(min(20, size)):
        said = run_lengths(said)
    return letters, vowels, packed, len(said), caesar(words(size), 5)
