"""The figures of tools/bench. To add one, see tests/bench/README.md."""

import atexit
import contextlib
import functools
import hashlib
import json
import os
import sys
import urllib.request

import attacks
import bystander
from measure import (SOURCE, BenchError, Figure, Goal, Server, UNARY_LOADS, h2load, h2load_get,
                     program_json, run, string_message, unary_loads, wait_for, wrk, yardstick)

sys.path.append(str(SOURCE / "tests" / "support"))

import certificates  # noqa: E402

# How many requests in each turn, and how many before the first.
REQUESTS = 8_000
WARM_UP = 3_000
# Turns of every load in a round.
TURNS = 8

REGISTRY = "/welfare.registry.v1.RegistryService/"
# About as long as the paths of the product: the path is a part of each request.
ECHO = "/welfare.bench.v1.BareCallbackService/AnswerInFull"
# Japan, 2025: cities, towns, villages and special wards.
MUNICIPALITIES = 1741


# --- the registry as shipped -------------------------------------------------


@functools.cache
def postgres():
    """The PostgreSQL of this run, as durable as one in production."""
    import postgres_fixture
    server = postgres_fixture.Server(durable=True)
    atexit.register(server.remove)
    return server.make()


@functools.cache
def postgres_database(folder):
    """Makes the database of one data folder; returns its URL."""
    name = "bench_" + hashlib.sha256(str(folder).encode()).hexdigest()[:16]
    postgres().sql(f"CREATE DATABASE {name}", "postgres")
    return postgres().url(database=name)


def engine_flags(engine, folder):
    """Returns the flags that give a service this database engine.

    A new `folder` means an empty database, the same folder the same one.
    """
    if engine == "sqlite":
        return [f"--data-dir={folder}"]
    return [f"--database-url={postgres_database(folder)}"]


def programs_of_the_bench(folder, count):
    """Makes an assets folder with the programmes bench0, bench1, ...; returns it."""
    data = folder / "assets" / "services" / "registry" / "data"
    data.mkdir(parents=True, exist_ok=True)
    (data / "programs.csv").write_text(
        "program,display_name,display_name_en,first_fiscal_year,legal_basis\n"
        + "".join(f"bench{i},架空の事業{i},Synthetic {i},1900,架空\n" for i in range(count)), "utf-8")
    return folder / "assets"


@contextlib.contextmanager
def registry(bench, data, folder, assets=SOURCE):
    """Runs welfare-registry with metrics and access log; yields (server, address)."""
    with Server([bench.program("welfare-registry"), "--listen=127.0.0.1:0",
                 "--ops-listen=127.0.0.1:0", f"--assets-dir={assets}", "--drain-wait-ms=0",
                 *engine_flags(bench.engine, data)], folder) as server:
        yield server, server.find_in_log(r'"address":"(127[^"]+)"')


@contextlib.contextmanager
def tokyo(bench):
    """A folder with Tokyo's registry loaded."""
    with bench.folder() as folder:
        data = folder / "data"
        data.mkdir()
        with registry(bench, data, folder) as (_, address):
            for noun, file in (("municipality", "municipalities.csv"), ("status", "status-jusou.csv")):
                run([bench.program("welfarectl"), "--server", address, noun, "import",
                     SOURCE / "services" / "registry" / "data" / file])
        yield folder, data


def registry_unary(method, name):
    """A unary read of the registry against the bare echo of equal reply size."""
    path, message = REGISTRY + method, string_message(name)

    @contextlib.contextmanager
    def sides(bench):
        requests, warm_up = bench.count(REQUESTS), bench.count(WARM_UP)
        with tokyo(bench) as (folder, data):
            with registry(bench, data, folder) as (_, address):
                size = h2load(address, path, message, 1, 1, 1, folder)["bytes"]
            if size <= 0:
                raise BenchError(f"{method} answers with an error")

            @contextlib.contextmanager
            def product():
                with registry(bench, data, folder) as (server, address):
                    yield unary_loads(server, address, path, message, size, folder, requests, warm_up)

            @contextlib.contextmanager
            def limit():
                with yardstick(bench, folder, "bench-echo", f"--reply-bytes={size}") as (server, address):
                    yield unary_loads(server, address, ECHO, message, size, folder, requests, warm_up)
            yield {"registry": product, "bare echo": limit}
    return sides


