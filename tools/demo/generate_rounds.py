#!/usr/bin/python3
"""Makes the synthetic (架空) demonstration rounds of the survey `jusou`.

Municipalities' own answers are not public. This program invents them, so that
the product can be tried on whole rounds: the FY2025 round satisfies every
published figure at once, the smaller FY2024 round what is said about that year.
Who implements since when is real (the registry); who answers what is drawn from
a hash of the item and the code, never from knowledge about a municipality.

Same input, same bytes: no clock, no random module, standard library only.

usage: generate_rounds.py --out DIR [--services DIR]
"""

import argparse
import csv
import datetime
import pathlib
import sys

from drawing import below, ranked
from round_answers import Absence
from round_inputs import COU, MUN, Codebook, Registry
from round_numbers import LATE, WINDOW
from round_sections import Round


def working_days(first, last):
    day, end = datetime.date.fromisoformat(first), datetime.date.fromisoformat(last)
    while day <= end:
        if day.weekday() < 5:
            yield day.isoformat()
        day += datetime.timedelta(days=1)


def write(path, header, rows):
    with open(path, "w", encoding="utf-8", newline="") as f:
        out = csv.writer(f, lineterminator="\n")
        out.writerow(header)
        out.writerows(rows)


def save(out, survey_round):
    year = survey_round.year
    order = {item: i for i, item in enumerate(survey_round.codebook.order())}
    rows, headers = [], []
    days = list(working_days(*WINDOW[year]))
    respondents = [(c, k) for c in survey_round.all for k in (MUN, COU)
                   if (c, k) in survey_round.answers]
    late = ranked([f"{c} {k}" for c, k in respondents if c in survey_round.rest],
                  "late", year)[:LATE[year]]
    for code, kind in respondents:
        answers = survey_round.answers[(code, kind)]
        for item in sorted(answers, key=order.__getitem__):
            answer = answers[item]
            head = ["jusou", year, code, kind, item]
            if isinstance(answer, Absence):
                rows.append(head + ["", "", answer.kind])
            else:
                rows.append(head + [answer.value, answer.other, ""])
        names = ("架空福祉課", "架空地域福祉係", "架空生活支援課") if kind == MUN else (
            "架空地域福祉係", "架空総務課", "架空支援係")
        day = days[below(len(days), "received", year, code, kind)]
        if f"{code} {kind}" in late:
            after = datetime.date.fromisoformat(WINDOW[year][1])
            day = (after + datetime.timedelta(days=4)).isoformat()
        headers.append(["jusou", year, code, kind,
                        names[below(len(names), "department", code, kind)],
                        f"synthetic-{code}-{kind}@example.invalid", day])
    stem = f"synthetic-jusou-{year}"
    write(out / f"{stem}-answers.csv",
          ["survey", "fiscal_year", "municipality_code", "respondent_kind", "item_id",
           "value", "other_text", "absence"], rows)
    write(out / f"{stem}-headers.csv",
          ["survey", "fiscal_year", "municipality_code", "respondent_kind",
           "department", "contact", "received_on"], headers)
    print(f"{stem}: {len(headers)} submissions, {len(rows)} answers (架空)")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", required=True, type=pathlib.Path)
    parser.add_argument("--services", type=pathlib.Path,
                        default=pathlib.Path(__file__).resolve().parents[2] / "services",
                        help="folder with registry/data and survey/data")
    arguments = parser.parse_args()
    codebook = Codebook(arguments.services / "survey/data/jusou")
    registry = Registry(arguments.services / "registry/data")
    arguments.out.mkdir(parents=True, exist_ok=True)
    for year in (2024, 2025):
        save(arguments.out, Round(year, registry, codebook).build())
    return 0


if __name__ == "__main__":
    sys.exit(main())
