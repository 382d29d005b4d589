"""Random messages of a contract, and the ways in which JSON and a query may
spell them. Everything follows from the `random.Random` that is given.
"""

import base64
import json
import math
import urllib.parse

from google.protobuf.descriptor import FieldDescriptor as F

INTEGERS = {
    F.TYPE_INT32: (-2**31, 2**31 - 1), F.TYPE_SINT32: (-2**31, 2**31 - 1),
    F.TYPE_SFIXED32: (-2**31, 2**31 - 1), F.TYPE_UINT32: (0, 2**32 - 1), F.TYPE_FIXED32: (0, 2**32 - 1),
    F.TYPE_INT64: (-2**63, 2**63 - 1), F.TYPE_SINT64: (-2**63, 2**63 - 1),
    F.TYPE_SFIXED64: (-2**63, 2**63 - 1), F.TYPE_UINT64: (0, 2**64 - 1), F.TYPE_FIXED64: (0, 2**64 - 1)}
FLOATS = (F.TYPE_FLOAT, F.TYPE_DOUBLE)
TIMESTAMP, DURATION = "google.protobuf.Timestamp", "google.protobuf.Duration"
MASK = "google.protobuf.FieldMask"
TEXTS = ("", "a", "千代田区", "0", "true", "null", " spaced out ", "a/b", "a%2Fb", "a+b&c=d;e", "\"quoted\"",
         "back\\slash", "tab\tline\n", "é\u0301", "😀 astral", "\u2028\u2029", "<b>&amp;</b>", "\x7f", "\x01",
         "NaN", "2025-04-01", "x" * 300, "\ufeffmark", "\ufffd")


def wraps(field):
    """The field of a wrapper (Int32Value, ...), or None."""
    kind = field.message_type
    return (kind.fields_by_name["value"] if kind is not None
            and kind.file.name == "google/protobuf/wrappers.proto" else None)


def is_map(field):
    return field.message_type is not None and field.message_type.GetOptions().map_entry


def repeated(field):
    return field.label == F.LABEL_REPEATED


def text(rng):
    return rng.choice(TEXTS) if rng.random() < 0.8 else "".join(
        chr(rng.choice((rng.randint(32, 126), rng.randint(0x3041, 0x30ff), rng.randint(0x10000, 0x1ffff))))
        for _ in range(rng.randint(1, 12)))


def single(rng, field, depth):
    """One value of a field, as a Python value; messages are dictionaries."""
    kind = field.type
    if kind in INTEGERS:
        low, high = INTEGERS[kind]
        return rng.choice((0, 1, low, high, rng.randint(low, high), max(low, rng.randint(-1000, 1000))))
    if kind in FLOATS:
        values = (0.0, 1.5, -2.25, 1e10, 0.1, 1 / 3, math.inf, -math.inf, math.nan, 123456789.0, 5e-5, 1e-7, 1e21)
        value = rng.choice(values)
        return value
    if kind == F.TYPE_BOOL:
        return rng.random() < 0.5
    if kind == F.TYPE_STRING:
        return text(rng)
    if kind == F.TYPE_BYTES:
        return rng.randbytes(rng.randint(0, 20))
    if kind == F.TYPE_ENUM:
        return rng.choice(field.enum_type.values)
    name = field.message_type.full_name
    if name == TIMESTAMP:
        return (rng.choice((0, 1, -1, 951_782_400, 1_764_000_000, -62_135_596_800, 253_402_300_799,
                            rng.randint(-10**9, 4 * 10**9))),
                rng.choice((0, 0, 500_000_000, 1_000, 123_456_789, 999_999_999)))
    if name == DURATION:
        sign = rng.choice((1, -1))
        return (sign * rng.choice((0, 1, 59, 3600, 10**6, 9 * 10**9)),
                sign * rng.choice((0, 0, 500_000_000, 1_000, 123_456_789)))
    if name == MASK:
        return [rng.choice(("flag", "inner.text", "int32_value")) for _ in range(rng.randint(0, 3))]
    wrapped = wraps(field)
    if wrapped is not None:
        return single(rng, wrapped, depth)
    return message(rng, field.message_type, depth + 1)


def message(rng, kind, depth=0, leave=()):
    """A random message: {field: value}; `leave` are names that stay away."""
    out, oneofs = {}, set()
    for field in kind.fields:
        if field.name in leave or rng.random() > (0.25 if depth == 0 else 0.35) or depth > 3:
            continue
        if field.containing_oneof is not None:
            if field.containing_oneof.name in oneofs:
                continue
            oneofs.add(field.containing_oneof.name)
        if is_map(field):
            key, value = (field.message_type.fields_by_name[name] for name in ("key", "value"))
            pairs = {single(rng, key, depth): single(rng, value, depth) for _ in range(rng.randint(0, 3))}
            out[field] = list(pairs.items())
        elif repeated(field):
            out[field] = [single(rng, field, depth) for _ in range(rng.randint(0, 3))]
        else:
            out[field] = single(rng, field, depth)
    return out


# --- spelled ------------------------------------------------------------------


def name_of(rng, field):
    return field.name if rng.random() < 0.3 else field.json_name


def timestamp(rng, value):
    seconds, nanos = value
    offset = 0 if not -10**9 < seconds < 10**10 else rng.choice((0, 0, 9 * 60, -7 * 60, 5 * 60 + 30))
    # Python's own dates begin with year 1 and end with 9999, as protobuf's do.
    from datetime import datetime, timedelta
    moment = datetime(1970, 1, 1) + timedelta(seconds=seconds + offset * 60)
    zone = ("Z" if offset == 0 and rng.random() < 0.8 else
            f"{'-' if offset < 0 else '+'}{abs(offset) // 60:02}:{abs(offset) % 60:02}")
    return f"{moment.year:04}-{moment:%m-%dT%H:%M:%S}{fraction(rng, nanos)}{zone}"