@contextlib.contextmanager
def access_log(bench):
    """GetMunicipality as shipped, against the same without its line in the log."""
    path, message = REGISTRY + "GetMunicipality", string_message("municipalities/131016")
    requests, warm_up = bench.count(REQUESTS), bench.count(WARM_UP)

    def side(folder, data, least_level):
        @contextlib.contextmanager
        def start():
            # A quiet process names no port, so both sides have a socket.
            socket = folder / "registry.sock"
            with Server([bench.program("welfare-registry"), f"--listen=unix:{socket}",
                         "--ops-listen=127.0.0.1:0", f"--assets-dir={SOURCE}", "--drain-wait-ms=0",
                         f"--log-level={least_level}", *engine_flags(bench.engine, data)], folder) as server:
                wait_for(socket.exists, "the registry's socket")
                yield unary_loads(server, f"unix:{socket}", path, message, None, folder, requests, warm_up)
        return start

    # Both run at once, and a database file is one process's.
    with tokyo(bench) as logged, tokyo(bench) as quiet:
        yield {"as shipped": side(*logged, "info"), "no access log": side(*quiet, "warning")}


def load_registry(bench, address, programs, years):
    """Imports synthetic municipalities and status records; checks their number."""
    municipalities = min(MUNICIPALITIES, bench.count(MUNICIPALITIES))
    done = program_json([bench.program("bench-registry-load"), "--server", address, "--task=import",
                         "--municipalities", municipalities, "--programs", programs, "--years", years])
    expected = municipalities * programs * years
    if done["status_records"] != expected:
        raise BenchError(f"{done['status_records']} records were created, not {expected}")
    return done


@contextlib.contextmanager
def import_national(bench):
    """Two programmes of every municipality for twenty years, on an empty database."""
    def load(server, address):
        done = load_registry(bench, address, programs=2, years=20)
        return {"seconds": done["seconds"], "rows_per_second": done["rows_per_second"],
                "server_cpu_s": server.cpu_seconds(), "peak_rss_mib": server.peak_rss_mib()}

    @contextlib.contextmanager
    def product():
        with bench.folder() as folder:
            data = folder / "data"
            data.mkdir()
            assets = programs_of_the_bench(folder, 2)
            with registry(bench, data, folder, assets) as running:
                yield {"import": functools.partial(load, *running)}
    yield {"registry": product}


@contextlib.contextmanager
def watch(bench):
    """All changes of 29 programmes, a little over a million."""
    with bench.folder() as folder:
        data = folder / "data"
        data.mkdir()
        assets = programs_of_the_bench(folder, 29)
        with registry(bench, data, folder, assets) as (_, address):
            load_registry(bench, address, programs=29, years=20)

        def read_all(server, address):
            before = server.cpu_seconds()
            done = program_json([bench.program("bench-registry-load"), "--server", address, "--task=watch"])
            return {"changes": done["changes"], "changes_per_second": done["changes_per_second"],
                    "server_cpu_s": server.cpu_seconds() - before,
                    "client_cpu_s": done["client_cpu_seconds"]}

        @contextlib.contextmanager
        def product():
            with registry(bench, data, folder, assets) as running:
                yield {"from 0": functools.partial(read_all, *running)}
        yield {"registry": product}


# --- the gateway -------------------------------------------------------------

GET_MUNICIPALITY = (REGISTRY + "GetMunicipality", "municipalities/131016")


