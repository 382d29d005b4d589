"""Requests by a seed: for each route of the mirror and of the registry a random
one that both gateways must answer alike, and by the way one that shows a
difference (judge.py), beside the plain request that means the same.
"""

import dataclasses
import json
import uuid

import values


@dataclasses.dataclass
class Request:
    method: str
    target: str
    body: bytes = b""
    headers: tuple = ()
    stream: bool = False
    difference: str = ""
    plain: "Request" = None

    def __str__(self):
        lines = [f"{self.method} {self.target}", *(f"{name}: {value}" for name, value in self.headers)]
        return "\n".join(lines) + (f"\n\n{self.body!r}" if self.body else "")

    def deviating(self, difference, **changes):
        return dataclasses.replace(self, difference=difference, plain=self, **changes)


JSON_TYPE = (("content-type", "application/json"),)


def join(path, query):
    return f"{path}?{query}" if query else path


class Mirror:
    """Requests to the service that answers with what it was asked."""

    def __init__(self, thing):
        self.thing = thing.DESCRIPTOR
        self.inner = self.thing.fields_by_name["inner"].message_type

    def make(self, rng):
        return rng.choice((self.get, self.get, self.get_inner, self.create, self.create, self.mark,
                           self.add_inner, self.patch, self.delete, self.fail, self.watch,
                           self.wrong, self.deviation, self.deviation, self.deviation))(rng)

    # Alike for both.

    def segment(self, rng):
        # ":" would be a verb, "/" another segment; see the deviations.
        return values.escaped(rng, "".join(rng.choice("aZ09-._~!$&'()*+,;=@ 都é\"<>%?#[]|") for _ in range(
            rng.randint(1, 8))).lstrip(".") or "x", safe=rng.choice(("", "!$&'()*+,;=@")))

    def query(self, rng, *leave):
        return values.query(rng, values.message(
            rng, self.thing, leave=("name", "text", "int32_value", "failure", "choice_inner", *leave)))

    def get(self, rng):
        path = rng.choice((
            lambda: f"/mirror/things/{self.segment(rng)}",
            lambda: f"/mirror/other/{self.segment(rng)}/things/{rng.randint(-99, 99)}",
            lambda: f"/mirror/shelves/{self.segment(rng)}/things/{self.segment(rng)}:peek",
            lambda: "/mirror/files/" + "/".join(self.segment(rng) for _ in range(rng.randint(1, 4))),
            lambda: rng.choice(("/mirror/things/..", "/mirror/things/.", "/mirror/files/a/./b",
                                "/mirror/files/a/../b", "/mirror/files/%2e%2e"))))()
        if rng.random() < 0.05:  # an empty message, where none is read
            return Request("GET", join(path, self.query(rng)), b"{}", JSON_TYPE)
        return Request("GET", join(path, self.query(rng)))

    def get_inner(self, rng):
        return Request("GET", join(f"/mirror/things/{self.segment(rng)}/inner/{self.segment(rng)}",
                                   self.query(rng, "inner")))

    def body(self, rng, kind, leave=()):
        return values.json_message(rng, values.message(rng, kind, leave=leave)).encode()

    def create(self, rng):
        if rng.random() < 0.05:
            return Request("POST", "/mirror/things", b"", JSON_TYPE)
        return Request("POST", "/mirror/things", self.body(rng, self.thing, ("failure",)), rng.choice((
            JSON_TYPE, (("content-type", "application/json; charset=utf-8"),),
            (("Content-Type", "Application/JSON"),))))

    def mark(self, rng):
        path = f"/mirror/things/{self.segment(rng)}"
        verb = rng.choice(((":mark", "POST"), ("", "PUT")))
        return Request(verb[1], path + verb[0], self.body(rng, self.thing, ("failure", "name")), JSON_TYPE)

    def add_inner(self, rng):
        return Request("POST", f"/mirror/things/{self.segment(rng)}/inner", self.body(rng, self.inner), JSON_TYPE)

    def patch(self, rng):
        """With a mask, which the other gateway adds paths of its own to."""
        mask, paths = rng.choice((("text", '"text"'), ("text,number", '"text","number"'),
                                  ("inner.text", '"inner.text"')))
        body = self.body(rng, self.inner)
        plain = Request("POST", "/mirror/things", b'{"name":"things/a","inner":%s,"updateMask":{"paths":[%s]}}' % (
            body, paths.encode()), JSON_TYPE)
        return plain.deviating("masks as the mapping has them", method="PATCH", body=body,
                               target=f"/mirror/things/a?{rng.choice(('updateMask', 'update_mask'))}={mask}")

    def delete(self, rng):
        body = rng.choice(((b"", ()), (b"{ }", JSON_TYPE)))
        return Request("DELETE", join(f"/mirror/things/{self.segment(rng)}", self.query(rng)), *body)

    def fail(self, rng):
        code = rng.choice((1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16))
        message = rng.choice(("no such thing", "理由", "a \"quoted\" 50% \\ word", "line\nbreak"))
        return Request("GET", f"/mirror/things/a?failure.code={code}&failure.message="
                       + values.query_escaped(rng, message))

    def watch(self, rng):
        count = rng.choice((0, 1, 3, 20))
        return Request("GET", f"/mirror/things/{self.segment(rng)}:watch?int32_value={count}", stream=True)

    def wrong(self, rng):
        """What both refuse."""
        queries = ("int32_value=x", "int32_value=", "int32_value=1e2", "int64_value=7.0",
                   "int32_value=1.5", "int32_value=2147483648",
                   "int32_value=%201", "uint32_value=-1", "int64_value=9223372036854775808", "flag=yes",
                   "flag=", "kind=KIND_NONE", "kind=7", "kind=kind_round", "at=2025-04-01",
                   "at=2025-04-01T00:00:00%2B0900", "at=tomorrow", "at=", "period=1", "period=x",
                   "some_int32=x", "some_flag=1", "numbers=1&numbers=x", "kinds=KIND_ROUND&kinds=9",
                   "inner=x", "inner.text.more=x", "int32_value.x=1", "choice_text=a&choice_number=1",
                   "data=%21%21", "precise=x", "single=1e39")
        bodies = ("[]", "1", "\"a\"", "{", "{]", "{'text':'a'}", "{text:\"a\"}", "{\"text\":\"a\",}",
                  "{\"numbers\":[1,]}", "{\"text\":\"a\" \"flag\":true}", "{\"flag\":\"true\"}", "{\"flag\":1}",
                  "{\"int32Value\":2147483648}", "{\"uint32Value\":-1}", "{\"int32Value\":\"\"}",
                  "{\"int32Value\":1.5}", "{\"int32Value\":\"x\"}", "{\"uint64Value\":\"1e2\"}",
                  "{\"int32Value\":01}", "{\"int32Value\":+1}",
                  "{\"int64Value\":9223372036854775808}", "{\"text\":1}", "{\"text\":[\"a\"]}",
                  "{\"kind\":\"KIND_NONE\"}", "{\"kind\":\"\"}", "{\"at\":\"2025-04-01\"}", "{\"at\":\"\"}",
                  "{\"at\":1}", "{\"period\":\"1\"}", "{\"period\":\"\"}", "{\"inner\":[]}", "{\"inner\":\"a\"}",
                  "{\"numbers\":1}", "{\"numbers\":{}}", "{\"labels\":[]}", "{\"labels\":{\"a\":1}}",
                  "{\"byNumber\":{\"x\":{}}}", "{\"data\":\"!\"}", "{\"data\":1}",
                  "{\"precise\":\"x\"}", "{\"precise\":.5}", "{\"precise\":1.}",
                  "{\"text\":\"\\x\"}", "{\"text\":\"\\u12\"}", "{\"text\":\"a\nb\"}", "// c\n{}",
                  "{/**/}", "\ufeff{}", "NaN", "{\"precise\":NaN}", "{\"flag\":True}", "{\"flag\":nul}")
        paths = (("GET", "/mirror"), ("GET", "/mirror/"), ("GET", "/mirror/nothing/a"),
                 ("GET", "/mirror/things/a/b"), ("GET", "/Mirror/things/a"),
                 ("GET", "/mirror/other/a/things/x"), ("GET", "/mirror/other/a/things/1.5"),
                 ("POST", "/mirror/things/a"), ("PUT", "/mirror/things"), ("DELETE", "/mirror/things"),
                 ("PATCH", "/mirror/files/a"), ("GET", "/mirror/things/a:no"), ("GET", "/mirror/things/a:peek"),
                 ("GET", "/mirror/things/a:b:c"), ("GET", "/mirror/things/:peek"),
                 ("GET", "/mirror/files/a/b:no"), ("GET", "/mirror/./things/a"))
        draw = rng.random()
        if draw < 0.4:
            return Request("GET", f"/mirror/things/a?{rng.choice(queries)}")
        if draw < 0.8:
            return Request("POST", "/mirror/things", rng.choice(bodies).encode(), JSON_TYPE)
        return Request(*rng.choice(paths))

    # Otherwise.

    def deviation(self, rng):
        return rng.choice((self.deviating_query, self.deviating_path, self.deviating_body,
                           self.deviating_text, self.deviating_request))(rng)

    def deviating_query(self, rng):
        base = Request("GET", "/mirror/things/a")
        difference, query, plain = rng.choice((
            ("unknown name", "nope=1", None), ("unknown name", "inner.nope=1", None),
            ("unknown name", "Flag=true", None), ("unknown name", "=1", None),
            ("given twice", "int32_value=1&int32_value=2", None), ("given twice", "text=a&text=a", None),
            ("given twice", "int32Value=1&int32_value=1", None),
            ("path overridden", "name=things/b", None),
            ("loose text", "int32_value=0x10", None), ("loose text", "int32_value=%2B1", None),
            ("loose text", "int32_value=010", None), ("loose text", "int32_value=1_000", None),
            ("loose text", "flag=1", None), ("loose text", "flag=T", None), ("loose text", "flag=True", None),
            ("loose text", "precise=0x1p-2", None), ("loose text", "precise=inf", None),
            ("loose text", "precise=1_0.5", None), ("loose text", "period=1h", None),
            ("loose text", "period=1m30s", None), ("loose text", "period=1500ms", None),
            ("loose text", "some_int32=2147483648", None), ("loose text", "at=null", None),
            ("loose text", "at=2025-04-01T9:00:00Z", None), ("loose text", "period=null", None),
            ("map in a query", "labels[a]=b", None), ("map in a query", "labels%5Ba%5D=b", None),
            ("malformed escape", "choice_text=%zz", None), ("malformed escape", "choice_text=%4", None),
            ("no text", "choice_text=%ff", None), ("no text", "choice_text=%00", None),
            ("no text", "choice_text=%ed%a0%80", None),
            ("base64 in both alphabets", "data=-_8%3D", "data=%2B/8%3D"),
            ("base64 in both alphabets", "some_data=-_8%3D", "some_data=%2B/8%3D"),
            ("base64 in both alphabets", "data=KIs", "data=KIs%3D"),
            ("both names of a field", "choiceText=a", "choice_text=a"),
            ("both names of a field", "choiceNumber=-5", "choice_number=-5"),
            ("masks as the mapping has them", "updateMask=inner.text,int32Value",
             "updateMask=inner.text,int32_value")))
        if plain is None:
            return base.deviating(difference, target=f"{base.target}?{query}")
        return Request("GET", f"{base.target}?{plain}").deviating(difference, target=f"{base.target}?{query}")

    def deviating_path(self, rng):
        difference, path, plain = rng.choice((
            ("encoded slash", "/mirror%2Fthings/a", None), ("encoded slash", "/mirror/things%2fa", None),
            ("percent-decoding once", "/mirror/things/%2561", '{"name":"things/%61"}'),
            ("percent-decoding once", "/mirror/things/a%3Apeek", '{"name":"things/a:peek"}'),
            ("percent-decoding once", "/mirror/things/a%2Fb", '{"name":"things/a%2Fb"}'),
            ("percent-decoding once", "/mirror/other/a%2Fb/things/1", '{"text":"a/b","int32Value":1}'),
            ("malformed escape", "/mirror/things/%zz", None), ("malformed escape", "/mirror/things/a%4", None),
            ("no text", "/mirror/things/%ff", None), ("no text", "/mirror/things/a%00", None),
            ("no text", "/mirror/things/%c0%af", None),
            *(("empty segment or verb", path, None) for path in (
                "/mirror/things/", "/mirror/files/a//b", "/mirror/files/", "//mirror/things/a",
                "/mirror/things/a:"))))
        same = Request("POST", "/mirror/things", (plain or "{}").encode(), JSON_TYPE)
        return same.deviating(difference, method="GET", target=path, body=b"", headers=())

    def deviating_body(self, rng):
        nested = '{"inner":' * 40 + "{}" + "}" * 40
        difference, body, plain = rng.choice((
            ("strict JSON", '{"text":"a","text":"b"}', None),
            ("strict JSON", '{"int32Value":1,"int32_value":1}', None),
            ("unknown name", '{"nope":1}', None), ("unknown name", '{"inner":{"nope":1}}', None),
            ("strict JSON", '{} {}', None), ("strict JSON", '{}//', None),
            ("strict JSON", '{}x', None), ("strict JSON", '{},', None),
            ("strict JSON", nested, None), ("strict JSON", '{"texts":["a",null]}', None),
            ("strict JSON", '{"inners":[null]}', None), ("strict JSON", '{"kind":7}', None),
            ("strict JSON", '{"kinds":["KIND_ROUND",9]}', None),
            ("strict JSON", '{"choiceText":"a","choiceNumber":1}', None),
            ("strict JSON", '{"text":"\\ud800"}', None), ("strict JSON", '{"text":"\\u0000"}', None),
            ("strict JSON", '{"period":"1h"}', None), ("strict JSON", '{"period":"1500ms"}', None),
            ("strict JSON", '{"at":"2025-04-01T9:00:00Z"}', None), ("strict JSON", 'null', None),
            ("strict JSON", '{"someInt32":2147483648}', None),
            ("numbers as the mapping has them", '{"int32Value":7.0}', '{"int32Value":7}'),
            ("numbers as the mapping has them", '{"int64Value":1e2}', '{"int64Value":100}'),
            ("numbers as the mapping has them", '{"int32Value":-0}', '{"int32Value":0}'),
            ("numbers as the mapping has them", '{"kind":1.0}', '{"kind":1}'),
            ("base64 in both alphabets", '{"data":"-_8="}', '{"data":"+/8="}'),
            ("base64 in both alphabets", '{"data":"+/8"}', '{"data":"+/8="}'),
            ("base64 in both alphabets", '{"someData":"-_8"}', '{"someData":"+/8="}'),
            ("masks as the mapping has them", '{"updateMask":"inner.text,int32Value"}',
             '{"updateMask":{"paths":["inner.text","int32_value"]}}'),
            ("null is not given", '{"text":null,"numbers":null,"inner":null,"labels":null,"kind":null}', '{}'),
            ("null is not given", '{"someInt32":null,"at":null,"choiceText":null,"flag":true}', '{"flag":true}')))
        request = Request("POST", "/mirror/things", (plain or body).encode(), JSON_TYPE)
        return request.deviating(difference, body=body.encode())

    def deviating_text(self, rng):
        body = rng.choice((b'{"text":"\xff"}', b'{"text":"\xed\xa0\x80"}', b'{"\xff":1}', b'{"text":"\xc0\x80"}',
                           b'{"labels":{"\xfe":"a"}}'))
        return Request("POST", "/mirror/things", b"{}", JSON_TYPE).deviating("no text", body=body)

    def deviating_request(self, rng):
        post = Request("POST", "/mirror/things", b'{"text":"a"}', JSON_TYPE)
        get = Request("GET", "/mirror/things/a?flag=true")
        return rng.choice((
            lambda: post.deviating("other media type", headers=(("content-type", "text/plain"),)),
            lambda: post.deviating("other media type", headers=(
                ("content-type", "application/json; charset=utf-16"),)),
            lambda: post.deviating("other media type", headers=(("content-type", "application/jsonp"),)),
            lambda: get.deviating("unknown name", body=b'{"text":"a"}', headers=JSON_TYPE),
            lambda: get.deviating("strict JSON", body=b"{", headers=JSON_TYPE),
            lambda: get.deviating("no form", method="POST", target="/mirror/things/a", body=b"flag=true",
                                  headers=(("content-type", "application/x-www-form-urlencoded"),)),
            lambda: post.deviating("no form", body=b"", target="/mirror/things/a", headers=(
                ("content-type", "application/x-www-form-urlencoded"), ("x-http-method-override", "GET"))),
            lambda: get.deviating("HEAD and OPTIONS", method="HEAD"),
            lambda: get.deviating("HEAD and OPTIONS", method="OPTIONS"),
            lambda: get.deviating("malformed header", headers=(("grpc-timeout", rng.choice(
                ("1", "1x", "123456789S", "-1S", "1.5S"))),)),
            lambda: Request("POST", "/mirror/things/a/inner?flag=true", b'{"text":"a"}', JSON_TYPE),
            lambda: Request("PATCH", "/mirror/things/a?updateMask=text", b'{"text":"b"}', JSON_TYPE).deviating(
                "mask checked", target="/mirror/things/a?updateMask=nope"),
            lambda: Request("POST", "/mirror/things", b'{"name":"things/a","inner":{"text":"b","inner":{"number":1}},'
                            b'"updateMask":{"paths":["text","inner.number"]}}', JSON_TYPE).deviating(
                                "masks as the mapping has them", method="PATCH", target="/mirror/things/a",
                                body=b'{"text":"b","inner":{"number":1}}'),
        ))()


