"""What two gateways may answer differently, and whether they did otherwise.

gateway/README.md says each difference in words, with its reason; a test holds
the names here to the ones there. A difference is allowed only to a request
that was made to show it.
"""

import dataclasses
import json
import math
import struct

# What our gateway refuses and the other takes: the reasons it may give.
REFUSED = {
    "unknown name": {"INVALID_REQUEST"},
    "given twice": {"INVALID_REQUEST"},
    "path overridden": {"INVALID_REQUEST"},
    "loose text": {"INVALID_REQUEST"},
    "map in a query": {"INVALID_REQUEST"},
    "encoded slash": {"PATH_NOT_FOUND", "METHOD_NOT_ALLOWED"},
    "malformed escape": {"MALFORMED_PATH", "MALFORMED_QUERY"},
    "no text": {"MALFORMED_PATH", "MALFORMED_QUERY", "MALFORMED_JSON", "INVALID_REQUEST"},
    "empty segment or verb": {"PATH_NOT_FOUND", "METHOD_NOT_ALLOWED"},
    "other media type": {"UNSUPPORTED_MEDIA_TYPE"},
    "strict JSON": {"MALFORMED_JSON", "INVALID_REQUEST"},
    "no form": {"UNSUPPORTED_MEDIA_TYPE", "METHOD_NOT_ALLOWED"},
    "mask checked": {"INVALID_REQUEST"},
    "malformed header": {"MALFORMED_HEADER"},
}
# What the other refuses or misreads: our gateway answers as the other does to
# the plain request that means the same.
READ = ("percent-decoding once", "numbers as the mapping has them", "base64 in both alphabets",
        "masks as the mapping has them", "null is not given", "both names of a field")
# Both answer, each in its way; `agrees` knows them.
FORMS = ("errors by AIP-193", "defaults are written", "an end of its own", "status of a code",
         "sentence of its own", "HEAD and OPTIONS")


@dataclasses.dataclass
class Answer:
    status: int
    content_type: str
    headers: dict
    body: bytes

    def json(self):
        return json.loads(self.body)

    def reason(self):
        """Of an error of ours; empty where it names none."""
        try:
            return next(detail["reason"] for detail in self.json()["error"]["details"]
                        if detail["@type"].endswith("ErrorInfo"))
        except (ValueError, KeyError, TypeError, StopIteration):
            return ""

    def __str__(self):
        return f"{self.status} {self.content_type} {self.body[:600].decode('utf-8', 'replace')}"


# By the codes that newer tables of google/rpc/code.proto give another status:
# the one of Debian's grpc-gateway, ours.
STATUSES = {1: (408, 499), 9: (412, 400)}
# gRPC's own failures, which a service hands on without details.
OWN_SENTENCES = {4, 13, 14}
DEFAULTS = (None, False, 0, "", "0", [], {})