@contextlib.contextmanager
def gateway(bench, folder, registry_address, *flags):
    """Runs welfare-gateway; yields (server, gRPC address, HTTP address)."""
    # Only the registry is there; nobody calls the others.
    with Server([bench.program("welfare-gateway"), "--listen=127.0.0.1:0", "--http-listen=127.0.0.1:0",
                 "--admin-listen=127.0.0.1:0", "--ops-listen=127.0.0.1:0", f"--assets-dir={SOURCE}",
                 "--drain-wait-ms=0", f"--peer-registry={registry_address}",
                 *(f"--peer-{peer}=unix:{folder / peer}.sock" for peer in ("survey", "indicator", "report")),
                 *flags], folder) as server:
        yield (server, *(server.find_in_log(rf'"listener":"{listener}","address":"([^"]+)"')
                         for listener in ("grpc", "http")))


@contextlib.contextmanager
def gateway_grpc(bench):
    """A unary call through the gateway and through the bare forward."""
    path, message = GET_MUNICIPALITY[0], string_message(GET_MUNICIPALITY[1])
    requests, warm_up = bench.count(REQUESTS), bench.count(WARM_UP)
    with tokyo(bench) as (folder, data), registry(bench, data, folder) as (_, backend):
        @contextlib.contextmanager
        def product():
            with gateway(bench, folder, backend) as (server, address, _):
                yield unary_loads(server, address, path, message, None, folder, requests, warm_up)

        @contextlib.contextmanager
        def limit():
            with yardstick(bench, folder, "bench-forward", f"--backend={backend}") as (server, address):
                yield unary_loads(server, address, path, message, None, folder, requests, warm_up)
        yield {"gateway": product, "bare forward": limit}


def json_loads(server, address, name, *options):
    """The turns of GETs of one resource, warmed up; `options` of wrk."""
    def turn(connections):
        before = server.cpu_seconds()
        values = wrk(address, f"/v1/{name}", connections, 1, *options)
        values["cpu_us"] = (server.cpu_seconds() - before) / values.pop("requests") * 1e6
        return values

    wrk(address, f"/v1/{name}", 32, 1, *options)
    return {f"c={connections}": functools.partial(turn, connections) for connections in (1, 32)}


@contextlib.contextmanager
def gateway_json(bench):
    """GET of one municipality as JSON, through the gateway and the bare server."""
    method, name = GET_MUNICIPALITY
    with tokyo(bench) as (folder, data), registry(bench, data, folder) as (_, backend):
        @contextlib.contextmanager
        def product():
            with gateway(bench, folder, backend) as (server, _, address):
                yield json_loads(server, address, name)

        @contextlib.contextmanager
        def limit():
            with yardstick(bench, folder, "bench-json", f"--backend={backend}", f"--method={method}",
                           f"--name={name}",
                           "--reply-type=welfare.registry.v1.Municipality") as (server, address):
                yield json_loads(server, address, name)
        yield {"gateway": product, "bare JSON": limit}


def not_modified_loads(server, address, path, folder, requests, warm_up):
    """The turns of GETs over HTTP/2 by who has the answer already."""
    with urllib.request.urlopen(f"http://{address}{path}", timeout=20) as answer:
        headers = [f"if-none-match: {answer.headers['etag']}"]

    def turn(clients, streams):
        before = server.cpu_seconds()
        values = h2load_get(address, path, "3xx", clients, streams, requests, folder, headers)
        values["cpu_us"] = (server.cpu_seconds() - before) / requests * 1e6
        return values

    for clients, streams in UNARY_LOADS:
        h2load_get(address, path, "3xx", clients, streams, warm_up, folder, headers)
    return {f"{clients}x{streams}": functools.partial(turn, clients, streams)
            for clients, streams in UNARY_LOADS}


