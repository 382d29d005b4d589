"""The sections of the questionnaire `jusou`: who of the demonstration (架空) answers
what.

Who implements since when is real (the registry); who answers what is drawn from
a hash of the item and the code, never from knowledge about a municipality.
"""

from drawing import below, chance, ranked
from round_answers import NO_ANSWER, NOT_COUNTED, UNKNOWN, Absence, RoundAnswers
from round_inputs import COU, MUN
from round_numbers import PLAN, TEXTS

# Koganei says on its own page that its plan dates from before its start; the
# registry's note carries it. It is what makes the two sets of 23 differ.
KOGANEI = "132101"


class Round(RoundAnswers):
    """Builds one round."""

    def build(self):
        self.program_status()
        self.not_implementing()
        self.implementation_plan()
        self.evaluation()
        self.consultation()
        self.multi_agency()
        self.collaboration()
        self.support_conference()
        self.multilayer_conference()
        self.outreach()
        self.coordinators()
        self.participation()
        self.community_building()
        self.places()
        self.council_roles()
        self.text("new_initiatives", self.impl)
        for key in self.silent:
            del self.answers[key]
        return self

    def program_status(self):
        for c in self.all:
            self.put(c, "mun_program_status",
                     "implementing" if c in self.impl else "not_implementing")
        for c in self.impl:
            self.put(c, "mun_first_implementation_fy", self.registry.start(c))
        for c in self.rest:
            known = self.registry.preparation[(c, self.year)]
            self.put(c, "mun_transition_prep",
                     Absence(UNKNOWN) if known == "unknown" else known)

    def not_implementing(self):
        n, item = self.n, "mun_preparing_self_report"
        transition = [c for c in self.rest
                      if self.registry.preparation[(c, self.year)] == "yes"]
        preparing = self.first(transition, n["preparing_transition"], item)
        others = [c for c in self.rest if c not in transition]
        preparing += self.first(others, n["preparing"] - len(preparing), item)
        for c in preparing:
            self.put(c, item, "preparing")
        waiting = [c for c in self.rest if c not in preparing]
        # A municipality in preparation by the registry does not say "no plan".
        undecided = [c for c in waiting if c in transition]
        for c in undecided:
            self.put(c, item, "considering")
        self.deal(item, [c for c in waiting if c not in undecided],
                  [("considering", n["considering"] - len(undecided)),
                   ("no_plan", n["no_plan"]), (Absence(NO_ANSWER), 1),
                   ("other", 1)])
        for c in self.rest:
            if c in preparing and chance(70, "start", self.year, c):
                self.put(c, "planned_start_fy",
                         self.year + 1 + below(2, "planned", self.year, c))
            elif chance(20, "start blank", self.year, c):
                self.put(c, "planned_start_fy", Absence(NO_ANSWER))
            else:
                self.put(c, "planned_start_fy", Absence(UNKNOWN))
        for item in ("reasons_not_implementing", "issues", "support_wanted"):
            self.several(item, self.rest)

    def plan_years(self):
        """Length and start of every plan, the same for both rounds."""
        lengths = ([5] * 6 + [6] * 8 + [3] * 4 + [4] * 2 + [2] * 1 + [7] * 1)
        early = self.early_plans()
        # Plans that exist in FY2024 and are current in FY2025 are not short.
        order = ranked(early, "plan length") + ranked(
            [c for c in self.plan_holders(2025) if c not in early], "plan length")
        long_first = sorted(lengths, key=lambda x: x < 3)
        years = {}
        for index, code in enumerate(order):
            length = long_first[index] if index < len(long_first) else 5
            low = max(2021, 2025 - length + 1)
            high = 2024 if code in early else 2025
            years[code] = (low + below(high - low + 1, "plan start", code), length)
        return years

    def old_all(self):
        return self.registry.set_of(2024)

    def plan_holders(self, year):
        n = PLAN[year]
        old = self.first(self.old_all(), n["plan_old"], "plan_formulated")
        if year == 2024:
            return old
        fresh = [c for c in self.registry.set_of(2025) if c not in self.old_all()]
        others = [c for c in fresh if c != KOGANEI]
        return old + [KOGANEI] + self.first(others, n["plan_new"] - 1, "plan_formulated")

    def early_plans(self):
        return self.plan_holders(2024)

    def implementation_plan(self):
        holders = self.plan_holders(self.year)
        without = [c for c in self.impl if c not in holders]
        for c in holders:
            self.put(c, "plan_formulated", "formulated")
        self.deal("plan_formulated", without, [("none", 2), ("in_progress", 0)])
        years = self.plan_years()
        # Item non-response: one gives no period, two no dates.
        blank = self.first([c for c in holders if years[c][1] < 5], 1,
                           "period blank", self.year)
        undated = self.first([c for c in holders if c not in blank], 2,
                             "dates blank", self.year)
        for c in holders:
            start, length = years[c]
            if c in undated or c in blank:
                self.put(c, "plan_start_fy", Absence(NO_ANSWER))
                self.put(c, "plan_end_fy", Absence(NO_ANSWER))
            else:
                self.put(c, "plan_start_fy", start)
                self.put(c, "plan_end_fy", start + length - 1)
            code = "y7plus" if length >= 7 else f"y{length}"
            self.put(c, "plan_period_years", Absence(NO_ANSWER) if c in blank else code)
        item = "plan_position_in_welfare_plan"
        if self.year == 2025:
            # The one solution that fits both bases, 30 and 23.
            self.deal(item, holders, [("current", 19), ("next", 2), ("none", 2)])
            self.deal(item, without, [("current", 5), ("next", 1), ("none", 1)])
        else:
            self.deal(item, holders, [("current", 11), ("next", 2), ("none", 2)])
            self.deal(item, without, [("current", 3), ("next", 3),
                                      (Absence(NO_ANSWER), 1), ("none", 1)])
        self.several("plan_contents", holders, rates={"goals": 80, "evaluation": 70})

    def evaluation(self):
        n = self.n
        item = "eval_structure_exists"
        having = self.by_group(n["structure_old"], n["structure_new"], item)
        lacking = [c for c in self.impl if c not in having]
        for c in having:
            self.put(c, item, "yes")
        self.deal(item, lacking, [(Absence(NO_ANSWER), 1), ("no", 0)])
        item = "eval_covers_superior_plan"
        wide = self.first([c for c in having if c in self.last], n["superior"], item)
        for c in having:
            self.put(c, item, "yes" if c in wide else "no")
        self.text("eval_structure_detail", having)
        item = "eval_indicator_exists"
        having = self.by_group(n["indicator_old"], n["indicator_new"], item)
        for c in self.impl:
            self.put(c, item, "yes" if c in having else "no")
        self.deal("eval_indicator_type", having,
                  [("qualitative", 2), ("quantitative qualitative", 4),
                   (Absence(NO_ANSWER), 1), ("quantitative", 0)])
        self.text("eval_indicator_examples", having)

    def consultation(self):
        n, item = self.n, "window_installed"
        having = self.by_group(n["window_old"], n["window_new"], item)
        lacking = [c for c in self.impl if c not in having]
        for c in self.impl:
            self.put(c, item, "installed" if c in having else "not_installed")
        self.deal("window_form", having, [("installed_single", n["window_single"]),
                                          ("installed_multi", 0)])
        self.deal("window_livelihood_integration", having,
                  [("integrated", n["integrated"]), ("other", 2),
                   (Absence(NO_ANSWER), 1), ("linked", 0)])
        self.several("no_window_arrangement", lacking)
        self.text("existing_agency_use_examples", self.impl)
        # Training and liaison meetings overlap; one has neither, one is blank.
        item = "consult_strengthening"
        order = ranked(self.impl, item)
        blank, none = order[0], order[1]
        body = order[2:]
        training = set(body[:n["training"]])
        liaison = set(body[n["training"] - (n["liaison"] - 6):][:n["liaison"]])
        extra = [c for c in body if c not in training | liaison]
        other = set(extra) | set(self.first(sorted(training), 5 - len(extra), "other"))
        self.put(blank, item, Absence(NO_ANSWER))
        self.put(none, item, "none")
        for c in body:
            codes = [k for k, s in (("training", training), ("liaison_meeting", liaison),
                                    ("other", other)) if c in s]
            self.put(c, item, " ".join(codes))
        # The other text is an item of its own and must be there.
        for index, c in enumerate(sorted(other)):
            notes = TEXTS["consult_strengthening_other"]
            self.put(c, "consult_strengthening_other", f"(架空){notes[index % len(notes)]}")
        self.several("new_consult_method", self.impl)
        self.several("new_consult_content", self.impl)

    def multi_agency(self):
        n = self.n
        self.deal("multi_agency_operation", self.impl,
                  [("all_direct", n["all_direct"]), ("partly_outsourced", n["partly"]),
                   ("all_outsourced", 0)])
        preparing = self.having("mun_preparing_self_report", "preparing", members=self.rest)
        self.deal("multi_agency_operation_preparing", preparing,
                  [("direct", n["preparing_direct"]),
                   ("outsourced", n["preparing_outsourced"]), ("undecided", 0)])
        outsourcing = (
            self.having("multi_agency_operation", "partly_outsourced", "all_outsourced") +
            self.having("multi_agency_operation_preparing", "outsourced"))
        # Every one that outsources names the council; a published statement.
        self.several("multi_agency_contractor", outsourcing, always=["council"],
                     rates={"social_welfare_corp": 20, "npo": 15, "other": 5},
                     missing=False)
        self.several("multi_agency_meeting_layers", self.impl)

    def collaboration(self):
        # The four housing and employment partners are dealt by number, so that
        # each of them is named more often in FY2025 than in FY2024.
        item = "collab_partners"
        named = {}
        partners = ("ur_jkk", "realtor", "housing_support_corp", "hello_work")
        for partner, count in zip(partners, self.n["housing"]):
            for c in self.first(self.all, count, item, partner):
                named.setdefault(c, set()).add(partner)
        zero = {p: 0 for p in partners}
        self.several(item, self.all, rates=zero)
        for c, extra in named.items():
            codes = set(self.chosen(c, item)) - {"none"}
            self.put(c, item, " ".join(codes | extra))
        self.several("collab_methods", self.all,
                     rates={"info_sharing": 75, "training": 50, "face_to_face": 60})

    def support_conference(self):
        n = self.n
        self.deal("sc_setup", self.impl,
                  [("not_set", n["sc_not_set"]), ("new", 9), ("existing new", 6),
                   ("existing", 0)])
        self.several("sc_existing_bodies", self.having("sc_setup", "existing"),
                     rates={"livelihood_coordination": 70, "regional_care": 60,
                            "child_protection": 50})
        self.several("sc_frequency", self.having("sc_setup", "existing", "new"),
                     rates={"regular": 45, "ad_hoc": 70, "monthly": 20, "quarterly": 10})
        item = "sc_other_function_exists"
        self.deal(item, self.last, [("no", len(self.last) // 3),
                                    (Absence(NO_ANSWER), 1), ("yes", 0)])
        self.several("sc_other_functions", self.having(item, "yes"))
        self.several("conf_members_internal", self.impl)
        self.several("conf_members_external", self.impl, always=["council"],
                     rates={"minsei": 70, "medical": 55})
        self.several("conf_members_by_case", self.impl)
        self.several("conf_members_policy", self.impl)
        self.counts("sc_meetings", "sc_cases", 1, 24, 4)
        self.several("sc_case_features", self.last,
                     rates={"mental": 85, "hikikomori": 80, "multi_member": 85,
                            "refusal": 70, "hoarding": 60})
        self.several("sc_supporter_support", self.last)

    def counts(self, meetings, cases, low, high, per_meeting):
        """Meetings and cases of last year: a few keep no count, one is zero."""
        order = ranked(self.last, meetings, self.year)
        for index, c in enumerate(order):
            if index == 0:
                held, seen = 0, 0
            else:
                held = low + below(high, meetings, self.year, c)
                seen = held + below(held * per_meeting, cases, self.year, c)
            self.put(c, meetings, held)
            self.put(c, cases, seen)
        self.put(order[1], cases, Absence(NOT_COUNTED))
        self.put(order[2], meetings, Absence(NO_ANSWER))
        if len(order) > 15:
            self.put(order[3], meetings, Absence(NOT_COUNTED))
            self.put(order[3], cases, Absence(NOT_COUNTED))

    def multilayer_conference(self):
        n, item = self.n, "mlc_setup"
        self.deal(item, self.impl, [("not_set", n["mlc_not_set"]), ("new", 9),
                                    ("existing", 7), ("same_as_sc", 0)])
        joined = self.having(item, "same_as_sc")
        apart = self.having(item, "new", "existing")
        relation = "mlc_relation_to_sc"
        for c in joined:
            self.put(c, relation, "same")
        self.deal(relation, apart, [("superior", n["superior_body"]),
                                    (Absence(NO_ANSWER), 1), ("separate", 0)])
        self.several("mlc_frequency", self.having(item, "new", "existing", "same_as_sc"),
                     rates={"regular": 50, "ad_hoc": 60})
        self.counts("mlc_meetings", "mlc_cases", 1, 9, 2)
        for c in self.last:
            self.put(c, "mlc_plans", below(6, "mlc_plans", self.year, c))
        for c in self.first(self.last, 1, "plans not counted", self.year):
            self.put(c, "mlc_plans", Absence(NOT_COUNTED))
        self.text("mlc_consent_issue", self.impl)

    def outreach(self):
        n, item = self.n, "outreach_operation"
        # 2 direct only, 3 both; the order over the 30 is the same in both years.
        everyone = ranked(self.registry.set_of(2025), item)
        for c in self.impl:
            at = everyone.index(c)
            self.put(c, item, "direct" if at < 2 else
                     "direct outsourced" if at < 5 else "outsourced")
        contracting = self.having(item, "outsourced")
        elsewhere = self.first(contracting, 2, "not to the council")
        for c in contracting:
            if c in elsewhere:
                self.put(c, "outreach_contractor", "social_welfare_corp"
                         if c == elsewhere[0] else "npo")
                continue
            codes = ["council"]
            if chance(15, "second contractor", c):
                codes.append("social_welfare_corp")
            self.put(c, "outreach_contractor", " ".join(codes))
        self.deal("outreach_direct_team", self.having(item, "direct"),
                  [("team", 1), ("specialist", 1), ("team specialist", 1), ("none", 0)])
        self.several("outreach_worker", contracting,
                     rates={"coordinator_csw": 85, "other": 8})
        self.contacts()
        self.deal("outreach_timing", self.impl,
                  [("all_timings", n["all_timings"]), ("regular_only", 4),
                   ("other", 1), ("ad_hoc_only", 0)])
        self.several("outreach_timing_detail",
                     self.having("outreach_timing", "regular_only", "ad_hoc_only", "other"),
                     rates={"ad_hoc": 40})

    def contacts(self):
        n, item = self.n, "outreach_max_contacts"
        old, new = n["contacts_not_counted"]
        uncounted = (self.first(self.old, old, "not counted", self.year) +
                     self.first(self.new, new, "not counted", self.year))
        # The three highest stand among FY2024's implementers, so that the rank
        # is the same on either base.
        order = ranked([c for c in self.old if c not in uncounted], item, self.year)
        top = dict(zip(order, n["contacts_top"]))
        blank = order[3]
        for c in self.impl:
            if c in uncounted:
                self.put(c, item, Absence(NOT_COUNTED))
            elif c == blank:
                self.put(c, item, Absence(NO_ANSWER))
            else:
                limit = n["contacts_limit"]
                self.put(c, item, top.get(c, below(limit + 1, item, self.year, c)))

    def coordinators(self):
        worked = self.having("outreach_worker", "coordinator_csw")
        item = "council_coordinator_placed"
        # One disagreement with the municipality's answer: a query, not an error.
        differing = self.first(worked, 1, item, "differs")
        for c in self.all:
            placed = (c in worked and c not in differing) or (
                c not in worked and chance(45, item, c))
            self.put(c, item, "yes" if placed else "no", COU)
        placed = self.having(item, "yes", kind=COU)
        for c in placed:
            self.put(c, "coordinator_count", 1 + below(12, "coordinators", c), COU)
        order = ranked(placed, "coordinator_count", self.year)
        self.put(order[0], "coordinator_count", Absence(NOT_COUNTED), COU)
        self.put(order[1], "coordinator_count", Absence(NO_ANSWER), COU)
        for table in ("outreach_individual_by_phase", "outreach_community_by_phase"):
            for row in self.codebook.options[self.codebook.items[table]["list"]]:
                self.text(f"{table}/{row}", placed, COU)

    def participation(self):
        plans, before, uncounted = self.n["supports"]
        item = "part_supports_plan"
        blank = self.first(self.last, uncounted, item, self.year)
        counting = [c for c in self.last if c not in blank]
        # Small numbers: every unit goes to one municipality, most have none.
        shares = {c: 0 for c in counting}
        for unit in range(plans):
            shares[counting[below(len(counting), item, self.year, unit)]] += 1
        for c in self.last:
            self.put(c, item, shares[c] if c in shares else Absence(NOT_COUNTED))
        item = "part_supports_preplan"
        blank = self.first(self.last, uncounted, item, self.year)
        silent = self.first([c for c in self.last if c not in blank], 1, item, "blank")
        counting = [c for c in self.last if c not in blank + silent]
        shares = self.spread(before, counting, item, self.year)
        for c in self.last:
            self.put(c, item, shares[c] if c in shares else
                     Absence(NO_ANSWER if c in silent else NOT_COUNTED))
        self.several("part_partners", self.impl)
        self.text("part_examples", self.impl)

    def community_building(self):
        # Earlier starters have a structure more often, cohort by cohort.
        item = "cb_structure_exists"
        for start, count in self.n["cb"].items():
            cohort = [c for c in self.impl if self.registry.start(c) == start]
            having = self.first(cohort, count, item)
            for c in cohort:
                self.put(c, item, "yes" if c in having else "no")
        having = self.having(item, "yes")
        self.several("cb_structure_forum", having)
        self.text("cb_structure_examples", having)
        for kind in (MUN, COU):
            self.several("cb_activities", self.impl, kind)
            self.text("cb_activity_examples", self.impl, kind)

    def places(self):
        n, item = self.n, "cb_exchange_place_exists"
        with_place = self.first(self.impl, n["place_implementing"], item)
        lacking = [c for c in self.impl if c not in with_place]
        for c in with_place:
            self.put(c, item, "yes")
        self.deal(item, lacking, [(Absence(NO_ANSWER), 1), ("no", 0)])
        self.several("cb_place_functions", self.impl)
        self.several("cb_place_form", with_place)
        # Councils report places of their own; one pair of answers disagrees.
        item = "council_place_exists"
        places = (self.first(with_place, n["place_implementing"] - 1, item) +
                  self.first(self.rest, n["place_other"], item) +
                  self.first(lacking, 1, item))
        # A council whose form did not come back cannot be among the counted.
        places = [c for c in places if (c, COU) not in self.silent]
        for c in self.all:
            self.put(c, item, "yes" if c in places else "no", COU)
        # Daily and regular overlap in one council; the rest is irregular, the
        # last one left it blank.
        item = "council_place_opening"
        order = ranked(places, item)
        daily = set(order[:n["daily"]])
        regular = set(order[n["daily"] - 1:][:n["regular"]])
        rest = [c for c in order if c not in daily | regular]
        irregular = set(rest[:-1]) | {order[n["daily"] + 2]}
        for c in places:
            codes = [k for k, s in (("daily", daily), ("regular", regular),
                                    ("irregular", irregular)) if c in s]
            self.put(c, item, " ".join(codes) if codes else Absence(NO_ANSWER), COU)
        self.several("council_place_frequency", sorted(regular), COU,
                     rates={"w1": 35, "w2": 25, "w4": 15, "m1": 30, "m2": 25})
        item = "council_resident_run_place"
        self.deal(item, places, [(Absence(NO_ANSWER), 1), ("no", 8), ("yes", 0)], COU)
        self.several("council_coordinator_involvement",
                     self.having(item, "yes", kind=COU), COU)

    def council_roles(self):
        outreach = self.having("outreach_contractor", "council")
        agency = self.having("multi_agency_contractor", "council")
        # One contract is not reported by the council: a query to both.
        unreported = self.first(outreach, 1, "unreported")
        item = "council_contracted_programs"
        for c in self.all:
            codes = set()
            if c in outreach and c not in unreported:
                codes.add("outreach")
            if c in agency:
                codes.add("multi_agency")
            for program in ("comprehensive_consultation", "participation_support",
                            "community_building"):
                if c in self.impl and chance(45, item, program, c):
                    codes.add(program)
            if not codes and c in self.rest and chance(6, item, "blank", c):
                self.put(c, item, Absence(NO_ANSWER), COU)
                continue
            self.put(c, item, " ".join(codes) if codes else "none", COU)
        item = "council_in_conferences"
        for c in self.impl:
            codes = {"support_conference"}
            if chance(70, item, c):
                codes.add("multilayer_support_conference")
            self.put(c, item, " ".join(codes), COU)
        for c in self.first(self.impl, 1, item, "differs"):
            self.put(c, item, "none", COU)
