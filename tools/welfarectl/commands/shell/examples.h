// A command that somebody may type, for each verb: shown first in its help and
// in the manual. A test reads each with the command line itself.
#pragma once

#include <string_view>

#include "tools/welfarectl/arguments/command_line.h"

namespace welfare::ctl {

struct VerbExample {
  std::string_view verb;  // "roster show"
  std::string_view rest;  // what follows it
};

inline constexpr VerbExample kVerbExamples[] = {
    {"municipality list", "--type town --area 島しょ"},
    {"municipality get", "青ヶ島村"},
    {"municipality resolve", "八王子"},
    {"municipality history", "131016"},
    {"municipality import", "municipalities.csv --dry-run"},
    {"municipality export", "> municipalities.csv"},
    {"municipality create",
     "139998 --name 架空市 --kana カクウシ --name-en Kaku --type city --area "
     "市部 --fiscal-year 2027"},
    {"municipality update",
     "131016 --set council.name_checked=yes --reason 名簿と照合"},
    {"municipality delete", "139998 --reason 誤登録"},
    {"status list", "--in-force"},
    {"status record",
     "131016 --fiscal-year 2025 --implementing yes --preparation no"},
    {"status retract", "131016 --fiscal-year 2025 --reason 誤登録"},
    {"status import", "status.csv --rejects rejects.csv"},
    {"status export", "> status.csv"},
    {"roster show", "--fiscal-year 2025 --entries"},
    {"roster timeline", "--by municipality"},
    {"lineage list", ""},
    {"lineage record",
     "--kind merger --date 2027-04-01 --from 131016 131024 --to 131016 "
     "--reason 合併"},
    {"lineage retract", "1 --reason 誤登録"},
    {"lineage map", "--from-year 2021 --to-year 2025"},
    {"program list", ""},
    {"codebook lint", "codebook --version-id 2025-1"},
    {"codebook import", "codebook --version-id 2025-1"},
    {"codebook publish", "2025-1"},
    {"codebook list", ""},
    {"round create",
     "--fiscal-year 2025 --title 令和7年度調査 --codebook 2025-1 "
     "--window-start 2025-06-16 --window-end 2025-07-11"},
    {"round open", "--fiscal-year 2025"},
    {"round progress", "--fiscal-year 2025"},
    {"round update",
     "--fiscal-year 2025 --window-end 2025-07-18 --reason 期限の延長"},
    {"round reopen", "--fiscal-year 2025 --reason 回答の訂正"},
    {"round close", "--fiscal-year 2025"},
    {"round delete", "--fiscal-year 2025 --reason 作成の誤り"},
    {"round get", "--fiscal-year 2025"},
    {"round list", ""},
    {"submission create",
     "131016-municipality --fiscal-year 2025 --file answers.json"},
    {"submission get", "131016-municipality --fiscal-year 2025"},
    {"submission list", "--fiscal-year 2025 --output csv"},
    {"submission submit", "131016-municipality --fiscal-year 2025"},
    {"submission accept", "131016-municipality --fiscal-year 2025"},
    {"submission return",
     "131016-municipality --fiscal-year 2025 --reason 人数の内訳が合いません"},
    {"submission history", "131016-municipality --fiscal-year 2025"},
    {"submission import", "answers.csv headers.csv --rejects rejects.csv"},
    {"submission export", "--fiscal-year 2025 > answers.csv"},
    {"backfill plan",
     "municipalities.csv status.csv answers-2021.csv --strategy merge --rejects "
     "rejects.csv"},
    {"backfill apply", "--plan backfill-plan.json"},
    {"backfill verify", "--plan backfill-plan.json"},
    {"backfill mapping", "0123456789abcdef"},
    {"backfill mappings", "--fiscal-year 2021"},
    {"backfill export", "--out mirror"},
    {"indicator list", ""},
    {"indicator get", "plan_formulated --fiscal-year 2025"},
    {"indicator explain",
     "plan_formulated --fiscal-year 2025 --cell formulated"},
    {"statement list", "--fiscal-year 2025"},
    {"statement check", "--fiscal-year 2025"},
    {"report create", "--fiscal-year 2025"},
    {"report list", ""},
    {"report excerpt create",
     "consent-1 --fiscal-year 2025 --submission 131016-municipality --item "
     "mlc_consent_issue --text 同意を得るまでに時間がかかる --category 本人同意"},
    {"report excerpt update",
     "consent-1 --fiscal-year 2025 --text 同意までに時間がかかる"},
    {"report excerpt consent",
     "consent-1 --fiscal-year 2025 --level public --note "
     "10月3日付けの電子メールによる"},
    {"report excerpt proposals", "--fiscal-year 2025"},
    {"report excerpt agree",
     "consent-1 --fiscal-year 2025 --digest "
     "5f70bf18a0860070d65a1c5d8e2f6c0f4a0f2d5b2e7d4f7e9b6c8a1d3e5f7091 --level "
     "public"},
    {"report excerpt get", "consent-1 --fiscal-year 2025 --output json"},
    {"report excerpt list", "--fiscal-year 2025"},
    {"report template get", "--fiscal-year 2025 > template.yaml"},
    {"report template set",
     "template.yaml --fiscal-year 2026 --comment 見出しの変更"},
    {"report template list", "--fiscal-year 2025"},
    {"report diff", "jusou-2025-0001 jusou-2025-0002"},
    {"report feedback make", "jusou-2025-0001"},
    {"report feedback list", "jusou-2025-0001 --state unconfirmed"},
    {"report feedback get", "jusou-2025-0001/131016-council"},
    {"report feedback confirm",
     "jusou-2025-0001/131016-council --digest a08551e28c7b57ca"},
    {"report feedback object",
     "jusou-2025-0001/131016-council --digest a08551e28c7b57ca --comment "
     "\"3 cases, not 4\""},
    {"report feedback download", "jusou-2025-0001 --out feedback"},
    {"report publish", "jusou-2025-0001 --level public"},
    {"report withdraw", "jusou-2025-0001 --reason 'two answers were mixed up'"},
    {"report verify", "report.pdf --key publisher.pem"},
    {"report get", "jusou-2025-0001"},
    {"report download", "jusou-2025-0001 --format html --out report.html"},
    {"audit list", "survey --count 20"},
    {"audit head", "--out heads.json"},
    {"audit verify", "--head heads.json"},
    {"key create",
     "--api-keys-file api-keys.json --subject batch --grant manager@jusou"},
    {"key list", "--api-keys-file api-keys.json"},
    {"key revoke", "0123456789abcdef --api-keys-file api-keys.json"},
    {"manual", "| man -l -"},
    {"version", ""},
};

// Adds them to `line`, after all verbs.
inline void AddExamples(const CommandLine& line) {
  for (const VerbExample& example : kVerbExamples) {
    line.AddExample(example.verb, example.rest);
  }
}

}  // namespace welfare::ctl
