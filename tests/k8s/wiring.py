"""Rules for what ties the files to the code: ports, peers, settings, the files
that settings name, certificates, databases."""

import re

from code_table import environment_name
from manifests import at
from workloads import flags_of, module_of, most_replicas, workloads

# Connections of a replica beside its pool: one that listens for changes, one to
# cancel a statement.
BESIDE_THE_POOL = 2
SPARE_CONNECTIONS = 20
FIRST = ("template", "spec", "containers", 0)  # of a workload's spec
PEER_FILES = ("peer-ca-file", "peer-cert-file", "peer-key-file")


def check(objects, code, report):
    found = {}
    for thing, path, pod in workloads(objects):
        module = module_of(thing)
        container = at(pod, "spec", "containers", 0, default={})
        where = (*path, "spec", "containers", 0)
        known = module or next((n for n in code.processes if thing.name.startswith(f"welfare-{n}-")), None)
        if known is None:
            continue
        if known not in code.processes:
            report(thing, (), f"the code has no process {known}")
            continue
        settings = flags_of(container)
        known_settings(thing, where, settings, code.processes[known], code, report)
        mounted_files(thing, where, pod, container, settings, report)
        if module:
            if module in found:
                report(thing, (), f"{module} runs twice")
            found[module] = thing
            process(thing, where, pod, container, settings, code, report)
    for name in code.processes:
        if name not in found:
            report(objects[0], (), f"no workload runs {name}")
    one_word(found, report)
    services(objects, code, report)
    certificates(objects, code, report)
    databases(objects, found, code, report)


def value_of(settings, name):
    return settings.get(name, [(None, ())])[0][0]


def known_settings(thing, where, settings, process, code, report):
    for name, given in settings.items():
        setting = name.removesuffix("-file") if (
            name not in process.settings and name.removesuffix("-file") in code.secrets) else name
        if setting not in process.settings:
            report(thing, (*where, *given[0][1]), f"welfare-{process.name} has no setting {name}")
        if len(given) > 1:
            report(thing, (*where, *given[1][1]), f"{name} is set twice")
        if setting in code.secrets and name == setting:
            report(thing, (*where, *given[0][1]), f"{name} holds a secret: {environment_name(name)}_FILE names a file")


def process(thing, where, pod, container, settings, code, report):
    row = code.processes[module_of(thing)]

    def need(ok, text, setting=None):
        if not ok:
            path = settings[setting][0][1] if setting in settings else ("args",)
            report(thing, (*where, *path), text)

    ports = {port.get("name"): port.get("containerPort") for port in container.get("ports", [])}
    expected = {"grpc": ("listen", row.grpc_port), "ops": ("ops-listen", row.ops_port)}
    for name, (setting, port) in expected.items():
        need(value_of(settings, setting) == f"0.0.0.0:{port}",
             f"the code's {setting} of {row.name} is port {port}, for all addresses of the pod", setting)
        if ports.get(name) != port:
            report(thing, (*where, "ports"), f"the port {name} of {row.name} is {port}")
    if row.name == "gateway":
        need(value_of(settings, "http-listen") == f"0.0.0.0:{ports.get('http')}",
             "http-listen is the port http", "http-listen")
    elif set(ports) != {"grpc", "ops"}:
        report(thing, (*where, "ports"), "a service has the ports grpc and ops")
    peers = {name.removeprefix("peer-") for name in settings if name.startswith("peer-")} - {
        name.removeprefix("peer-") for name in PEER_FILES}
    need(peers == set(row.peers), f"{row.name} calls {sorted(row.peers)}, here {sorted(peers)}")
    for peer in row.peers & peers:
        address = f"dns:///welfare-{peer}:{code.processes[peer].grpc_port}"
        need(value_of(settings, f"peer-{peer}") == address,
             f"{peer} is found at {address}", f"peer-{peer}")
    need(value_of(settings, "auth") not in (None, "off"), "callers are asked who they are", "auth")
    for setting in PEER_FILES:
        need(value_of(settings, setting), f"processes that run apart need --{setting}")
    if row.name == "gateway":
        for setting in ("tls-cert-file", "tls-key-file"):
            need(value_of(settings, setting), f"the gateway speaks TLS: --{setting}")
    storage(thing, where, pod, settings, row, report)