def same_value(ours, theirs):
    """Whether two values of JSON mean the same, where ours may hold more that
    has its default; the path of the first that differs, or ""."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        for name, value in theirs.items():
            if name not in ours:
                return f".{name} is missing"
            wrong = same_value(ours[name], value)
            if wrong:
                return f".{name}{wrong}"
        for name in ours.keys() - theirs.keys():
            if not is_default(ours[name]):
                return f".{name} is {json.dumps(ours[name])[:200]}, and nothing there"
        return ""
    if isinstance(theirs, dict) and isinstance(ours, str) and theirs.keys() <= {"paths"}:
        return "" if mask(theirs.get("paths", [])) == ours else f" is the mask {ours!r}, not {theirs}"
    if isinstance(theirs, list) and isinstance(ours, list):
        if len(ours) != len(theirs):
            return f" has {len(ours)} elements, not {len(theirs)}"
        return next((f"[{i}]{wrong}" for i, pair in enumerate(zip(ours, theirs))
                     if (wrong := same_value(*pair))), "")
    numbers = (int, float)
    if (isinstance(ours, numbers) and isinstance(theirs, numbers)
            and not isinstance(ours, bool) and not isinstance(theirs, bool)):
        return "" if ours == theirs or as_float(theirs) == ours else f" is {ours!r}, not {theirs!r}"
    if theirs is None and ours == "":
        return ""  # an empty BytesValue, which Go's writer takes for none
    return "" if type(ours) is type(theirs) and ours == theirs else f" is {ours!r}, not {theirs!r}"


def as_float(value):
    """The number as 32 bits hold it: each side writes other digits of it."""
    try:
        return struct.unpack("f", struct.pack("f", value))[0]
    except OverflowError:
        return math.nan


def mask(paths):
    def camel(path):
        first, *rest = path.split("_")
        return first + "".join(part.capitalize() for part in rest)
    return ",".join(camel(path) for path in paths)


def is_default(value):
    return value in DEFAULTS or (isinstance(value, str) and value.endswith("_UNSPECIFIED"))


def lines(body):
    return [json.loads(line) for line in body.decode().splitlines()]


def agrees(ours, theirs, stream=False):
    """Returns what is wrong with our answer by the other, "" where nothing is."""
    if theirs.status >= 400:
        return errors_agree(ours, theirs)
    if ours.status != theirs.status:
        return f"the status is {ours.status}, not {theirs.status}"
    kinds = [answer.content_type.partition(";")[0] for answer in (ours, theirs)]
    if kinds != (["application/x-ndjson", "application/json"] if stream else ["application/json"] * 2):
        return f"the types are {kinds[0]} and {kinds[1]}"
    if not stream:
        return same_value(ours.json(), theirs.json())
    told, other = lines(ours.body), lines(theirs.body)
    if not told:
        return "there is no last line"
    if other and "error" in other[-1]:
        wrong = "" if told[-1]["error"]["code"] == other[-1]["error"].get("grpc_code") else "the last line differs"
        return wrong or same_value(told[:-1], other[:-1])
    if told[-1] != {"end": {"count": len(told) - 1}}:
        return f"the last line is {told[-1]}"
    return same_value(told[:-1], other)


def errors_agree(ours, theirs):
    try:
        error = ours.json()["error"]
    except (ValueError, KeyError, TypeError):
        return "our error is not of AIP-193"
    try:
        other = theirs.json()
    except ValueError:
        other = None  # a path or method that is not there is said in plain text
    if other is None:
        return "" if ours.status == theirs.status else f"the status is {ours.status}, not {theirs.status}"
    if "code" not in other:  # a call that failed without a status
        return "" if ours.status == theirs.status else f"the status is {ours.status}, not {theirs.status}"
    code = other["code"]
    if error["code"] != ours.status:
        return "the code of our error is not its status"
    if (theirs.status, ours.status) != STATUSES.get(code, (theirs.status, theirs.status)):
        return f"the status is {ours.status}, not {theirs.status}"
    # What a gateway says of itself is its own; a service's sentence is not.
    if not ours.reason() and code not in OWN_SENTENCES and error["message"] != other["message"]:
        return f"the message is {error['message']!r}, not {other['message']!r}"
    return ""


def judge(request, ours, theirs, plain):
    """Returns what may not be, or "". `plain` is the other's answer to the plain
    request, where `request` deviates from one."""
    if request.difference in REFUSED:
        if 400 <= ours.status < 500 and ours.reason() in REFUSED[request.difference]:
            return ""
        return f"'{request.difference}' is not refused as such"
    if request.difference in READ:
        wrong = agrees(ours, plain, request.stream)
        return wrong and f"by the plain request {request.plain.target}: {wrong}"
    if request.difference == "HEAD and OPTIONS":
        wanted = 204 if request.method == "OPTIONS" else plain.status
        if ours.status == wanted and not ours.body:
            return ""
        return f"{request.method} is answered with {ours.status} and {len(ours.body)} bytes"
    return agrees(ours, theirs, request.stream)
