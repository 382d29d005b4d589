#!/usr/bin/python3
"""The gate over k8s/image/Dockerfile: it passes, and each of these mistakes is
refused, by its line.

usage: dockerfile_test.py
"""

import pathlib
import re
import tempfile
import unittest

import check_manifests
import dockerfile

FILE = check_manifests.SOURCE / "k8s/image/Dockerfile"
LINE = r"k8s/image/Dockerfile:\d+: "
# What is wrong: what stands there, what comes in its place, what the gate says.
MISTAKES = {
    "an instruction that there is not": ("WORKDIR /", "WORKDIRR /", "Unknown instruction"),
    "a flag that there is not": ("COPY --from=gathered", "COPY --form=gathered", "flag"),
    "a list with wrong quotes": ('["/usr/bin/welfare-process"]', "['/usr/bin/welfare-process']", "ENTRYPOINT"),
    "two entry points": ("ENTRYPOINT", 'ENTRYPOINT ["/usr/bin/a"]\nENTRYPOINT', "only one ENTRYPOINT|ENTRYPOINT instruction"),
    "a folder that hangs in the air": ("WORKDIR /", "WORKDIR usr", "absolute"),
    "an old instruction": ("WORKDIR /", "MAINTAINER somebody\nWORKDIR /", "deprecated"),
    "small letters": ("WORKDIR", "workdir", "uppercase"),
    "no stage": (re.compile(r"^(?!ARG BUILDER|#).*\n", re.M), "", "no stage|FROM"),
    "a stage that there is not": ("--from=gathered", "--from=gatherd", "no stage gatherd above"),
    "a stage for nobody": ("COPY --from=gathered /tree/ /\n", "", "takes anything from the stage gathered"),
    "a base of today": ("FROM ${BUILDER}", "FROM debian:latest", "another image tomorrow"),
    "a base that is somebody's": ("FROM scratch", "FROM debian:12", "begins with nothing"),
    "a base that nobody gives": ("ARG BUILDER\n", "", "another image tomorrow|BUILDER"),
    "root by name": ("USER 65532:65532", "USER root", "USER is a user and a group by number"),
    "root by number": ("USER 65532:65532", "USER 0:65532", "neither 0"),
    "nobody": ("USER 65532:65532\n", "", "USER is"),
    "a shell that starts the program": ('ENTRYPOINT ["/usr/bin/welfare-process"]', "ENTRYPOINT /usr/bin/welfare-process", "by a shell"),
    "a shell that builds": ('RUN ["/usr/bin/python3", "-I", "-B", "/context/gather", "/context", "/tree"]', "RUN /context/gather /context /tree", "by a shell"),
    "something that runs in the image": ("WORKDIR /", 'RUN ["/usr/bin/welfare-process"]\nWORKDIR /', "nothing runs in the image"),
    "a program by name": ('["/usr/bin/welfare-process"]', '["welfare-process"]', "ENTRYPOINT is the program alone"),
    "a signal that kills": ("STOPSIGNAL SIGTERM", "STOPSIGNAL SIGKILL", "STOPSIGNAL is SIGTERM"),
    "what fetches and unpacks": ("COPY . /context", "ADD . /context", "COPY does neither"),
    "a secret in the environment": ("WORKDIR /", "ENV DATABASE_PASSWORD=x\nWORKDIR /", "looks like a secret"),
    "a secret as an argument": ("ARG CREATED", "ARG CREATED\nARG GIT_TOKEN", "looks like a secret"),
    "an argument of another stage": ("ARG CREATED\n", "", "CREATED is no argument of this stage"),
    "a misspelt argument": ("${REVISION}", "${REVISOIN}", "REVISOIN is no argument of this stage"),
    "a label that is missing": ("org.opencontainers.image.revision", "org.opencontainers.image.revisoin", "image.revision is missing"),
}


class Dockerfile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        check_manifests.npm_packages()
        folder = tempfile.TemporaryDirectory(prefix="wk8s-")
        cls.addClassCleanup(folder.cleanup)
        files, good = [], FILE.read_text("utf-8")
        for number, (name, (old, new, _)) in enumerate(MISTAKES.items()):
            changed = old.sub(new, good) if isinstance(old, re.Pattern) else good.replace(old, new, 1)
            assert changed != good, name
            file = pathlib.Path(folder.name) / f"{number}/k8s/image/Dockerfile"
            file.parent.mkdir(parents=True)
            file.write_text(changed, "utf-8")
            files.append(file)
        *found, cls.good = dockerfile.check([*files, FILE], check_manifests.NPM)
        cls.found = dict(zip(MISTAKES, found))

    def test_what_stands_there_passes(self):
        self.assertEqual([str(finding) for finding in self.good], [])

    def test_each_mistake_is_refused_by_its_line(self):
        for name, (_, _, text) in MISTAKES.items():
            with self.subTest(name):
                said = [str(finding) for finding in self.found[name]]
                self.assertTrue(any(re.search(f"^{LINE}.*({text})", each) for each in said), said or "nothing was found")


if __name__ == "__main__":
    unittest.main(verbosity=2)