@contextlib.contextmanager
def gateway_not_modified(bench):
    """A roster that its caller has, against the bare forward of a municipality:
    the hop is the same, and neither moves a roster."""
    path, message = GET_MUNICIPALITY[0], string_message(GET_MUNICIPALITY[1])
    requests, warm_up = bench.count(REQUESTS), bench.count(WARM_UP)
    with tokyo(bench) as (folder, data), registry(bench, data, folder) as (_, backend):
        @contextlib.contextmanager
        def product():
            with gateway(bench, folder, backend) as (server, _, address):
                yield not_modified_loads(server, address, "/v1/programs/jusou/rosters/2025", folder,
                                         requests, warm_up)

        @contextlib.contextmanager
        def limit():
            with yardstick(bench, folder, "bench-forward", f"--backend={backend}") as (server, address):
                yield unary_loads(server, address, path, message, None, folder, requests, warm_up)
        yield {"gateway": product, "bare forward": limit}


def gateway_tls(loads):
    """The gateway behind TLS against the same without; `loads` makes the turns
    of (server, gRPC address, HTTP address, folder)."""
    @contextlib.contextmanager
    def sides(bench):
        with tokyo(bench) as (folder, data), registry(bench, data, folder) as (_, backend):
            certificate, key = certificates.Authority(folder, "bench").issue("localhost", "serverAuth")

            @contextlib.contextmanager
            def encrypted():
                with gateway(bench, folder, backend, f"--tls-cert-file={certificate}",
                             f"--tls-key-file={key}") as (server, *addresses):
                    yield loads(bench, server, *(f"https://{address}" for address in addresses), folder)

            @contextlib.contextmanager
            def plain():
                with gateway(bench, folder, backend) as (server, *addresses):
                    yield loads(bench, server, *addresses, folder)
            yield {"TLS": encrypted, "plain": plain}
    return sides


def tls_grpc_loads(bench, server, grpc, _, folder):
    return unary_loads(server, grpc, GET_MUNICIPALITY[0], string_message(GET_MUNICIPALITY[1]), None,
                       folder, bench.count(REQUESTS), bench.count(WARM_UP))


def tls_json_loads(_, server, __, http, ___):
    return json_loads(server, http, GET_MUNICIPALITY[1])


# --- the whole platform, and who calls it ------------------------------------


@contextlib.contextmanager
def platform(bench, folder, data, *flags):
    """Runs welfared; yields (server, gRPC address, HTTP address)."""
    with Server([bench.program("welfared"), "--listen=127.0.0.1:0", "--http-listen=127.0.0.1:0",
                 "--admin-listen=127.0.0.1:0", "--ops-listen=127.0.0.1:0", f"--assets-dir={SOURCE}",
                 "--drain-wait-ms=0", "--log-format=json", *engine_flags(bench.engine, data), *flags],
                folder) as server:
        yield (server, *(server.find_in_log(rf'"listener":"{listener}","address":"([^"]+)"')
                         for listener in ("grpc", "http")))


def tls_flags(folder):
    """The flags of a gateway behind TLS: tokens are taken nowhere else."""
    certificate, key = certificates.Authority(folder, "bench").issue("localhost", "serverAuth")
    return [f"--tls-cert-file={certificate}", f"--tls-key-file={key}"]


def make_tokens(bench, folder, grants, count=1):
    """Makes tokens and returns the flags of a platform that takes them, and the
    file that holds them."""
    folder.mkdir()
    run([bench.program("bench-tokens"), f"--folder={folder}", f"--count={count}",
         f"--grants={json.dumps(grants)}"])
    return (["--auth=jwt", f"--jwks-file={folder / 'jwks.json'}", "--jwt-issuer=bench",
             "--jwt-audience=welfare", *tls_flags(folder)], folder / "tokens.txt")


def bearer(tokens):
    return f"authorization: Bearer {tokens.read_text().split()[0]}"


