#!/usr/bin/python3
"""What welfarectl tells shells and readers of itself: completions as bash, zsh
and fish give them, the manual page, and examples that can be typed."""

import os
import pathlib
import re
import shlex
import subprocess
import tempfile
import unittest

BIN = pathlib.Path(os.environ["WELFARE_BINARY_DIR"]) / "bin"


def run(*command, check=True, **options):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=60,
                          check=False, stdin=subprocess.DEVNULL, **options)
    if check and done.returncode != 0:
        raise AssertionError(f"{command}: {done.returncode}\n{done.stderr}")
    return done


def ctl(*words, language="C.UTF-8"):
    return run(BIN / "welfarectl", *words, env={"PATH": "/usr/bin:/bin", "LANG": language}).stdout


# Answers with what the shell offers behind a line, a word a line.
BASH = r'''
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
compopt() { :; }
_welfarectl
printf '%s\n' "${COMPREPLY[@]}"
'''

# zsh completes in a terminal alone: it gets one, and what it would list is
# written down where its functions hand it over.
ZSH_SETUP = r'''
unset zle_bracketed_paste
PROMPT= RPROMPT=
# Where it is found again it is not made anew.
autoload -Uz compinit && compinit -C -d $dump
source $script
compadd() {
  if [[ " ${(j: :)@[1,(i)(-|--)]} " == *" -"[OAD]" "* ]]; then
    builtin compadd "$@"
    return
  fi
  local -a offered
  builtin compadd -O offered "$@"
  print -rl -- $offered >> $out
  builtin compadd "$@"
}
finish() { print -r -- END >> $out; exit; }
comppostfuncs=(finish)
'''
ZSH = r'''
zmodload zsh/zpty
export script=$1 out=$2 setup=$3 dump=$5
zpty shell zsh -f -i
zpty -w shell 'source $setup; print READY'
while zpty -r shell said; do [[ $said == READY* ]] && break; done
zpty -w -n shell "$4"$'\t'
while zpty -r shell said; do :; done
zpty -d shell
'''


