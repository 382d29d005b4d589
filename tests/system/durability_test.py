#!/usr/bin/python3
"""kill -9 in the middle of the load loses nothing and doubles nothing, and
equal content gives equal bytes.

usage: durability_test.py crash|determinism [sqlite|postgresql]
"""

import random
import select
import subprocess
import sys
import unittest

import harness

SEED = 20251124
# Each is one run: the step of the load after whose announcement the product is
# killed, and the most milliseconds it is then given.
KILL_POINTS = (("municipalities", 40), ("by year", 60), ("FY2024: codebook", 60),
               ("FY2024: open", 40), ("FY2024: answers", 150),
               ("FY2025: create", 40), ("FY2025: answers", 100),
               ("FY2025: answers", 200), ("FY2025: close", 20))


def outcome(product):
    """What must be equal: the state, and the bytes of the report."""
    _, page, archive = product.report()
    return product.state_digest(), page, archive


def clean_run(shape=harness.ONE, **options):
    with harness.Product(shape, **options) as product:
        product.load()
        return outcome(product)


class Crash(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.expected = clean_run()

    def crash_while_loading(self, product, step, milliseconds):
        """Starts the load and kills the product that long after the step began.
        Returns whether the load was cut off."""
        command, environment = product.load_command()
        with subprocess.Popen(command, env=environment, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as load:
            said = ""
            for line in load.stdout:
                said += line
                if step in line:
                    break
            else:
                self.fail(f"the load ended with {load.wait()} before its step {step!r}:\n{said}")
            # Not a wait for something: the moment of the fault.
            select.select([], [], [], milliseconds / 1000)
            product.kill()
            load.stdout.read()
        return load.returncode != 0

    def verify_audit(self, product):
        """The logs begin with what they were when this was asked last: a crash
        takes away no record that was seen and leaves none half."""
        head = product.folder / "heads.json"
        product.ctl("audit", "verify", *(("--head", head) if head.exists() else ()))
        product.ctl("audit", "head", "--out", head)

    def test_load_killed_once_and_run_again(self):
        chance = random.Random(SEED)
        cut = 0
        # On PostgreSQL nothing of ours writes the file that is cut off.
        points = (KILL_POINTS if harness.Product.default_engine == harness.SQLITE
                  else KILL_POINTS[::2])
        for number, (step, most) in enumerate(points):
            milliseconds = chance.uniform(0, most)
            with self.subTest(number=number, step=step, milliseconds=round(milliseconds)):
                product = harness.Product(harness.ONE)
                self.addCleanup(product.abandon)
                product.start()
                cut += self.crash_while_loading(product, step, milliseconds)
                product.start()
                self.verify_audit(product)
                product.load()
                self.verify_audit(product)
                self.assertTrue(outcome(product) == self.expected)
                product.stop()
        self.assertGreater(cut, len(points) // 2)

    def test_load_killed_again_and_again(self):
        product = harness.Product(harness.ONE)
        self.addCleanup(product.abandon)
        chance = random.Random(SEED + 1)
        for step, most in (KILL_POINTS[0], KILL_POINTS[3], KILL_POINTS[4], KILL_POINTS[6]):
            product.start()
            self.verify_audit(product)
            self.crash_while_loading(product, step, chance.uniform(0, most))
        product.start()
        self.verify_audit(product)
        product.load()
        self.assertTrue(outcome(product) == self.expected)
        product.stop()

    def test_acknowledged_is_kept(self):
        product = harness.Product(harness.ONE)
        self.addCleanup(product.abandon)
        product.start()
        product.load()
        round_ = product.open_second_survey()
        answer = {"answers": [{"item": "mun_program_status",
                               "codes": {"codes": ["not_implementing"]}}]}
        for entry in product.http.get("/v1/programs/jusou/rosters/2025")["entries"]:
            if entry["implementing"] != "IMPLEMENTING_NO":
                continue
            code = entry["municipality"].removeprefix("municipalities/")
            made = product.http.post(f"/v1/{round_}/submissions", answer,
                                     submissionId=f"{code}-municipality")
        # Killed right after the answer came, without a moment to write.
        product.kill()
        product.start()
        found = product.http.get(f"/v1/{made['name']}")
        self.assertEqual(found["answers"], made["answers"])
        self.assertEqual(len(product.http.list(f"/v1/{round_}/submissions", "submissions")), 32)
        product.stop()


class Determinism(unittest.TestCase):
    """One content, one sequence of bytes."""

    @classmethod
    def setUpClass(cls):
        cls.expected = clean_run()

    def test_two_clean_runs(self):
        self.assertTrue(clean_run() == self.expected)

    def test_five_processes(self):
        self.assertTrue(clean_run(harness.FIVE) == self.expected)

    def test_the_other_engine(self):
        self.assertTrue(clean_run(engine=harness.POSTGRESQL) == self.expected)

    def test_another_time_zone_and_language(self):
        self.assertTrue(clean_run(environment={
            "TZ": "Pacific/Kiritimati", "LANG": "de_DE.UTF-8", "LC_ALL": "C"}) == self.expected)

    def test_after_a_restart(self):
        with harness.Product(harness.ONE) as product:
            product.load()
            product.stop()
            product.start()
            self.assertTrue(outcome(product) == self.expected)


if __name__ == "__main__":
    theme = sys.argv.pop(1) if len(sys.argv) > 1 else "crash"
    harness.engine_from_command_line()
    unittest.main(verbosity=2, defaultTest={"crash": "Crash",
                                            "determinism": "Determinism"}[theme])