@contextlib.contextmanager
def token_grpc(bench):
    """GetMunicipality with a token, against the same request where nobody is
    asked. What the token's bytes alone cost, which h2load codes by Huffman anew
    in each request, shows beside one that sends none."""
    path, message = GET_MUNICIPALITY[0], string_message(GET_MUNICIPALITY[1])
    requests, warm_up = bench.count(REQUESTS), bench.count(WARM_UP)
    with (tokyo(bench) as (folder, data), tokyo(bench) as (_, other_data),
          tokyo(bench) as (_, third_data)):
        flags, tokens = make_tokens(bench, folder / "tokens", ["manager@jusou"])

        def side(data, headers, *flags):
            @contextlib.contextmanager
            def start():
                with platform(bench, folder, data, *flags) as (server, address, _):
                    yield unary_loads(server, f"https://{address}", path, message, None, folder, requests,
                                      warm_up, headers)
            return start
        # Both run at once, and a database file is one process's.
        yield {"with token": side(data, [bearer(tokens)], *flags),
               "nobody asked": side(other_data, [bearer(tokens)], *tls_flags(folder)),
               "no token sent": side(third_data, [], *tls_flags(folder))}


@contextlib.contextmanager
def token_json(bench):
    """The same as JSON."""
    with (tokyo(bench) as (folder, data), tokyo(bench) as (_, other_data),
          tokyo(bench) as (_, third_data)):
        flags, tokens = make_tokens(bench, folder / "tokens", ["manager@jusou"])

        def side(data, options, *flags):
            @contextlib.contextmanager
            def start():
                with platform(bench, folder, data, *flags) as (server, _, address):
                    yield json_loads(server, f"https://{address}", GET_MUNICIPALITY[1], *options)
            return start
        yield {"with token": side(data, ["-H", bearer(tokens)], *flags),
               "nobody asked": side(other_data, ["-H", bearer(tokens)], *tls_flags(folder)),
               "no token sent": side(third_data, [], *tls_flags(folder))}


@contextlib.contextmanager
def denied(bench):
    """A call that is refused for want of a role, against the same allowed."""
    path, message = REGISTRY + "ListHistory", string_message("municipalities/131016")
    requests, warm_up = bench.count(REQUESTS), bench.count(WARM_UP)
    with tokyo(bench) as (folder, data), tokyo(bench) as (_, other_data):
        def side(name, data, grants):
            @contextlib.contextmanager
            def start():
                with bench.folder() as own:
                    flags, tokens = make_tokens(bench, own / name, grants)
                    with platform(bench, folder, data, *flags) as (server, address, _):
                        yield unary_loads(server, f"https://{address}", path, message, None, folder,
                                          requests, warm_up, [bearer(tokens)])
            return start
        yield {"denied": side("auditor", data, ["auditor@*"]),
               "allowed": side("manager", other_data, ["manager@jusou"])}


@contextlib.contextmanager
def many_tokens(bench):
    """What it takes to hold 10,000 different tokens."""
    count = bench.count(10_000)

    @contextlib.contextmanager
    def product():
        with tokyo(bench) as (folder, data):
            flags, tokens = make_tokens(bench, folder / "tokens", ["manager@jusou"], count)
            with platform(bench, folder, data, *flags) as (server, _, address):
                address, path = f"https://{address}", f"/v1/{GET_MUNICIPALITY[1]}"
                # What load itself leaves behind is no token's.
                wrk(address, path, 32, 3, "-H", bearer(tokens))

                def turn():
                    os.environ["WELFARE_TOKENS"] = str(tokens)
                    before, sent = server.rss_mib(), 0
                    script = SOURCE / "tests" / "bench" / "tokens.lua"
                    while sent < 2 * count:
                        sent += wrk(address, path, 32, 2, "-s", script)["requests"]
                    return {"tokens": count, "rss_growth_mib": server.rss_mib() - before}
                yield {f"{count} tokens": turn}
    yield {"platform": product}


# --- the platform's parts ----------------------------------------------------


