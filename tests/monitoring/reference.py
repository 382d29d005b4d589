#!/usr/bin/python3
"""The reference of all metrics, k8s/monitoring/metrics.md, made from what the
programs say of themselves (tests/system/golden/metrics.txt, which metrics_test.py
holds against the running product).

usage: reference.py [ROOT]   writes it
"""

import pathlib
import re
import sys

GOLDEN = "tests/system/golden/metrics.txt"
REFERENCE = "k8s/monitoring/metrics.md"

HEAD = """# Metrics

Everything that `/metrics` of the five processes and of `welfared` answers. Made from the programs (`tests/monitoring/reference.py`),
and a test compares: change the code, not this page. A histogram `NAME` is `NAME_bucket` (with `le`), `NAME_sum` and `NAME_count`.

"""

# By the first that fits.
GROUPS = (("Calls of services", r"grpc_"),
          ("The gateway", r"welfare_(http|calls|connections|in_flight|peers|authentications|caller_files|tls_handshakes)"),
          ("Certificates", r"welfare_tls_"),
          ("Databases, audit logs, caches", r"welfare_(database|audit|backup|cache)"),
          ("Rounds, reports, imports",
           r"welfare_(submissions|round|report|registry|survey|import|indicator)"),
          ("Processes", r""))


def text(root):
    """Returns what the page has to be."""
    groups = {title: [] for title, _ in GROUPS}
    lines = (pathlib.Path(root) / GOLDEN).read_text("utf-8").splitlines()
    for head, help_ in zip(lines[::2], lines[1::2]):
        name, kind, *labels = head.split()
        title = next(title for title, begin in GROUPS if re.match(begin, name))
        shown = " ".join(f"`{label}`" for label in labels if label != "-")
        groups[title].append(f"| `{name}` | {kind} | {shown} | {help_.strip()} |\n")
    return HEAD + "\n".join(
        f"## {title}\n\n| metric | type | labels | what |\n|---|---|---|---|\n" + "".join(rows)
        for title, rows in groups.items() if rows)


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1
                        else pathlib.Path(__file__).resolve().parents[2])
    (root / REFERENCE).write_text(text(root), "utf-8")


if __name__ == "__main__":
    main()
