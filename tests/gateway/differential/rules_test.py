#!/usr/bin/python3
"""What the differential run (tools/check-differential) rests on, where the other
gateway is not installed: requests follow from their seed and show every
difference there is, README.md names each, and the judge tells answers apart.

usage: rules_test.py SOURCE GOOGLEAPIS
"""

import json
import pathlib
import random
import re
import sys
import unittest

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

import judge
import peer
import questions

SOURCE, GOOGLEAPIS = pathlib.Path(sys.argv[1]), sys.argv[2]
KNOWN = {*judge.REFUSED, *judge.READ, *judge.FORMS}


def mirror():
    pool = descriptor_pool.DescriptorPool()
    for file in peer.descriptors("mirror.proto", [peer.HERE, GOOGLEAPIS]).file:
        pool.Add(descriptor_pb2.FileDescriptorProto.FromString(file.SerializeToString()))
    thing = message_factory.MessageFactory(pool).GetPrototype(pool.FindMessageTypeByName("mirror.v1.Thing"))
    return questions.Mirror(thing)


def answer(status, value, content_type="application/json"):
    return judge.Answer(status, content_type, {}, json.dumps(value).encode())


def refusal(status, reason):
    return answer(status, {"error": {"code": status, "message": "no", "details": [
        {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason}]}})


class Rules(unittest.TestCase):
    def test_each_difference_stands_in_the_readme_and_is_shown(self):
        text = (SOURCE / "gateway" / "README.md").read_text("utf-8")
        section = text.partition("### Against grpc-gateway\n")[2].partition("\n#")[0]
        self.assertEqual(set(re.findall(r"^\| ([^|`-][^|]*?) \|", section, re.M)) - {"difference"}, KNOWN)
        makers = (mirror(), questions.Registry())
        shown = {maker.make(random.Random(f"{i}")).difference for maker in makers for i in range(4000)}
        self.assertEqual(shown - {""}, KNOWN - {*judge.FORMS} | {"HEAD and OPTIONS"})

    def test_a_seed_is_a_request(self):
        for maker in (mirror(), questions.Registry()):
            for i in range(200):
                self.assertEqual(str(maker.make(random.Random(f"{i}"))), str(maker.make(random.Random(f"{i}"))))

    def test_only_defaults_may_be_more(self):
        for ours, theirs, wrong in (
                ({"a": 0, "b": "x"}, {"b": "x"}, False), ({"a": 1, "b": "x"}, {"b": "x"}, True),
                ({"b": "x"}, {"b": "x", "a": 1}, True), ({"a": [{"b": ""}]}, {"a": [{}]}, False),
                ({"a": []}, {"a": [{}]}, True), ({"a": "1"}, {"a": 1}, True), ({"a": True}, {"a": 1}, True),
                ({"a": "KIND_UNSPECIFIED"}, {}, False), ({"a": "KIND_ROUND"}, {}, True),
                ({"m": "a,bC.d"}, {"m": {"paths": ["a", "b_c.d"]}}, False),
                ({"a": 123456792}, {"a": 123456790}, False), ({"a": 124}, {"a": 123}, True)):
            with self.subTest(ours=ours, theirs=theirs):
                self.assertEqual(judge.agrees(answer(200, ours), answer(200, theirs)) != "", wrong)

    def test_a_difference_is_allowed_where_it_was_asked_for_alone(self):
        plain = questions.Request("GET", "/mirror/things/a")
        odd = plain.deviating("unknown name", target="/mirror/things/a?nope=1")
        ours, theirs = refusal(400, "INVALID_REQUEST"), answer(200, {})
        self.assertEqual(judge.judge(odd, ours, theirs, theirs), "")
        self.assertNotEqual(judge.judge(plain, ours, theirs, None), "")
        self.assertNotEqual(judge.judge(odd, refusal(400, "MALFORMED_PATH"), theirs, theirs), "")
        self.assertNotEqual(judge.judge(odd, theirs, theirs, theirs), "")

    def test_errors_keep_their_code(self):
        theirs = answer(404, {"error": "none", "message": "none", "code": 5})
        self.assertEqual(judge.agrees(answer(404, {"error": {"code": 404, "message": "none"}}), theirs), "")
        self.assertNotEqual(judge.agrees(answer(404, {"error": {"code": 404, "message": "other"}}), theirs), "")
        self.assertNotEqual(judge.agrees(answer(400, {"error": {"code": 400, "message": "none"}}), theirs), "")
        self.assertNotEqual(judge.agrees(answer(404, {"message": "none"}), theirs), "")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