def in_process(program, sides):
    """The sides of one benchmark program: for each side, the filter that picks
    its benchmark by load."""
    @contextlib.contextmanager
    def prepare(bench):
        def turn(benchmark):
            out = json.loads(run([bench.program(program), f"--benchmark_filter={benchmark}",
                                  "--benchmark_format=json",
                                  f"--benchmark_min_time={0.1 * min(1, bench.scale)}"]))
            return {"cpu_ns": out["benchmarks"][0]["cpu_time"]}

        def side(loads):
            return lambda: contextlib.nullcontext({load: functools.partial(turn, benchmark)
                                                   for load, benchmark in loads.items()})
        yield {name: side(loads) for name, loads in sides.items()}
    return prepare


def by_threads(benchmark):
    return {f"{threads} threads": f"{benchmark}/.*threads:{threads}$" for threads in (1, 2)}


def by_algorithm(benchmark):
    return {name: f"^{benchmark}<Algorithm::k{name}>$" for name in ("Rs256", "Es256")}


@contextlib.contextmanager
def audit_log(bench):
    """Heads and proofs of a log of a million records, its first reading, and
    the record that a read of personal data waits for: alone, and beside 500."""
    def ask():
        with bench.folder() as folder:
            return program_json([bench.program("bench-audit-log"), f"--database={folder / 'log.db'}",
                                 f"--records={bench.count(1_000_000)}"])
    yield {"audit tree": lambda: contextlib.nullcontext({"questions": ask})}


@contextlib.contextmanager
def hostile(bench):
    """The whole platform in one process, a client that holds and sends all it
    can, and what a reader beside it sees."""
    small = bench.scale < 1

    @contextlib.contextmanager
    def product():
        with bench.folder() as folder:
            data = folder / "data"
            data.mkdir()
            with platform(bench, folder, data) as (server, grpc, http):
                bystander.load_demonstration(bench.program("welfarectl"), grpc, folder / "demo")
                yield {"500 waiting": functools.partial(
                    bystander.turn, server, grpc, http, folder, bench.count(500), 10 if small else 70,
                    100 if small else 15_000, 200_000 if small else 1_000_000,
                    1 if small else 30, 0 if small else 60)}
    yield {"platform": product}


def attacked(source):
    """The whole platform in one process under callers who mean it no good."""
    @contextlib.contextmanager
    def sides(bench):
        @contextlib.contextmanager
        def product():
            with bench.folder() as folder:
                data = folder / "data"
                data.mkdir()
                with platform(bench, folder, data, "--shared-addresses=127.0.0.1") as (server, grpc, http):
                    bystander.load_demonstration(bench.program("welfarectl"), grpc, folder / "demo")
                    yield {attack: functools.partial(bystander.under_attack, server, http, attack, source,
                                                     1 if bench.scale < 1 else 10)
                           for attack in attacks.ATTACKS}
        yield {"platform": product}
    return sides


ATTACK_GOALS = (Goal("p99_ratio", at_most=1.5, absolute=True),
                Goal("health_p99_ms", at_most=50, absolute=True), Goal("failed", at_most=0, absolute=True),
                Goal("rss_growth_mib", at_most=256, absolute=True))
UNARY_GOALS = (Goal("rps", at_least=0.90), Goal("cpu_us", at_most=1.5))