def fraction(rng, nanos):
    digits = f"{abs(nanos):09}".rstrip("0")
    if digits and rng.random() < 0.5:
        digits = digits.ljust(rng.choice((3, 6, 9)), "0")
    return f".{digits}" if digits else ""


def duration(rng, value):
    seconds, nanos = value
    return f"{'-' if seconds < 0 or nanos < 0 else ''}{abs(seconds)}{fraction(rng, nanos)}s"


def number(value):
    if math.isnan(value):
        return "NaN"
    return ("Infinity" if value > 0 else "-Infinity") if math.isinf(value) else repr(value)


def json_text(rng, value):
    """A string of JSON, some of it escaped that need not be."""
    out = []
    for char in value:
        if rng.random() < 0.1:
            units = char.encode("utf-16-be")
            out.append("".join(f"\\u{units[i]:02{rng.choice('xX')}}{units[i + 1]:02{rng.choice('xX')}}"
                               for i in range(0, len(units), 2)))
        elif char == "/" and rng.random() < 0.3:
            out.append("\\/")
        else:
            out.append(json.dumps(char, ensure_ascii=rng.random() < 0.3)[1:-1])
    return f'"{"".join(out)}"'


def space(rng):
    return rng.choice(("", "", "", " ", "\n", "\t", "\r\n "))


def json_single(rng, field, value):
    kind = field.type
    if kind in INTEGERS:
        return json.dumps(str(value)) if rng.random() < 0.5 else str(value)
    if kind in FLOATS:
        spelled = number(value)
        return spelled if math.isfinite(value) and rng.random() < 0.8 else json.dumps(spelled)
    if kind == F.TYPE_BOOL:
        return "true" if value else "false"
    if kind == F.TYPE_STRING:
        return json_text(rng, value)
    if kind == F.TYPE_BYTES:
        return json.dumps(base64.b64encode(value).decode())
    if kind == F.TYPE_ENUM:
        return str(value.number) if rng.random() < 0.3 else json.dumps(value.name)
    name = field.message_type.full_name
    if name == TIMESTAMP:
        return json.dumps(timestamp(rng, value))
    if name == DURATION:
        return json.dumps(duration(rng, value))
    wrapped = wraps(field)
    if wrapped is not None:
        return json_single(rng, wrapped, value)
    return json_message(rng, value)


def json_message(rng, fields, more=()):
    """An object; `more` are members in full."""
    members = list(more)
    for field, value in fields.items():
        if is_map(field):
            part = field.message_type.fields_by_name["value"]
            spelled = "{" + ",".join(f"{json_text(rng, str(key))}:{json_single(rng, part, one)}"
                                     for key, one in value) + "}"
        elif repeated(field):
            spelled = f"[{space(rng)}" + f",{space(rng)}".join(
                json_single(rng, field, one) for one in value) + "]"
        elif field.message_type is not None and field.message_type.full_name == MASK:
            continue  # see the deviations
        else:
            spelled = json_single(rng, field, value)
        members.append(f'"{name_of(rng, field)}"{space(rng)}:{space(rng)}{spelled}')
    rng.shuffle(members)
    return "{" + space(rng) + f"{space(rng)},".join(members) + space(rng) + "}"


def escaped(rng, value, safe=""):
    """Percent-encoded for one segment of a path; some of it need not be."""
    out = []
    for byte in value.encode():
        char = chr(byte)
        plain = char.isascii() and (char.isalnum() or char in "-._~" + safe)
        out.append(char if plain and rng.random() < 0.9 else
                   f"%{byte:02x}" if rng.random() < 0.5 else f"%{byte:02X}")
    return "".join(out)


def query_single(field, value, rng):
    kind = field.type
    if kind in INTEGERS:
        return str(value)
    if kind in FLOATS:
        return number(value)
    if kind == F.TYPE_BOOL:
        return "true" if value else "false"
    if kind == F.TYPE_STRING:
        return value
    if kind == F.TYPE_BYTES:
        return base64.b64encode(value).decode()
    if kind == F.TYPE_ENUM:
        return str(value.number) if rng.random() < 0.3 else value.name
    name = field.message_type.full_name
    if name == TIMESTAMP:
        return timestamp(rng, value)
    if name == DURATION:
        return duration(rng, value)
    return query_single(wraps(field), value, rng)


def query_parts(rng, fields, prefix=""):
    """The parameters of a message as text; what no query can say is left out."""
    out = []
    for field, value in fields.items():
        # The other gateway does not know members of a oneof by their other name.
        path = prefix + (field.name if field.containing_oneof is not None else name_of(rng, field))
        if is_map(field):
            continue
        message_type = field.message_type
        plain = (message_type is None or wraps(field) is not None
                 or message_type.full_name in (TIMESTAMP, DURATION))
        if message_type is not None and message_type.full_name == MASK:
            if value:
                out.append((path, ",".join(value)))
        elif not plain:
            if not repeated(field):
                out += query_parts(rng, value, path + ".")
        elif repeated(field):
            out += [(path, query_single(field, one, rng)) for one in value]
        else:
            out.append((path, query_single(field, value, rng)))
    return out


def query(rng, fields):
    parts = query_parts(rng, fields)
    rng.shuffle(parts)
    return "&".join(f"{key}={query_escaped(rng, value)}" for key, value in parts)


def query_escaped(rng, value):
    if rng.random() < 0.5:
        return urllib.parse.quote_plus(value, safe=rng.choice(("", "/:,", "~!*()'")))
    return escaped(rng, value)
