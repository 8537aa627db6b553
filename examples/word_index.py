"""Reads a large text word by word: counts, an index of lines, the commonest neighbours."""

from __future__ import annotations

import collections
import random
from collections.abc import Iterator

SYLLABLES = ["ka", "lo", "mi", "ter", "an", "du", "re", "so", "vi", "pel", "ta", "no", "ri", "be", "sha"]


def make_text(lines: int) -> str:
    """A text that looks like prose: few common words, many rare ones."""
    dice = random.Random(7)
    words = ["".join(dice.choice(SYLLABLES) for _ in range(dice.randint(1, 4))) for _ in range(3000)]
    ranks = [1 / (rank + 2) for rank in range(len(words))]
    out = []
    for _ in range(lines):
        chosen = dice.choices(words, ranks, k=11)
        out.append(" ".join(chosen[:5]).capitalize() + ", " + " ".join(chosen[5:]) + ".")
    return "\n".join(out)


def words_of(line: str) -> Iterator[str]:
    """The words of a line, lower case, without punctuation."""
    start = -1
    for position, letter in enumerate(line):
        if letter.isalpha():
            if start < 0:
                start = position
        elif start >= 0:
            yield line[start:position].lower()
            start = -1
    if start >= 0:
        yield line[start:].lower()


class Index:
    """What has been read so far."""

    def __init__(self) -> None:
        """Nothing read."""
        self.counts: dict[str, int] = {}
        self.lines: dict[str, list[int]] = collections.defaultdict(list)
        self.pairs: dict[tuple[str, str], int] = {}
        self.letters = [0] * 26

    def add(self, number: int, line: str) -> None:
        """Read a line."""
        before = ""
        for word in words_of(line):
            self.counts[word] = self.counts.get(word, 0) + 1
            lines = self.lines[word]
            if not lines or lines[-1] != number:
                lines.append(number)
            if before:
                pair = (before, word)
                if pair in self.pairs:
                    self.pairs[pair] += 1
                else:
                    self.pairs[pair] = 1
            before = word
            for letter in word:
                self.letters[ord(letter) - 97] += 1

    def report(self) -> Iterator[str]:
        """The commonest things."""
        by_count = sorted(self.counts.items(), key=lambda item: (-item[1], item[0]))
        for word, count in by_count[:12]:
            lines = self.lines[word]
            yield f"{word:<14}{count:>7}  in {len(lines)} lines, first {lines[0]}, last {lines[-1]}"
        pairs = sorted(self.pairs.items(), key=lambda item: (-item[1], item[0]))
        yield "pairs: " + ", ".join(f"{a} {b} ({n})" for (a, b), n in pairs[:6])
        whole = sum(self.letters)
        share = {chr(97 + i): n / whole for i, n in enumerate(self.letters) if n}
        yield "letters: " + " ".join(f"{letter} {part:.1%}" for letter, part in sorted(share.items()))
        yield f"{len(self.counts)} words, {sum(self.counts.values())} in all"


def main() -> None:
    """Index a text made up on the spot."""
    index = Index()
    for number, line in enumerate(make_text(9000).splitlines(), 1):
        index.add(number, line)
    print("\n".join(index.report()))


if __name__ == "__main__":
    main()