FIGURES = (
    Figure("registry.get_municipality", "GetMunicipality from the reply cache, metrics and access log on",
           registry_unary("GetMunicipality", "municipalities/131016"), UNARY_GOALS, turns=TURNS),
    Figure("registry.get_roster", "GetRoster from the reply cache, metrics and access log on",
           registry_unary("GetRoster", "programs/jusou/rosters/2025"), UNARY_GOALS, turns=TURNS),
    Figure("registry.access_log", "what a line of access log for each call costs", access_log,
           turns=TURNS),
    Figure("registry.import_national", "1,741 municipalities, 2 programmes, 20 years through the import streams",
           import_national, (Goal("seconds", at_most=3.0, absolute=True),)),
    Figure("registry.watch", "StreamChanges from version 0 over 1,000,000 changes, parsed by the client",
           watch, (Goal("changes_per_second", at_least=1_000_000, absolute=True),)),
    Figure("gateway.grpc", "GetMunicipality through the gateway, against the bare two-hop forward",
           gateway_grpc, (Goal("rps", at_least=0.85), Goal("cpu_us", at_most=1.25)), turns=TURNS),
    Figure("gateway.json", "GET /v1/municipalities/131016, against the bare JSON server",
           gateway_json, (Goal("rps", at_least=1.2),), turns=3),
    Figure("gateway.not_modified", "GET of a roster that its caller has (304), against the bare two-hop"
           " forward of GetMunicipality", gateway_not_modified, (Goal("rps", at_least=1.0),), turns=TURNS),
    Figure("gateway.tls_grpc", "GetMunicipality through the gateway behind TLS, against the same without",
           gateway_tls(tls_grpc_loads), (Goal("rps", at_least=0.75),), turns=TURNS),
    Figure("gateway.tls_json", "GET /v1/municipalities/131016 behind TLS, against the same without",
           gateway_tls(tls_json_loads), (Goal("rps", at_least=0.75),), turns=3),
    Figure("platform.bystander", "reads beside a client with 500 waiting reads, 500 watchers, 20 codebooks of"
           " 70 entangled items, 20 submissions to one, 20 files of 15,000 wrong rows and 20"
           " submissions of 1,000,000 empty answers, all at once", hostile,
           (Goal("max_s", at_most=1.0, absolute=True), Goal("failed", at_most=0, absolute=True),
            Goal("rss_after_mib", at_most=400, absolute=True)), rounds=1),
    Figure("platform.attacks", "reads and health beside callers who reset, leave, stall and do not read, from"
           " another address", attacked("127.0.0.2"), ATTACK_GOALS, rounds=1),
    Figure("platform.attacks_beside", "the same from the bystander's own address", attacked("127.0.0.1"),
           ATTACK_GOALS, rounds=1),
    Figure("platform.memory_cache", "A hit of MemoryCache, 1 KiB, against a bare LRU",
           in_process("bench-memory-cache", {"MemoryCache": by_threads("HitMemoryCache"),
                                             "bare LRU": by_threads("HitBareLru")}),
           (Goal("cpu_ns", at_most=2.0),), turns=3),
    Figure("access.token_grpc", "GetMunicipality with a token, against the same request where nobody is asked",
           token_grpc, (Goal("rps", at_least=0.95),), turns=TURNS),
    Figure("access.token_json", "GET /v1/municipalities/131016 with a token, against the same request where"
           " nobody is asked", token_json, (Goal("rps", at_least=0.95),), turns=TURNS),
    Figure("access.denied", "ListHistory refused for want of a role, against the same allowed", denied,
           (Goal("cpu_us", at_most=1.0),), turns=TURNS),
    Figure("access.many_tokens", "10,000 different tokens, known until they expire", many_tokens,
           (Goal("rss_growth_mib", at_most=32, absolute=True),), rounds=1),
    Figure("access.token", "A token verified, against the check of its signature by OpenSSL alone",
           in_process("bench-access", {"token": by_algorithm("VerifyToken"),
                                       "bare signature": by_algorithm("BareSignature")}),
           (Goal("cpu_ns", at_most=2.0),), turns=3),
    Figure("access.forgery", "A forged token refused, against a right one let in",
           in_process("bench-access", {"forged": {"Rs256": "^RefuseForgedToken$"},
                                       "right": {"Rs256": "^VerifyToken<Algorithm::kRs256>$"}}),
           (Goal("cpu_ns", at_most=1.1),), turns=3),
    Figure("platform.audit_log", "heads and proofs over an audit log of 1,000,000 records, and records of"
           " reads, one after the other and 500 at a time", audit_log,
           (Goal("first_look_seconds", at_most=15, absolute=True),
            Goal("consistency_us", at_most=1000, absolute=True),
            Goal("reads_kept_per_second", at_least=10_000, absolute=True)), rounds=1),
)
