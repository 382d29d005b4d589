#!/usr/bin/python3
"""The gate over k8s/: what stands there passes, and each of these mistakes is
refused, by the name of its file and line.

usage: check_manifests_test.py
"""

import pathlib
import re
import shutil
import tempfile
import unittest

import check_manifests

TREE = check_manifests.SOURCE / "k8s"
BASE, PARTS = "base", "components"
POLICIES = f"{PARTS}/network-policies"
LAPTOP, PRODUCTION = "overlays/laptop", "overlays/production"


class Variant:
    """One mistake: in `file`, `old` is replaced by `new` (`old` None: the file
    is made), and the gate must say `text` of `where` (a file of the tree)."""

    def __init__(self, name, file, old, new, text, where=None, overlay=PRODUCTION):
        self.name, self.file, self.old, self.new = name, file, old, new
        self.text, self.where, self.overlay = text, where or file, overlay


def edge(caller, called, port):
    return "".join(f"""---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: extra-{side.lower()}
spec:
  podSelector:
    matchLabels:
      app.kubernetes.io/name: welfare-{own}
  policyTypes:
    - {side}
  {side.lower()}:
    - {peer}:
        - podSelector:
            matchLabels:
              app.kubernetes.io/name: welfare-{other}
      ports:
        - protocol: TCP
          port: {port}
""" for side, own, other, peer in (("Egress", caller, called, "to"), ("Ingress", called, caller, "from")))


SECRET = """---
apiVersion: v1
kind: Secret
metadata:
  name: welfare-callers
data:
  jwks.json: e30=
"""

