"""Rules for who talks to whom: the network policies together, held against the
call graph of the code."""

from manifests import at
from workloads import labels_of, selects, workloads

ELSEWHERE = {"kubernetes.io/metadata.name": "elsewhere"}
DNS = ({"k8s-app": "kube-dns"}, {"kubernetes.io/metadata.name": "kube-system"})
PROMETHEUS = ({"app.kubernetes.io/name": "prometheus"}, {"kubernetes.io/metadata.name": "monitoring"})
POSTGRES = {"cnpg.io/cluster": "welfare-postgres"}


class Pods:
    """One kind of pod: labels, its ports by name; of this namespace (None) or
    of another with these labels."""

    def __init__(self, name, labels, ports=None, namespace=None):
        self.name, self.labels, self.ports, self.namespace = name, labels, ports or {}, namespace


class Policies:
    def __init__(self, objects, report):
        self.all = [thing for thing in objects if thing.kind == "NetworkPolicy"]
        self.report = report

    def _of(self, pods, side):
        return [p for p in self.all if side in p.spec.get("policyTypes", [])
                and selects(at(p.spec, "podSelector", "matchLabels"), pods.labels)]

    def lets(self, side, pods, other, protocol, port):
        """The policy by which `pods` may speak to (Egress) or hear (Ingress)
        `other` on a port, or None. Nothing selects them: True."""
        if pods.namespace is not None:
            return True  # not ours to say
        policies = self._of(pods, side)
        if not policies:
            return True
        key, peers = ("egress", "to") if side == "Egress" else ("ingress", "from")
        listener = other if side == "Egress" else pods
        for policy in policies:
            for rule in policy.spec.get(key) or []:
                if self._port(rule, listener, protocol, port) and self._peer(rule.get(peers), other):
                    return policy
        return None

    @staticmethod
    def _port(rule, listener, protocol, port):
        if not rule.get("ports"):
            return True
        return any(entry.get("protocol", "TCP") == protocol
                   and (entry.get("port") is None
                        or listener.ports.get(entry["port"], entry["port"]) == port)
                   for entry in rule["ports"])

    @staticmethod
    def _peer(peers, other):
        if not peers:
            return True
        for peer in peers:
            if "ipBlock" in peer:
                if other.namespace == ELSEWHERE:
                    return True
                continue
            inside = peer.get("namespaceSelector")
            if inside is None and other.namespace is not None:
                continue
            if inside is not None and not selects(inside.get("matchLabels"), other.namespace or {}):
                continue
            if selects(at(peer, "podSelector", "matchLabels"), other.labels):
                return True
        return False

    def may(self, source, target, port, protocol="TCP"):
        """Both halves of the way from one to the other."""
        return (self.lets("Egress", source, target, protocol, port),
                self.lets("Ingress", target, source, protocol, port))


def check(objects, code, report, rendered):
    policies = Policies(objects, report)
    default = [p for p in policies.all if not at(p.spec, "podSelector", "matchLabels")
               and set(p.spec.get("policyTypes", [])) == {"Ingress", "Egress"}
               and not p.spec.get("ingress") and not p.spec.get("egress")]
    namespace = next((o for o in objects if o.kind == "Namespace"), objects[0])
    if not default:
        report(namespace, (), "no policy denies by default, both ways and for every pod")
    for policy in policies.all:
        for side in policy.spec.get("policyTypes", []):
            if side.lower() not in policy.spec and policy not in default:
                report(policy, ("spec", "policyTypes"), f"says {side} and nothing of it")
        for path, part in _selectors(policy.value):
            if "matchExpressions" in part:
                report(policy, path, "selects by matchLabels alone, which this gate can read")
    kinds = kinds_of(objects)
    ours = [kinds[name] for name in code.processes if name in kinds]
    jobs = [Pods(thing.name, labels_of(pod)) for thing, _, pod in workloads(objects) if thing.kind == "CronJob"]
    edges(policies, ours, code, report, namespace)
    surroundings(policies, [*ours, *jobs], ours, kinds, report, namespace)
    if rendered:  # patches say who has an address of a store
        stores(policies, objects, ours, jobs, kinds, report)


def _selectors(value, path=()):
    if isinstance(value, dict):
        for key, part in value.items():
            if key in ("podSelector", "namespaceSelector") and isinstance(part, dict):
                yield (*path, key), part
            yield from _selectors(part, (*path, key))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _selectors(part, (*path, index))