def storage(thing, where, pod, settings, row, report):
    folder, url = value_of(settings, "data-dir"), value_of(settings, "database-url-file")
    if not row.keeps_data:
        if folder or url:
            report(thing, (*where, "env"), f"{row.name} keeps no data")
        return
    if bool(folder) == bool(url):
        report(thing, where, f"{row.name} keeps its data in a folder or in a database, one of them")
    elif url and thing.kind != "Deployment":
        report(thing, (), "a database serves several: a Deployment")
    elif folder:
        if thing.kind != "StatefulSet":
            report(thing, (), "a file has one writer: a StatefulSet")
        claims = {at(claim, "metadata", "name") for claim in thing.spec.get("volumeClaimTemplates", [])}
        mounts = at(pod, "spec", "containers", 0, "volumeMounts", default=[])
        if not any(folder.startswith(mount["mountPath"] + "/") and mount["name"] in claims for mount in mounts):
            report(thing, (*where, *settings["data-dir"][0][1]), f"{folder} is on no volume that lasts")


def files_in(volume):
    """The files of a volume by name, each with the object that it comes from;
    None: whatever that object has."""
    sources = at(volume, "projected", "sources") or [volume]
    files = {}
    for source in sources:
        for kind, name_key in (("secret", "secretName"), ("configMap", "name")):
            part = source.get(kind)
            if part is None:
                continue
            origin = (kind, part.get(name_key) or part.get("name"))
            if "items" in part:
                files.update({item["path"]: (*origin, item["key"]) for item in part["items"]})
            else:
                files[None] = (*origin, None)
    return files


def source_of(pod, container, file):
    """Where a mounted file comes from: (kind, object, key), or None."""
    volumes = {volume["name"]: volume for volume in at(pod, "spec", "volumes", default=[])}
    for mount in container.get("volumeMounts", []):
        if not file.startswith(mount["mountPath"] + "/") or mount["name"] not in volumes:
            continue
        name = file.removeprefix(mount["mountPath"] + "/")
        files = files_in(volumes[mount["name"]])
        if name in files:
            return files[name]
        if None in files:
            return (*files[None][:2], name)
    return None


def mounted_files(thing, where, pod, container, settings, report):
    module = module_of(thing)
    for name, given in settings.items():
        value, path = given[0]
        if not name.endswith("-file") or not value:
            continue
        origin = source_of(pod, container, value)
        if origin is None:
            report(thing, (*where, *path), f"{value} is in no volume")
        elif name in ("peer-cert-file", "peer-key-file") and origin[1] != f"welfare-{module}-peer":
            report(thing, (*where, *path), f"the certificate of {module} is in welfare-{module}-peer, not in {origin[1]}")
        elif name == "peer-ca-file" and origin[0] != "configMap":
            report(thing, (*where, *path), "authorities change before certificates do: they have a ConfigMap of their own")
        elif name.endswith("key-file") and origin[0] != "secret":
            report(thing, (*where, *path), "a key is a secret")


def one_word(found, report):
    """What all processes of one installation say alike."""
    said = {name: value_of(flags_of(at(thing.spec, *FIRST)), "auth")
            for name, thing in found.items()}
    most = max(said.values(), key=list(said.values()).count, default=None)
    for name, auth in said.items():
        if auth != most:
            path = next((p for _, p in flags_of(at(found[name].spec, *FIRST)).get("auth", [])), ("args",))
            report(found[name], ("spec", *FIRST, *path), f"--auth differs between processes: {said}")


def services(objects, code, report):
    there = {thing.name: thing for thing in objects if thing.kind == "Service"}
    for name, row in code.processes.items():
        thing = there.get(f"welfare-{name}")
        if thing is None:
            report(objects[0], (), f"no Service welfare-{name}")
            continue
        ports = {port.get("name"): port.get("port") for port in thing.spec.get("ports", [])}
        if ports.get("grpc") != row.grpc_port:
            report(thing, ("spec", "ports"), f"the port grpc of {name} is {row.grpc_port}")
        called = any(name in other.peers for other in code.processes.values())
        if called and thing.spec.get("clusterIP") != "None":
            report(thing, ("spec", "clusterIP"), "its callers balance themselves: a headless service (clusterIP: None)")
        if "ops" in ports:
            report(thing, ("spec", "ports"), "metrics are read from pods, not through a service")


