"""Bytes and bytearrays: checksums, base64 by hand, run-length packing and a stream cipher."""

SIZE = 84_000
SIZE_CHECK = 200

ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def crc_table() -> list[int]:
    table = []
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = value >> 1 ^ 0xEDB88320 if value & 1 else value >> 1
        table.append(value)
    return table


def crc32(data: bytes, table: list[int]) -> int:
    value = 0xFFFFFFFF
    for byte in data:
        value = table[(value ^ byte) & 0xFF] ^ value >> 8
    return value ^ 0xFFFFFFFF


def adler(data: bytes) -> int:
    low, high = 1, 0
    for byte in data:
        low = (low + byte) % 65521
        high = (high + low) % 65521
    return high << 16 | low


def base64(data: bytes) -> bytes:
    out = bytearray()
    for index in range(0, len(data), 3):
        chunk = data[index : index + 3]
        value = int.from_bytes(chunk.ljust(3, b"\0"), "big")
        for shift in (18, 12, 6, 0)[: len(chunk) + 1]:
            out.append(ALPHABET[value >> shift & 63])
        out.extend(b"=" * (3 - len(chunk)))
    return bytes(out)


def pack(data: bytes) -> bytearray:
    """Pairs of a count and a byte."""
    out = bytearray()
    position = 0
    while position < len(data):
        byte = data[position]
        count = 1
        while position + count < len(data) and data[position + count] == byte and count < 255:
            count += 1
        out.append(count)
        out.append(byte)
        position += count
    return out


def cipher(data: bytes, key: bytes) -> bytes:
    """RC4."""
    box = bytearray(range(256))
    j = 0
    for i in range(256):
        j = (j + box[i] + key[i % len(key)]) % 256
        box[i], box[j] = box[j], box[i]
    out = bytearray(len(data))
    i = j = 0
    for place, byte in enumerate(data):
        i = (i + 1) % 256
        j = (j + box[i]) % 256
        box[i], box[j] = box[j], box[i]
        out[place] = byte ^ box[(box[i] + box[j]) % 256]
    return bytes(out)


def run(size: int) -> object:
    """Work on `size` bytes, three times."""
    table = crc_table()
    data = bytes(n * n // 7 >> 3 & 0xFF for n in range(size))
    results: list[object] = []
    for key in (b"first", b"second", b"a third key"):
        secret = cipher(data, key)
        packed = pack(data)
        results.append(
            (crc32(secret, table), adler(secret), len(packed), adler(base64(bytes(packed))))
        )
        data = cipher(secret, key[::-1])
    return results