VARIANTS = [
    # Kustomize, YAML and types.
    Variant("a key that kustomize does not know", f"{PRODUCTION}/kustomization.yaml", "\nimages:", "\nimagez:", "imagez"),
    Variant("a file that is not there", f"{BASE}/kustomization.yaml", "- report.yaml", "- reports.yaml", "reports.yaml, which is not there"),
    Variant("a file that nobody names", f"{BASE}/left.yaml", None, "kind: ConfigMap\n", "no kustomization names"),
    Variant("a patch of nothing", f"{PARTS}/sqlite/kustomization.yaml", "name: welfare-(registry|survey|report)", "name: walfare-.*", "changes nothing", overlay=LAPTOP),
    Variant("a key that stands twice", f"{BASE}/survey.yaml", "      enableServiceLinks: false\n", "      enableServiceLinks: false\n      enableServiceLinks: true\n", "stands twice"),
    Variant("no YAML", f"{BASE}/survey.yaml", "spec:\n  revision", "spec: {\n  revision", "no YAML"),
    Variant("a misspelt field", f"{BASE}/survey.yaml", "readinessProbe:", "readinessProb:", "readinessProb"),
    Variant("a misspelt field deep in a policy", f"{POLICIES}/edges-of-survey.yaml", "matchLabels:", "matchLabel:", "matchLabel"),
    Variant("a misspelt field of an operator's", f"{PARTS}/postgres/cluster.yaml", "  instances: 3", "  instancs: 3", "instancs"),
    Variant("a misspelt field of a monitor", f"{PARTS}/monitoring/pod-monitor.yaml", "podMetricsEndpoints:", "podMetricsEndpoint:", "podMetricsEndpoint"),
    Variant("a wrong type", f"{PARTS}/autoscaling/autoscalers.yaml", "maxReplicas: 6", "maxReplicas: six", "maxReplicas"),
    Variant("a quantity that is none", f"{BASE}/report.yaml", "memory: 768Mi", "memory: 768 megabytes", "memory"),
    Variant("a version that is over", f"{PARTS}/autoscaling/disruption-budgets.yaml", "apiVersion: policy/v1\n", "apiVersion: policy/v1beta2\n", "no such type"),
    Variant("a name with large letters", f"{POLICIES}/default-deny.yaml", "welfare-default-deny", "Default_Deny", "small letters"),
    # Ports, flags and peers of the code.
    Variant("a wrong port", f"{BASE}/survey.yaml", "containerPort: 7102", "containerPort: 7103", "the port grpc of survey is 7102"),
    Variant("a listener of another's", f"{BASE}/survey.yaml", "--listen=0.0.0.0:7102", "--listen=0.0.0.0:7101", "is port 7102"),
    Variant("metrics on another port", f"{BASE}/report.yaml", "--ops-listen=0.0.0.0:7194", "--ops-listen=0.0.0.0:9090", "is port 7194"),
    Variant("a service on a wrong port", f"{BASE}/registry.yaml", "port: 7101", "port: 7100", "the port grpc of registry is 7101"),
    Variant("a peer on a wrong port", f"{BASE}/survey.yaml", "welfare-registry:7101", "welfare-registry:7191", "found at dns:///welfare-registry:7101"),
    Variant("a peer that is missing", f"{BASE}/report.yaml", "            - --peer-survey=dns:///welfare-survey:7102\n", "", "report calls"),
    Variant("a peer that is not called", f"{BASE}/registry.yaml", "            - --auth", "            - --peer-survey=dns:///welfare-survey:7102\n            - --auth", "no setting peer-survey"),
    Variant("an unknown flag", f"{BASE}/indicator.yaml", "--drain-wait-ms=5000", "--drain-wait=5000", "no setting drain-wait"),
    Variant("an unknown variable", f"{PARTS}/postgres/survey.yaml", "WELFARE_DATABASE_CONNECTIONS", "WELFARE_DATABASE_CONECTIONS", "no setting database-conections"),
    Variant("a setting that is set twice", f"{PARTS}/postgres/survey.yaml", "            - name: WELFARE_DATABASE_CONN", "            - name: WELFARE_LOG_FORMAT\n              value: text\n            - name: WELFARE_DATABASE_CONN", "set twice"),
    Variant("a process that asks nobody", f"{BASE}/survey.yaml", "--auth=jwt+api-key", "--auth=off", "asked who they are"),
    Variant("processes of two minds", f"{BASE}/survey.yaml", "--auth=jwt+api-key", "--auth=jwt", "differs between processes"),
    # Files and certificates.
    Variant("a file that no volume has", f"{BASE}/survey.yaml", "path: ca.crt", "path: authorities.crt", "in no volume"),
    Variant("another's certificate", f"{BASE}/survey.yaml", "name: welfare-survey-peer", "name: welfare-gateway-peer", "not in welfare-gateway-peer"),
    Variant("a certificate of another name", f"{PARTS}/tls/certificates.yaml", "- survey.welfare.internal", "- registry.welfare.internal", "its name alone"),
    Variant("keys for everybody", f"{BASE}/gateway.yaml", "defaultMode: 0440", "defaultMode: 0444", "defaultMode 0440"),
    # Pods.
    Variant("root", f"{BASE}/survey.yaml", "runAsUser: 65532", "runAsUser: 0", "runs as root"),
    Variant("root by the image's leave", f"{BASE}/survey.yaml", "runAsNonRoot: true", "runAsNonRoot: false", "runs as root"),
    Variant("a writable root", f"{BASE}/survey.yaml", "readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false", "root is writable"),
    Variant("a capability", f"{BASE}/survey.yaml", "              drop:\n                - ALL", "              add:\n                - NET_ADMIN\n              drop:\n                - ALL", "has capabilities"),
    Variant("privileges that grow", f"{BASE}/survey.yaml", "allowPrivilegeEscalation: false", "allowPrivilegeEscalation: true", "privileges may grow"),
    Variant("the node's network", f"{BASE}/survey.yaml", "      enableServiceLinks: false", "      enableServiceLinks: false\n      hostNetwork: true", "hostNetwork"),
    Variant("a folder of the node's", f"{BASE}/survey.yaml", "          emptyDir:\n            sizeLimit: 64Mi", "          hostPath:\n            path: /tmp", "a volume of kind hostPath"),
    Variant("no limit of memory", f"{BASE}/survey.yaml", "            limits:\n              memory: 512Mi\n", "", "no memory in limits"),
    Variant("a limit of cpu", f"{BASE}/survey.yaml", "            limits:\n", "            limits:\n              cpu: 500m\n", "limit of cpu"),
    Variant("an image of any day", f"{PARTS}/redis/redis.yaml", "redis:7.2.5", "redis:latest", "not pinned"),
    Variant("an image that nobody named", f"{BASE}/survey.yaml", "image: welfare-survey", "image: welfare-surveys", "not pinned"),
    Variant("the account of everybody", f"{BASE}/survey.yaml", "      serviceAccountName: welfare-survey\n", "", "an account of its own"),
    Variant("another's account", f"{BASE}/survey.yaml", "serviceAccountName: welfare-survey", "serviceAccountName: welfare-report", "shares its account", where=f"{BASE}/(survey|report).yaml"),
    Variant("a token in the pod", f"{BASE}/survey.yaml", "      automountServiceAccountToken: false\n", "", "no token"),
    Variant("a probe of the wrong port", f"{BASE}/survey.yaml", "              path: /readyz\n              port: ops", "              path: /readyz\n              port: grpc", "of the port ops"),
    Variant("a life that hangs on the database", f"{BASE}/survey.yaml", "          livenessProbe:\n            httpGet:\n              path: /livez", "          livenessProbe:\n            httpGet:\n              path: /readyz", "livenessProbe asks /livez"),
    Variant("no time to drain", f"{BASE}/survey.yaml", "terminationGracePeriodSeconds: 45", "terminationGracePeriodSeconds: 30", "less than the drain"),
    Variant("a drain that nobody hears of", f"{BASE}/survey.yaml", "--drain-wait-ms=5000", "--drain-wait-ms=0", "3 s at least"),
    Variant("a selector of others", f"{BASE}/survey.yaml", "    matchLabels:\n      app.kubernetes.io/name: welfare-survey\n  strategy", "    matchLabels:\n      app.kubernetes.io/name: welfare-surveys\n  strategy", "none of its own pods"),
    Variant("a service of nobody", f"{BASE}/survey.yaml", "  selector:\n    app.kubernetes.io/name: welfare-survey", "  selector:\n    app.kubernetes.io/name: survey", "stands for one workload"),
    Variant("a service that balances connections", f"{BASE}/survey.yaml", "  clusterIP: None\n", "", "headless"),
    # How many.
    Variant("replicas beside an autoscaler", f"{BASE}/survey.yaml", "spec:\n  revisionHistoryLimit", "spec:\n  replicas: 3\n  revisionHistoryLimit", "how many replicas"),
    Variant("an autoscaler of nobody", f"{PARTS}/autoscaling/autoscalers.yaml", "    name: welfare-survey\n  minReplicas", "    name: welfare-surveys\n  minReplicas", "scales no deployment"),
    Variant("one replica", f"{PARTS}/autoscaling/autoscalers.yaml", "minReplicas: 2", "minReplicas: 1", "two replicas at least"),
    Variant("a budget of none", f"{PARTS}/autoscaling/disruption-budgets.yaml", "maxUnavailable: 1", "maxUnavailable: 0", "maxUnavailable is 1"),
    Variant("two writers of a file", f"{PARTS}/sqlite/stateful/stateful-sets.yaml", "replicas: 1", "replicas: 2", "one writer", overlay=LAPTOP),
    Variant("data on no volume", f"{PARTS}/sqlite/survey.yaml", "value: /var/lib/welfare/data", "value: /tmp/data", "no volume that lasts", overlay=LAPTOP),
    Variant("no zone of time", f"{PARTS}/sqlite/backup.yaml", "  timeZone: Asia/Tokyo\n", "", "timeZone", overlay=LAPTOP),
    # Secrets.
    Variant("a secret in the tree", f"{BASE}/survey.yaml", "apiVersion: v1\nkind: ServiceAccount", SECRET + "---\napiVersion: v1\nkind: ServiceAccount", "never stands in the tree"),
    Variant("a secret that kustomize makes", f"{PRODUCTION}/kustomization.yaml", "\nimages:", "\nsecretGenerator:\n  - name: x\n    literals:\n      - a=b\nimages:", "never stands in the tree"),
    Variant("a password in an address", f"{PARTS}/postgres/survey.yaml", "            - name: WELFARE_DATABASE_URL_FILE\n              value: /etc/welfare/database/url", "            - name: WELFARE_DATABASE_URL\n              value: postgresql://welfare:hunter2@db/welfare", "a login stands in an address"),
    Variant("a password in the environment", f"{PARTS}/redis/indicator.yaml", "            - name: WELFARE_REDIS_URL_FILE", "            - name: REDIS_PASSWORD\n              value: hunter2\n            - name: WELFARE_REDIS_URL_FILE", "looks like a secret"),
    Variant("a secret from the environment", f"{PARTS}/redis/indicator.yaml", "              value: /etc/welfare/redis/url", "              valueFrom:\n                secretKeyRef:\n                  name: welfare-redis\n                  key: url", "from files"),
    Variant("a key in the tree", f"{PARTS}/tls/authority.key", None, "-----BEGIN " + "PRIVATE KEY-----\n", "never stand in the tree"),
    # The network.
    Variant("half an edge", f"{POLICIES}/edges-of-report.yaml", "  policyTypes:\n    - Ingress\n  ingress:\n    - from:\n        - podSelector:\n            matchLabels:\n              app.kubernetes.io/name: welfare-report\n      ports:\n        - protocol: TCP\n          port: 7102", "  policyTypes:\n    - Ingress\n  ingress:\n    - from:\n        - podSelector:\n            matchLabels:\n              app.kubernetes.io/name: welfare-reports\n      ports:\n        - protocol: TCP\n          port: 7102", "missing edge: report to survey"),
    Variant("an edge that is missing", f"{POLICIES}/kustomization.yaml", "  - edges-of-survey.yaml\n", "", "missing edge: survey to registry", where=f"{BASE}/namespace.yaml"),
    Variant("an edge too many", f"{POLICIES}/edges-of-survey.yaml", "apiVersion", edge("indicator", "report", 7104) + "---\napiVersion", "extra edge: indicator to report"),
    Variant("an edge to the metrics", f"{POLICIES}/edges-of-survey.yaml", "apiVersion", edge("survey", "registry", 7191) + "---\napiVersion", "extra edge: survey to registry on port 7191"),
    Variant("an edge on a wrong port", f"{POLICIES}/edges-of-survey.yaml", "port: 7101", "port: 7111", "missing edge: survey to registry"),
    Variant("no denial", f"{POLICIES}/default-deny.yaml", "  podSelector: {}", "  podSelector:\n    matchLabels:\n      a: b", "no policy denies by default", where=f"{BASE}/namespace.yaml"),
    Variant("denial one way", f"{POLICIES}/default-deny.yaml", "    - Egress\n", "", "no policy denies by default", where=f"{BASE}/namespace.yaml"),
    Variant("names over UDP alone", f"{POLICIES}/name-resolution.yaml", "        - protocol: TCP\n          port: 53\n", "", "over TCP", where=f"{BASE}/namespace.yaml"),
    Variant("metrics that nobody reads", f"{POLICIES}/prometheus.yaml", "port: ops", "port: metrics", "Prometheus cannot read", where=f"{BASE}/namespace.yaml"),
    Variant("metrics for everybody", f"{POLICIES}/prometheus.yaml", re.compile(r"    - from:.*?      ports:", re.S), "    - ports:", "anybody reaches"),
    Variant("a way out", f"{POLICIES}/edges-of-survey.yaml", "    - to:\n        - podSelector:\n            matchLabels:\n              app.kubernetes.io/name: welfare-registry\n      ports:", "    - ports:\n        - protocol: TCP\n          port: 443\n    - to:\n        - podSelector:\n            matchLabels:\n              app.kubernetes.io/name: welfare-registry\n      ports:", "may speak to anybody"),
    Variant("a database for everybody", f"{PARTS}/postgres/network-policies.yaml", "              app.kubernetes.io/name: welfare-registry\n        - podSel", "              app.kubernetes.io/part-of: welfare\n        - podSel", "extra edge: indicator to postgres"),
    Variant("a database that is not reached", f"{PARTS}/postgres/network-policies.yaml", "port: 5432", "port: 5433", "missing edge: registry to postgres", where=f"{PARTS}/postgres/registry.yaml|{BASE}/registry.yaml"),
    Variant("a cache that is not reached", f"{PARTS}/redis/network-policies.yaml", "port: 6379", "port: 6380", "missing edge: indicator to redis", where=f"{PARTS}/redis/indicator.yaml|{BASE}/indicator.yaml"),
    Variant("no security of the namespace", f"{BASE}/namespace.yaml", "enforce: restricted", "enforce: baseline", "enforce is restricted"),
    # Databases.
    Variant("too few connections", f"{PARTS}/postgres/cluster.yaml", 'max_connections: "200"', 'max_connections: "100"', "are too few"),
    Variant("an order that is not of bytes", f"{PARTS}/postgres/cluster.yaml", "localeCollate: C", "localeCollate: ja_JP.UTF-8", "order of bytes"),
    Variant("commits of one instance", f"{PARTS}/postgres/cluster.yaml", "    synchronous:\n      method: any\n      number: 1\n", "", "lost with it"),
    Variant("a role that may not log in", f"{PARTS}/postgres/cluster.yaml", "login: true", "login: false", "no role welfare_registry"),
    Variant("a schema of nobody", f"{PARTS}/postgres/cluster.yaml", "CREATE SCHEMA survey AUTHORIZATION welfare_survey", "CREATE SCHEMA survey", "no schema of survey's own"),
    Variant("no copies", f"{PRODUCTION}/kustomization.yaml", "  - backup.yaml\n", "", "nobody makes copies", where=f"{PARTS}/postgres/cluster.yaml|{PRODUCTION}/postgres.yaml"),
]