def certificates(objects, code, report):
    made = {at(thing.spec, "secretName"): thing for thing in objects if thing.kind == "Certificate"}
    if not made:
        return  # by other means, from outside
    for name in code.processes:
        thing = made.get(f"welfare-{name}-peer")
        if thing is None:
            report(objects[0], (), f"no Certificate makes welfare-{name}-peer")
            continue
        if thing.spec.get("dnsNames") != [f"{name}.welfare.internal"]:
            report(thing, ("spec", "dnsNames"), f"the certificate of {name} has its name alone: {name}.welfare.internal")
        if not {"server auth", "client auth"} <= set(thing.spec.get("usages", [])):
            report(thing, ("spec", "usages"), "a process is server and client")
        issuer = next((o for o in objects if o.kind == "Issuer"
                       and o.name == at(thing.spec, "issuerRef", "name")), None)
        if issuer is None or not at(issuer.spec, "ca", "secretName"):
            report(thing, ("spec", "issuerRef"), "of the processes' own authority")


def databases(objects, found, code, report):
    cluster = next((thing for thing in objects if thing.kind == "Cluster"), None)
    users = {name: thing for name, thing in found.items() if code.processes[name].keeps_data
             and value_of(flags_of(at(thing.spec, *FIRST)), "database-url-file")}
    caching = {name for name, thing in found.items()
               if value_of(flags_of(at(thing.spec, *FIRST)), "redis-url-file")}
    redis = any(thing.name == "welfare-redis" for thing in objects)
    wanted = {name for name, row in code.processes.items() if row.caches} if redis else set()
    for name in caching ^ wanted:
        report(found.get(name, objects[0]), (), f"{name} and the cache: the code says {name in wanted}")
    if cluster is None:
        return
    if not any(thing.kind == "ScheduledBackup" and at(thing.spec, "cluster", "name") == cluster.name
               for thing in objects):
        report(cluster, (), "nobody makes copies of it")
    start = at(cluster.spec, "bootstrap", "initdb", default={})
    if start.get("localeCollate") != "C" or start.get("encoding") != "UTF8":
        report(cluster, ("spec", "bootstrap", "initdb"), "lists follow the order of bytes: localeCollate C, encoding UTF8")
    if not at(cluster.spec, "postgresql", "synchronous", "number"):
        report(cluster, ("spec", "postgresql"), "a commit that one instance has is lost with it: synchronous")
    if cluster.spec.get("enableSuperuserAccess"):
        report(cluster, ("spec", "enableSuperuserAccess"), "nobody is the superuser")
    sql = "\n".join(start.get("postInitApplicationSQL", []))
    roles = {role.get("name"): role for role in at(cluster.spec, "managed", "roles", default=[])}
    for name in users:
        role = roles.get(f"welfare_{name}")
        if role is None or not role.get("login") or role.get("superuser"):
            report(cluster, ("spec", "managed", "roles"), f"no role welfare_{name} that may log in")
        elif at(role, "passwordSecret", "name") != f"welfare-{name}-database":
            report(cluster, ("spec", "managed", "roles"), f"the password of {name} is in welfare-{name}-database")
        if f"CREATE SCHEMA {name} AUTHORIZATION welfare_{name}" not in sql:
            report(cluster, ("spec", "bootstrap", "initdb", "postInitApplicationSQL"), f"no schema of {name}'s own")
    for name in roles:
        if name.removeprefix("welfare_") not in users:
            report(cluster, ("spec", "managed", "roles"), f"the role {name} is nobody's")
    connections(objects, cluster, users, report)


def connections(objects, cluster, users, report):
    most = 0
    for name, thing in users.items():
        pool = value_of(flags_of(at(thing.spec, *FIRST)), "database-connections")
        if not re.fullmatch(r"\d+", pool or ""):
            report(thing, (), f"says how many connections a replica has: {environment_name('database-connections')}")
            return
        most += most_replicas(objects, thing.name) * (int(pool) + BESIDE_THE_POOL)
    offered = int(at(cluster.spec, "postgresql", "parameters", "max_connections", default="100"))
    if most + SPARE_CONNECTIONS > offered:
        report(cluster, ("spec", "postgresql", "parameters", "max_connections"),
               f"replicas may open {most} connections, and {SPARE_CONNECTIONS} are to spare: {offered} are too few")