def kinds_of(objects):
    kinds = {}
    for thing, _, pod in workloads(objects):
        if thing.kind == "CronJob":
            continue
        name = thing.name.removeprefix("welfare-")
        ports = {port["name"]: port["containerPort"] for container in at(pod, "spec", "containers", default=[])
                 for port in container.get("ports", []) if "name" in port}
        kinds[name] = Pods(name, labels_of(pod), ports)
    if any(thing.kind == "Cluster" for thing in objects):
        kinds["postgres"] = Pods("postgres", POSTGRES, {"postgres": 5432})
    return kinds


def _named(policy):
    return policy.name if hasattr(policy, "name") else "no policy at all"


def edges(policies, ours, code, report, namespace):
    """Exactly the call graph, on exactly its ports."""
    for caller in ours:
        for called in ours:
            for port in {*called.ports.values(), code.processes[called.name].grpc_port}:
                wanted = (called.name in code.processes[caller.name].peers
                          and port == code.processes[called.name].grpc_port)
                if caller is called:
                    wanted = False
                said, heard = policies.may(caller, called, port)
                way = f"{caller.name} to {called.name} on port {port}"
                if wanted and not (said and heard):
                    half = "Egress of the caller" if not said else "Ingress of the called"
                    report(said if hasattr(said, "name") else heard if hasattr(heard, "name") else namespace, (),
                           f"missing edge: {way} ({half})")
                elif not wanted:
                    for allowed in (said, heard):
                        # From everywhere to the gateway is not for its services
                        # alone; the other half is what counts.
                        outside = Pods("", {}, namespace=ELSEWHERE)
                        if allowed is heard and policies.lets("Ingress", called, outside, "TCP", port):
                            continue
                        if allowed:
                            report(allowed if hasattr(allowed, "name") else namespace, (),
                                   f"extra edge: {way} ({_named(allowed)})")


def surroundings(policies, everyone, ours, kinds, report, namespace):
    dns = Pods("dns", DNS[0], namespace=DNS[1])
    prometheus = Pods("prometheus", PROMETHEUS[0], namespace=PROMETHEUS[1])
    stranger = Pods("stranger", {}, namespace=ELSEWHERE)
    for pods in ours:
        for protocol in ("UDP", "TCP"):
            if not policies.lets("Egress", pods, dns, protocol, 53):
                report(namespace, (), f"{pods.name} cannot look up names over {protocol}")
        if not policies.lets("Ingress", pods, prometheus, "TCP", pods.ports.get("ops")):
            report(namespace, (), f"Prometheus cannot read the metrics of {pods.name}")
        for name, port in pods.ports.items():
            door = pods.name == "gateway" and name in ("grpc", "http")
            allowed = policies.lets("Ingress", pods, stranger, "TCP", port)
            if door and not allowed:
                report(namespace, (), f"callers cannot reach the gateway on port {port}")
            if allowed and not door:
                report(allowed if hasattr(allowed, "name") else namespace, (),
                       f"anybody reaches {pods.name} on port {port} ({_named(allowed)})")
    for pods in everyone:
        for port in (443, 5432, 7101):
            allowed = policies.lets("Egress", pods, stranger, "TCP", port)
            if allowed:
                report(allowed if hasattr(allowed, "name") else namespace, (),
                       f"{pods.name} may speak to anybody on port {port} ({_named(allowed)})")


def stores(policies, objects, ours, jobs, kinds, report):
    """Databases and caches: for those who have their address, and nobody else."""
    users = {"postgres": ("WELFARE_DATABASE_URL_FILE", 5432), "redis": ("WELFARE_REDIS_URL_FILE", 6379)}
    has = {}
    for thing, _, pod in workloads(objects):
        variables = {v["name"] for c in at(pod, "spec", "containers", default=[]) for v in c.get("env", [])}
        has[thing.name.removeprefix("welfare-")] = variables
    for store, (variable, port) in users.items():
        if store not in kinds:
            for name, variables in has.items():
                if variable in variables:
                    report(_workload(objects, name), (), f"has {variable}, and no {store} is there")
            continue
        stranger = Pods("stranger", {}, namespace=ELSEWHERE)
        if policies.lets("Ingress", kinds[store], stranger, "TCP", port):
            report(objects[0], (), f"anybody reaches {store} on port {port}")
        for pods in [*ours, *jobs]:
            wanted = variable in has.get(pods.name, set())
            said, heard = policies.may(pods, kinds[store], port)
            if wanted and not (said and heard):
                report(_workload(objects, pods.name), (), f"missing edge: {pods.name} to {store} on port {port}")
            if not wanted and (said or heard):
                allowed = said or heard
                report(allowed if hasattr(allowed, "name") else _workload(objects, pods.name), (),
                       f"extra edge: {pods.name} to {store} on port {port} ({_named(allowed)})")


def _workload(objects, name):
    return next((t for t, _, _ in workloads(objects) if t.name.removeprefix("welfare-") == name), objects[0])