# On top of `production`: what an operator puts in the place of its examples.
OWN = {
    "kustomization.yaml": """apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
  - ../k8s/overlays/production
images:
""" + "".join(f"""  - name: registry.invalid/welfare/{name}
    newName: registry.example.jp/welfare/{name}
    digest: sha256:{number:064x}
""" for number, name in enumerate(("registry", "survey", "indicator", "report", "gateway"), 1)) + """patches:
  - path: values.yaml
  - target:
      kind: NetworkPolicy
      name: welfare-callers-to-gateway
    patch: |-
      - op: replace
        path: /spec/ingress/0/from/0/ipBlock/cidr
        value: 10.32.0.0/16
""",
    "values.yaml": """apiVersion: apps/v1
kind: Deployment
metadata:
  name: welfare-gateway
  namespace: welfare
spec:
  template:
    spec:
      containers:
        - name: gateway
          env:
            - name: WELFARE_JWT_ISSUER
              value: https://id.example.jp/realms/welfare
            - name: WELFARE_SHARED_ADDRESSES
              value: 127.0.0.0/8, ::1, 10.32.7.1
---
apiVersion: cert-manager.io/v1
kind: Certificate
metadata:
  name: welfare-gateway-tls
  namespace: welfare
spec:
  dnsNames:
    - welfare.example.jp
---
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata:
  name: welfare-postgres
  namespace: welfare
spec:
  backup:
    barmanObjectStore:
      endpointURL: https://objects.example.jp
""",
}