class Completions(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        shared = tempfile.TemporaryDirectory(prefix="wcomplete-")
        cls.addClassCleanup(shared.cleanup)
        cls.shared = pathlib.Path(shared.name)

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="wcomplete-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "answers.csv").touch()  # what flags and arguments may name
        self.environment = {"PATH": f"{BIN}:/usr/bin:/bin", "LANG": "C.UTF-8",
                            "HOME": str(self.folder), "TERM": "dumb"}

    def script(self, shell):
        path = self.folder / f"welfarectl.{shell}"
        path.write_text(ctl("completion", shell))
        return path

    def offers_of(self, shell, line):
        """What `shell` offers for the last word of `line`."""
        script = self.script(shell)
        options = {"cwd": self.folder, "env": self.environment}
        if shell == "bash":
            words = shlex.split(line) + ([""] if line.endswith(" ") else [])
            # As bash cuts them (COMP_WORDBREAKS).
            words = [part for word in words for part in re.split(r"(=)", word) if part or word == ""]
            done = run("bash", "--norc", "-c", BASH, "bash", script, *words, **options)
        elif shell == "zsh":
            offered, setup = self.folder / "offered.txt", self.folder / "setup.zsh"
            offered.write_text("")
            setup.write_text(ZSH_SETUP)
            run("zsh", "-f", "-c", ZSH, "zsh", script, offered, setup, line, self.shared / "dump",
                **options)
            offers, end, _ = offered.read_text().partition("END")
            self.assertTrue(end, "zsh did not complete")
            return set(offers.split())
        else:
            done = run("fish", "--no-config", "-c",
                       f"source {script}; complete -C {shlex.quote(line)}", **options)
        offers = [offer.split("\t")[0] for offer in done.stdout.splitlines() if offer]
        return {offer.split("=", 1)[1] if re.match("--[a-z-]+=", offer) else offer for offer in offers}

    def test_shells_read_the_scripts(self):
        for shell in ("bash", "zsh", "fish"):
            with self.subTest(shell=shell):
                self.assertEqual(run(shell, "-n", self.script(shell)).stderr, "")

    def check(self, line, *wanted, more=False):
        for shell in ("bash", "zsh", "fish"):
            with self.subTest(shell=shell, line=line):
                offers = self.offers_of(shell, line)
                if more:
                    self.assertLessEqual(set(wanted), offers)
                else:
                    self.assertEqual(offers, set(wanted))

    def test_nouns_and_verbs_are_offered(self):
        self.check("welfarectl mun", "municipality")
        self.check("welfarectl roster ", "show", "timeline")
        self.check("welfarectl report excerpt con", "consent")
        self.check("welfarectl report template ", "get", "list", "set")
        self.check("welfarectl --survey trial status re", "record", "retract")
        self.check("welfarectl --survey=trial --output json key ", "create", "list", "revoke")

    def test_a_value_is_no_command(self):
        # The survey is called status here.
        self.check("welfarectl --survey status aud", "audit")

    def test_flags_are_offered_where_they_hold(self):
        self.check("welfarectl roster show --ent", "--entries")
        self.check("welfarectl roster show --serv", "--server")
        self.check("welfarectl audit head --ent")

    def test_words_of_a_list_are_offered(self):
        self.check("welfarectl --output ", "table", "json", "csv")
        self.check("welfarectl roster show --output=j", "json")
        self.check("welfarectl audit list ", "registry", "survey", "report")
        self.check("welfarectl status record 131016 --implementing ", "yes", "no", "ended")

    def test_files_are_offered(self):
        self.check("welfarectl submission import ans", "answers.csv")
        self.check("welfarectl key list --api-keys-file ans", "answers.csv")


class Manual(unittest.TestCase):
    def test_the_page_is_well_formed_and_names_every_verb(self):
        page = ctl("manual")
        # Lines may be long, since nobody reads the source, and a build has a
        # version, but no date.
        done = subprocess.run(["mandoc", "-T", "lint", "-W", "warning"], input=page, capture_output=True,
                              text=True, timeout=60, check=False)
        complaints = (done.stdout + done.stderr).splitlines()
        self.assertEqual([line for line in complaints if "missing date" not in line], [])
        text = subprocess.run(["mandoc", "-T", "utf8"], input=page, capture_output=True, text=True,
                              timeout=60, check=True).stdout
        text = re.sub(".\b", "", text)
        for noun, verbs in commands().items():
            for verb in verbs:
                self.assertIn(f"welfarectl {noun} {verb}".strip(), text)

    def test_it_is_in_japanese_too(self):
        self.assertIn("ゲートウェイ", ctl("--lang", "ja", "manual"))


def commands():
    """Every noun with its verbs, by the help."""
    def below(*words):
        _, _, tail = ctl(*words, "--help").partition("Subcommands:\n")
        return re.findall(r"^  ([a-z]+)", tail, re.MULTILINE)
    def verbs(noun):
        for verb in below(noun):
            yield from [f"{verb} {word}" for word in below(noun, verb)] or [verb]
    return {noun: list(verbs(noun)) or [""] for noun in below()}


class Examples(unittest.TestCase):
    def test_every_verb_has_one_that_can_be_typed(self):
        with tempfile.TemporaryDirectory(prefix="wexample-") as folder:
            for noun, verbs in commands().items():
                for verb in verbs:
                    words = [word for word in (noun, *verb.split()) if word]
                    _, _, tail = ctl(*words, "--help").partition("Examples:\n")
                    examples = tail.split("\n\n")[0].splitlines()
                    self.assertTrue(examples, words)
                    for example in examples:
                        with self.subTest(example=example.strip()):
                            self.check(example, folder)

    def check(self, example, folder):
        line = example.strip()
        if line.startswith("source "):
            line = line.removeprefix("source <(").removesuffix(")")
        typed = shlex.split(re.split(r" [|>] ", line)[0])
        self.assertEqual(typed[0], "welfarectl")
        done = run(BIN / "welfarectl", "--server", "127.0.0.1:1", "--timeout", "0.2", *typed[1:], check=False,
                   cwd=folder, env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"})
        # Nobody answers there, and files are missing; the words are right.
        self.assertIn(done.returncode, (0, 1, 5), done.stderr)


class Spelling(unittest.TestCase):
    def test_what_may_have_been_meant_is_named(self):
        for typed, said in (("munici", "welfarectl has no munici. Did you mean municipality?"),
                            ("roster shw", "welfarectl roster has no shw. Did you mean show?"),
                            ("roster show --fiscal-yeer 2025",
                             "welfarectl roster show has no --fiscal-yeer. Did you mean --fiscal-year?"),
                            ("--sevrer=x roster list", "welfarectl roster has no --sevrer. Did you mean --server?"),
                            ("zzzzzz", "welfarectl has no zzzzzz. --help says what there is."),
                            ("roster show --fiscal-year 2025 more", "welfarectl roster show has no more. --help")):
            with self.subTest(typed=typed):
                done = run(BIN / "welfarectl", *typed.split(), check=False,
                           env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"})
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                self.assertIn(said, done.stderr)
                self.assertIn("ARGUMENT_UNKNOWN", done.stderr)


if __name__ == "__main__":
    unittest.main()
