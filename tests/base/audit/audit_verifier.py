#!/usr/bin/python3
"""Checks audit logs, written from RFC 6962 and the comment of audit.proto alone:
it shares nothing with the platform, so that both would have to be wrong alike.

usage: audit_verifier.py --url http://127.0.0.1:7180 [--head FILE]
       audit_verifier.py --log FILE [--head FILE --service NAME]
       audit_verifier.py --logs FILE

--url reads the logs of all services through the gateway; --log reads a listing
(an array of records, as `welfarectl --output json audit list`). --head: what
`welfarectl audit head --out FILE` saved before. --logs reads one
{"head", "records"} a line and prints one verdict a line. Exit code 1: something
is wrong.
"""

import argparse
import calendar
import hashlib
import json
import re
import sys
import urllib.parse
import urllib.request

SERVICES = ("registry", "survey", "report")


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


# --- the tree, by its definition ---------------------------------------------

def split(size):
    """The largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1


class Tree:
    """Roots of all beginnings: complete subtrees are hashed once."""

    def __init__(self, leaves):
        self.leaves = leaves
        self.known = {}

    def hash(self, begin, end):
        size = end - begin
        if size == 0:
            return sha256()
        if size == 1:
            return self.leaves[begin]
        complete = size & (size - 1) == 0
        if complete and (begin, end) in self.known:
            return self.known[begin, end]
        middle = begin + split(size)
        node = sha256(b"\x01", self.hash(begin, middle), self.hash(middle, end))
        if complete:
            self.known[begin, end] = node
        return node

    def root(self, size):
        return self.hash(0, size)


def root_by_inclusion(index, size, leaf, proof):
    """The root that an inclusion proof leads to; None where it leads nowhere."""
    if size == 1:
        return leaf if not proof else None
    if not proof:
        return None
    middle = split(size)
    if index < middle:
        below = root_by_inclusion(index, middle, leaf, proof[:-1])
        return below and sha256(b"\x01", below, proof[-1])
    below = root_by_inclusion(index - middle, size - middle, leaf, proof[:-1])
    return below and sha256(b"\x01", proof[-1], below)


def roots_by_consistency(old, size, proof, old_root=None):
    """Both roots that a consistency proof leads to; None where to none.
    `old_root`: where the old tree is a node of the new one."""
    if old == size:
        if old_root is not None:
            return (old_root, old_root) if not proof else None
        return (proof[0], proof[0]) if len(proof) == 1 else None
    if not proof:
        return None
    middle = split(size)
    if old <= middle:
        below = roots_by_consistency(old, middle, proof[:-1], old_root)
        return below and (below[0], sha256(b"\x01", below[1], proof[-1]))
    below = roots_by_consistency(old - middle, size - middle, proof[:-1])
    return below and (sha256(b"\x01", proof[-1], below[0]),
                      sha256(b"\x01", proof[-1], below[1]))


# --- records -------------------------------------------------------------------

TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?Z")


def micros(text):
    match = TIME.fullmatch(text)
    if not match:
        raise ValueError(f"no time: {text!r}")
    seconds = calendar.timegm(tuple(map(int, match.groups()[:6])))
    nanos = int((match.group(7) or "0").ljust(9, "0"))
    return seconds * 1_000_000 + nanos // 1000


def leaf_of(record):
    data = int(record["sequence"]).to_bytes(8, "big")
    data += micros(record["recordTime"]).to_bytes(8, "big", signed=True)
    for key in ("actor", "action", "resource", "requestId", "detail"):
        text = record.get(key, "").encode()
        data += len(text).to_bytes(4, "big") + text
    return sha256(b"\x00", data)


def check(records, head=None):
    """Returns what is right or wrong in a few words, and the tree or None."""
    leaves = []
    for record in records:
        sequence, due = int(record["sequence"]), len(leaves)
        if sequence != due:
            return f"{'missing' if sequence > due else 'out of order'} {due}", None
        leaf = leaf_of(record)
        if leaf.hex() != record["leafHash"]:
            return f"changed {due}", None
        leaves.append(leaf)
    tree = Tree(leaves)
    if head is not None:
        size = int(head["size"])
        if size > len(leaves):
            return f"cut off {len(leaves)}", None
        if tree.root(size).hex() != head["root"]:
            return "another log", None
    return f"right {len(leaves)}", tree


# --- a running platform -----------------------------------------------------------

class Service:
    def __init__(self, url, name):
        self.base = f"{url}/v1/{name}/audit"

    def get(self, path, **query):
        query = {key: value for key, value in query.items() if value is not None}
        url = f"{self.base}{path}?{urllib.parse.urlencode(query)}"
        with urllib.request.urlopen(url, timeout=60) as reply:
            return json.load(reply)

    def records(self):
        token = None
        while token != "":
            page = self.get("/records", pageSize=1000, pageToken=token)
            yield from page["records"]
            token = page.get("nextPageToken", "")


def check_service(service, head):
    """Reads the log, then has the service prove what was read."""
    now = service.get("/head")
    size = int(now["size"])
    verdict, tree = check(service.records(), head)
    if tree is None:
        return verdict
    if len(tree.leaves) < size or tree.root(size).hex() != now["root"]:
        return "another log than its head"
    root = bytes.fromhex(now["root"])
    # The ends, the middle, and both sides of the largest complete subtree.
    for index in {0, size // 2, split(size) - 1, split(size), size - 1} if size > 1 else range(size):
        proof = service.get(":prove", size=size, sequence=index)
        hashes = [bytes.fromhex(h) for h in proof["hashes"]]
        if (proof["leafHash"] != tree.leaves[index].hex()
                or root_by_inclusion(index, size, tree.leaves[index], hashes) != root):
            return f"unproved {index}"
    for old in {1, size // 2, split(size), size - 1,
                int(head["size"]) if head else 1} - {0} if size > 1 else ():
        proof = service.get(":prove", size=size, oldSize=old)
        hashes = [bytes.fromhex(h) for h in proof["hashes"]]
        old_root = tree.root(old)
        if roots_by_consistency(old, size, hashes, old_root) != (old_root, root):
            return f"inconsistent {old}"
    return verdict


def head_of(path, service):
    if path is None:
        return None
    with open(path, encoding="utf-8") as file:
        heads = [head for head in json.load(file)["heads"] if head["service"] == service]
    if not heads:
        sys.exit(f"{path} has no head of {service}")
    return heads[0]


def main():
    parser = argparse.ArgumentParser()
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--url")
    source.add_argument("--log")
    source.add_argument("--logs")
    parser.add_argument("--head")
    parser.add_argument("--service", default="registry")
    arguments = parser.parse_args()
    if arguments.logs:
        with open(arguments.logs, encoding="utf-8") as lines:
            for line in lines:
                log = json.loads(line)
                print(check(log["records"], log["head"])[0])
        return 0
    verdicts = {}
    if arguments.log:
        with open(arguments.log, encoding="utf-8") as file:
            verdicts[arguments.service] = check(
                json.load(file), head_of(arguments.head, arguments.service))[0]
    else:
        for name in SERVICES:
            verdicts[name] = check_service(Service(arguments.url, name),
                                           head_of(arguments.head, name))
    for name, verdict in verdicts.items():
        print(f"{name}: {verdict}")
    return 0 if all(v.startswith("right") for v in verdicts.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