class Registry:
    """Requests to the real service, with Tokyo's registry loaded."""

    CODES = ("131016", "131024", "132012", "133035", "134015", "139999", "131017", "1", "abc", "東京")

    def make(self, rng):
        return rng.choice((self.read, self.read, self.read, self.write, self.deviation))(rng)

    PIN = {"dataVersion": (1, 2, 99_999, -1), "data_version": (3,), "knownAt": (
        "2000-01-01T00:00:00Z", "2000-01-01T09:00:00+09:00", "2999-01-01T00:00:00Z", "yesterday")}
    YEAR = {"fiscalYear": (2021, 2024, 2025, 1800, 0, -1), "fiscal_year": (2025,)}
    PAGE = {"pageSize": (1, 7, 1000, 0, -1, 2000), "page_token": ("nonsense", "")}
    TEXTS = ("千代田区", "八王子市", "131016", "13101", "桧原村", "どこか", "")

    def read(self, rng):
        code = values.escaped(rng, rng.choice(self.CODES[:5] * 3 + self.CODES))
        names = {"names": [f"municipalities/{one}" for one in self.CODES]}
        path, known = rng.choice((
            (f"/v1/municipalities/{code}", self.YEAR), (f"/v1/municipalities/{code}/history", self.PAGE),
            ("/v1/municipalities", {**self.YEAR, **self.PAGE}),
            ("/v1/municipalities:resolve", {**self.YEAR, "text": self.TEXTS}),
            ("/v1/municipalities:batchGet", {**self.YEAR, **names}),
            (f"/v1/programs/{rng.choice(('jusou', 'jusou', 'nope'))}", {}), ("/v1/programs", self.PAGE),
            (f"/v1/programs/jusou/rosters/{rng.choice((2021, 2024, 2025, 1800, 'x'))}", {}),
            ("/v1/programs/jusou/timeline", {}), ("/v1/lineageEvents", self.PAGE)))
        parts = [f"{name}={values.query_escaped(rng, str(rng.choice(drawn)))}"
                 for name, drawn in {**self.PIN, **known}.items()
                 if rng.random() < (0.9 if name in ("text", "names") else 0.15)]
        spelled = {part.partition("=")[0].replace("_", "").lower() for part in parts}
        return Request("GET", join(path, "&".join(parts if len(spelled) == len(parts) else parts[-1:])))

    def write(self, rng):
        """Sent with a request_id, and so done once and told twice; or refused."""
        fields = {"code": rng.choice(self.CODES), "displayName": rng.choice(("架空村", "", "x" * 200)),
                  "kana": rng.choice(("かくうむら", "カクウ", "")), "type": rng.choice(("VILLAGE", "CITY", 3))}
        given = {key: value for key, value in fields.items() if rng.random() < 0.8}
        key = uuid.UUID(int=rng.getrandbits(128), version=4)
        return Request("POST", f"/v1/municipalities?requestId={key}", json.dumps(given).encode(), JSON_TYPE)

    def deviation(self, rng):
        plain = Request("GET", "/v1/municipalities/131016?fiscalYear=2025")
        return rng.choice((
            plain.deviating("unknown name", target=plain.target + "&nope=1"),
            plain.deviating("given twice", target=plain.target + "&fiscalYear=2024"),
            plain.deviating("path overridden", target=plain.target + "&name=municipalities/131024"),
            plain.deviating("HEAD and OPTIONS", method="HEAD"),
            plain.deviating("encoded slash", target="/v1/municipalities%2F131016")))