class Gate(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.gate = check_manifests.default_gate()
        if cls.gate.kubectl is None:
            raise unittest.SkipTest("no kubectl that can render; check_manifests.py checks the parts alone")
        folder = tempfile.TemporaryDirectory(prefix="wk8s-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.read = {}
        objects = []
        for variant in VARIANTS:
            cls.read[variant.name] = cls.gate.read(*cls.made(variant))
        for overlay in (LAPTOP, PRODUCTION):
            cls.read[overlay] = cls.gate.read(TREE, TREE / overlay)
        for name, old, new in (("own", "", ""), ("own, wrong", "dnsNames", "dnsName")):
            own = cls.folder / name / "own"
            own.mkdir(parents=True)
            shutil.copytree(TREE, own.parent / "k8s")
            for file, text in OWN.items():
                (own / file).write_text(text.replace(old, new) if old else text)
            cls.read[name] = cls.gate.read(own, own, beside=own.parent / "k8s")
        for _, rendered, _ in cls.read.values():
            objects += rendered
        cls.gate.types.look(objects)  # all at once: a compiler takes its time

    @classmethod
    def made(cls, variant):
        tree = cls.folder / str(len(cls.read)) / "k8s"
        for part in (BASE, PARTS, "overlays"):
            shutil.copytree(TREE / part, tree / part)
        file = tree / variant.file
        if variant.old is None:
            file.write_text(variant.new)
            return tree, tree / variant.overlay
        text = file.read_text()
        changed = (variant.old.sub(variant.new, text, count=1) if isinstance(variant.old, re.Pattern)
                   else text.replace(variant.old, variant.new, 1))
        if changed == text:
            raise AssertionError(f"{variant.name}: {variant.file} has no {variant.old!r}")
        file.write_text(changed)
        return tree, tree / variant.overlay

    def findings(self, name, deployable=False):
        tree, objects, findings = self.read[name]
        return [str(finding) for finding in (*findings, *self.gate.judge(tree, objects, deployable))]

    def test_what_stands_there_passes(self):
        for overlay in (LAPTOP, PRODUCTION):
            with self.subTest(overlay=overlay):
                self.assertEqual(self.findings(overlay), [])

    def test_each_mistake_is_refused_by_file_and_line(self):
        for variant in VARIANTS:
            with self.subTest(variant.name):
                findings = self.findings(variant.name)
                expected = re.compile(rf"k8s/({variant.where}):\d+")
                self.assertTrue(
                    any(variant.text in finding and expected.search(finding) for finding in findings),
                    "\n".join(findings) or "the gate found nothing")

    def test_what_stands_for_a_value_of_ones_own_is_not_deployed(self):
        self.assertTrue(any(".invalid" in finding for finding in self.findings(PRODUCTION, True)))
        self.assertEqual(self.findings(LAPTOP, True), [])

    def test_an_overlay_of_ones_own_is_judged_with_what_it_builds_on(self):
        self.assertEqual(self.findings("own", True), [])
        self.assertTrue(any(re.search(r"^own/values.yaml:\d+ .*dnsName", finding)
                            for finding in self.findings("own, wrong")), self.findings("own, wrong"))

    def test_a_key_anywhere_in_the_sources(self):
        self.assertEqual(check_manifests.keys_in(check_manifests.SOURCE), [])
        sources = self.folder / "sources"
        for name, text in (("services/registry/data/note.txt", "one\ntwo\n  " + "-----BEGIN EC " + "PRIVATE KEY-----\n"),
                           ("tests/callers.pem", "nothing"), ("build/made.key", ""), ("tools/npm/node_modules/x.pem", "")):
            (sources / name).parent.mkdir(parents=True)
            (sources / name).write_text(text)
        self.assertEqual([str(finding).partition(" ")[0] for finding in check_manifests.keys_in(sources)],
                         ["services/registry/data/note.txt:3:", "tests/callers.pem:1:"])

    def test_without_kubectl_the_parts_are_checked(self):
        bare = check_manifests.Gate(self.gate.code, None)
        bare.types = self.gate.types
        for name in ("a misspelt field", "root", "an edge too many", "a secret in the tree", "no YAML"):
            variant = next(v for v in VARIANTS if v.name == name)
            tree, _, _ = self.read[name]
            with self.subTest(name):
                tree, objects, findings = bare.read(tree.folder, tree.folder / variant.overlay)
                bare.types.look(objects)
                findings += bare.judge(tree, objects)
                self.assertTrue(any(variant.text in str(finding) for finding in findings))
        for overlay in (LAPTOP, PRODUCTION):
            with self.subTest(overlay):
                tree, objects, findings = bare.read(TREE, TREE / overlay)
                bare.types.look(objects)
                self.assertEqual([str(f) for f in (*findings, *bare.judge(tree, objects))], [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
