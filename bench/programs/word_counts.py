"""Dictionaries: counting words and pairs of a generated text, inverted index, anagrams."""

SIZE = 360_000
SIZE_CHECK = 300

SYLLABLES = "ka to mi ra ne so lu ve da pi".split()


def make_words(count: int) -> list[str]:
    words = []
    state = 7
    for _ in range(count):
        state = (state * 69069 + 1) % 2**32
        length = 1 + (state >> 28) % 3
        word = ""
        for part in range(length):
            word += SYLLABLES[(state >> 7 + 5 * part) % 10]
        words.append(word)
    return words


def count(words: list[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for word in words:
        if word in counts:
            counts[word] += 1
        else:
            counts[word] = 1
    return counts


def follow(words: list[str]) -> dict[tuple[str, str], int]:
    pairs: dict[tuple[str, str], int] = {}
    previous = ""
    for word in words:
        pairs[previous, word] = pairs.get((previous, word), 0) + 1
        previous = word
    return pairs


def index(words: list[str]) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for place, word in enumerate(words):
        places.setdefault(word[:2], []).append(place)
    return places


def anagrams(words: dict[str, int]) -> int:
    groups: dict[str, set[str]] = {}
    for word in words:
        key = "".join(sorted(word))
        if key not in groups:
            groups[key] = set()
        groups[key].add(word)
    return max(len(group) for group in groups.values())


def run(size: int) -> object:
    """Count in a text of `size` words."""
    words = make_words(size)
    counts = count(words)
    pairs = follow(words)
    places = index(words)
    for word in list(counts):
        if counts[word] < 3:
            del counts[word]
    common = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:5]
    gaps = 0
    for spots in places.values():
        for before, after in zip(spots, spots[1:]):
            gaps = max(gaps, after - before)
    letters: dict[str, int] = {}
    for word, times in counts.items():
        for letter in word:
            letters[letter] = letters.get(letter, 0) + times
    return common, len(pairs), max(pairs.values()), gaps, anagrams(counts), sorted(letters.items())
