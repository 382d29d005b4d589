"""Rules for what runs: pods, how many of them, and what they are given."""

import math
import re

from manifests import at

VOLUMES = {"configMap", "emptyDir", "projected", "secret", "persistentVolumeClaim", "downwardAPI"}
SECRET_NAME = re.compile(r"PASSWORD|PASSWD|SECRET|TOKEN|CREDENTIAL|_KEY$|_URL$", re.I)
LOGIN_IN_URL = re.compile(r"://[^/\s:@]*:[^@\s/]+@")
NAME = re.compile(r"[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?")
OURS = "welfare"
ZEROS = "0" * 64


def template(thing):
    """Path and value of the pods that an object makes, or None."""
    path = {"Deployment": ("spec", "template"), "StatefulSet": ("spec", "template"),
            "CronJob": ("spec", "jobTemplate", "spec", "template")}.get(thing.kind)
    value = at(thing.value, *path) if path else None
    return (path, value) if value else None


def workloads(objects):
    for thing in objects:
        made = template(thing)
        if made:
            yield thing, made[0], made[1]


def labels_of(pod):
    return at(pod, "metadata", "labels", default={})


def module_of(thing):
    """The process of ours that the object runs for good, or None."""
    if thing.kind not in ("Deployment", "StatefulSet"):
        return None
    named = at(thing.value, "metadata", "labels", default={})
    return named.get("app.kubernetes.io/component") if named.get("app.kubernetes.io/part-of") == OURS else None


def selects(selector, labels):
    return all(labels.get(key) == value for key, value in (selector or {}).items())


def flags_of(container):
    """Settings of one container by name: [(value, path within the container)]."""
    settings = {}
    for index, argument in enumerate(container.get("args", [])):
        found = re.fullmatch(r"--([\w-]+)=(.*)", str(argument))
        name, value = found.groups() if found else (str(argument), None)
        settings.setdefault(name, []).append((value, ("args", index)))
    for index, variable in enumerate(container.get("env", [])):
        if variable["name"].startswith("WELFARE_"):
            name = variable["name"].removeprefix("WELFARE_").lower().replace("_", "-")
            settings.setdefault(name, []).append((variable.get("value"), ("env", index)))
    return settings


def check(objects, report, rendered):
    """`rendered`: false of what the files say before an overlay names images
    and namespace, and patches them."""
    names(objects, report, rendered)
    secrets(objects, report)
    for thing, path, pod in workloads(objects):
        pod_rules(thing, path, pod, report)
        for index, container in enumerate(at(pod, "spec", "containers", default=[])):
            where = (*path, "spec", "containers", index)
            if rendered:
                image_rule(thing, where, container, report)
            container_rules(thing, where, pod, container, report)
        if at(pod, "spec", "initContainers"):
            report(thing, (*path, "spec", "initContainers"), "no rule for containers that run first")
    accounts(objects, report)
    scaling(objects, report)
    services(objects, report)


def names(objects, report, rendered):
    seen = set()
    spaces = {at(o.value, "metadata", "namespace") for o in objects if o.kind != "Namespace"}
    if rendered and (len(spaces) != 1 or None in spaces):
        report(objects[0], ("metadata", "namespace"), f"all objects are in one namespace, not in {spaces}")
    for thing in objects:
        if not NAME.fullmatch(thing.name or ""):
            report(thing, ("metadata", "name"), "a name has small letters, digits and - alone")
        key = (thing.value.get("apiVersion"), thing.kind, thing.name)
        if key in seen:
            report(thing, (), "stands twice")
        seen.add(key)
    for thing in objects:
        if thing.kind == "Namespace":
            labels = at(thing.value, "metadata", "labels", default={})
            for mode in ("enforce", "warn"):
                if labels.get(f"pod-security.kubernetes.io/{mode}") != "restricted":
                    report(thing, ("metadata", "labels"), f"pod security: {mode} is restricted")


def strings(value, path=()):
    if isinstance(value, dict):
        for key, part in value.items():
            yield from strings(part, (*path, key))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from strings(part, (*path, index))
    elif isinstance(value, str):
        yield path, value


def secrets(objects, report):
    for thing in objects:
        if thing.kind == "Secret":
            report(thing, (), "a secret is made in the cluster and never stands in the tree")
        for path, text in strings(thing.value):
            if LOGIN_IN_URL.search(text):
                report(thing, path, "a login stands in an address")
            if "PRIVATE KEY" in text:
                report(thing, path, "a private key")
        for _, path, pod in workloads([thing]):
            for number, container in enumerate(at(pod, "spec", "containers", default=[])):
                for index, variable in enumerate(container.get("env", [])):
                    where = (*path, "spec", "containers", number, "env", index)
                    if at(variable, "valueFrom", "secretKeyRef"):
                        report(thing, where, "secrets are read from files, not from the environment")
                    elif "value" in variable and SECRET_NAME.search(variable["name"]):
                        report(thing, where, f"{variable['name']} looks like a secret: give it by file")


def pod_rules(thing, path, pod, report):
    spec = pod.get("spec", {})
    where = (*path, "spec")

    def need(ok, text, *more):
        if not ok:
            report(thing, (*where, *more), text)

    security = spec.get("securityContext", {})
    need(security.get("runAsNonRoot") is True, "runs as root", "securityContext", "runAsNonRoot")
    need((security.get("runAsUser") or 0) > 0, "runs as root", "securityContext", "runAsUser")
    need(at(security, "seccompProfile", "type") == "RuntimeDefault", "seccomp is RuntimeDefault",
         "securityContext", "seccompProfile")
    need(spec.get("automountServiceAccountToken") is False, "no token of the API server in pods",
         "automountServiceAccountToken")
    need(spec.get("enableServiceLinks") is False, "services are found by name, not by environment",
         "enableServiceLinks")
    for host in ("hostNetwork", "hostPID", "hostIPC"):
        need(not spec.get(host), f"{host} is the node's", host)
    for index, volume in enumerate(spec.get("volumes", [])):
        kinds = set(volume) - {"name"}
        need(kinds <= VOLUMES, f"a volume of kind {', '.join(kinds - VOLUMES)}", "volumes", index)
        need("emptyDir" not in volume or at(volume, "emptyDir", "sizeLimit"),
             "a folder without a limit", "volumes", index)
        for kind in ("secret", "projected"):
            mode = at(volume, kind, "defaultMode")
            need(kind not in volume or mode in (0o440, 0o400),
                 "secrets are for their owner and its group: defaultMode 0440", "volumes", index)
    labels = labels_of(pod)
    need("app.kubernetes.io/name" in labels, "a pod has the label app.kubernetes.io/name")
    if thing.kind == "CronJob":
        cron_rules(thing, report)
        return
    selector = at(thing.spec, "selector", "matchLabels", default={})
    if not selector or not selects(selector, labels):
        report(thing, ("spec", "selector"), "selects none of its own pods")
    if set(selector) != {"app.kubernetes.io/name"}:
        report(thing, ("spec", "selector"), "a selector never changes: app.kubernetes.io/name alone")
    if module_of(thing):
        spread = spec.get("topologySpreadConstraints", [])
        keys = {constraint.get("topologyKey") for constraint in spread
                if selects(at(constraint, "labelSelector", "matchLabels"), labels)}
        need(keys == {"topology.kubernetes.io/zone", "kubernetes.io/hostname"},
             "replicas spread over zones and nodes", "topologySpreadConstraints")
        drains(thing, where, spec, report)


def drains(thing, where, spec, report):
    settings = flags_of(spec["containers"][0])

    def milliseconds(name):
        value = settings.get(name, [("", ())])[0][0] or ""
        return int(value) if value.isdigit() else None

    wait, running = milliseconds("drain-wait-ms"), milliseconds("drain-timeout-ms")
    container = (*where, "containers", 0)
    if wait is None or running is None:
        report(thing, (*container, "args"), "says how it drains: --drain-wait-ms and --drain-timeout-ms")
        return
    # No preStop: the process itself goes on answering while it is taken out of
    # the lists of addresses, and tells those who wait that it goes.
    if wait < 3000:
        report(thing, (*container, *settings["drain-wait-ms"][0][1]),
               "callers need 3 s at least to hear that a pod goes")
    grace = spec.get("terminationGracePeriodSeconds", 30)
    if grace * 1000 < wait + running + 10_000:
        report(thing, (*where, "terminationGracePeriodSeconds"),
               f"{grace} s are less than the drain of {(wait + running) // 1000} s and 10 s")


def image_rule(thing, where, container, report):
    image = str(container.get("image", ""))
    tag = re.search(r":([\w][\w.-]*)$", image)
    digest = re.search(r"@sha256:[0-9a-f]{64}$", image)
    if not digest and (tag is None or tag.group(1) == "latest"):
        report(thing, (*where, "image"), f"the image {image} is not pinned")


def container_rules(thing, where, pod, container, report):
    def need(ok, text, *more):
        if not ok:
            report(thing, (*where, *more), text)

    security = container.get("securityContext", {})
    need(security.get("allowPrivilegeEscalation") is False, "privileges may grow",
         "securityContext", "allowPrivilegeEscalation")
    need(security.get("readOnlyRootFilesystem") is True, "its root is writable",
         "securityContext", "readOnlyRootFilesystem")
    need(at(security, "capabilities", "drop") == ["ALL"] and not at(security, "capabilities", "add"),
         "has capabilities", "securityContext", "capabilities")
    need(not security.get("privileged"), "is privileged", "securityContext", "privileged")
    need(security.get("runAsUser", 1) > 0 and security.get("runAsNonRoot", True), "runs as root",
         "securityContext")
    need("seccompProfile" not in security, "seccomp stands at the pod", "securityContext")
    resources = container.get("resources", {})
    for kind, what in (("requests", "cpu"), ("requests", "memory"), ("limits", "memory")):
        need(at(resources, kind, what), f"no {what} in {kind}", "resources", kind)
    need(not at(resources, "limits", "cpu"), "a limit of cpu makes callers wait", "resources", "limits", "cpu")
    for port in container.get("ports", []):
        need("hostPort" not in port and port.get("name"), "a port has a name and is the pod's own", "ports")
    volumes = {volume["name"] for volume in at(pod, "spec", "volumes", default=[])}
    volumes |= {at(claim, "metadata", "name") for claim in thing.spec.get("volumeClaimTemplates", [])}
    for index, mount in enumerate(container.get("volumeMounts", [])):
        need(mount["name"] in volumes, f"no volume is called {mount['name']}", "volumeMounts", index)
    need(not container.get("lifecycle"), "the process drains by itself", "lifecycle")
    if thing.kind == "CronJob":
        return
    wanted = {"startupProbe": "/livez", "readinessProbe": "/readyz", "livenessProbe": "/livez"}
    for probe, path in wanted.items():
        if module_of(thing):
            asked = at(container, probe, "httpGet", default={})
            need(asked.get("port") == "ops" and asked.get("path") == path,
                 f"{probe} asks {path} of the port ops", probe, "httpGet")
        elif probe != "startupProbe":
            need(container.get(probe), f"no {probe}", probe)


def cron_rules(thing, report):
    for field, value in (("timeZone", "Asia/Tokyo"), ("concurrencyPolicy", "Forbid")):
        if thing.spec.get(field) != value:
            report(thing, ("spec", field), f"{field} is {value}")
    for path in (("startingDeadlineSeconds",), ("jobTemplate", "spec", "activeDeadlineSeconds"),
                 ("jobTemplate", "spec", "ttlSecondsAfterFinished")):
        if not at(thing.spec, *path):
            report(thing, ("spec", *path), f"a job has {path[-1]}")


def accounts(objects, report):
    there = {thing.name: thing for thing in objects if thing.kind == "ServiceAccount"}
    used = {}
    for thing, path, pod in workloads(objects):
        account = at(pod, "spec", "serviceAccountName")
        where = (*path, "spec", "serviceAccountName")
        if account not in there:
            report(thing, where, f"an account of its own: {account} is none")
        elif account in used:
            report(thing, where, f"shares its account with {used[account]}")
        used[account] = thing
    for thing in there.values():
        if thing.value.get("automountServiceAccountToken") is not False:
            report(thing, (), "an account hands out no token")


def scaling(objects, report):
    def find(kind, name):
        return next((o for o in objects if o.kind == kind and o.name == name), None)

    scaled = {}
    for thing in objects:
        if thing.kind != "HorizontalPodAutoscaler":
            continue
        target = thing.spec.get("scaleTargetRef", {})
        workload = find(target.get("kind"), target.get("name"))
        if workload is None or workload.kind != "Deployment":
            report(thing, ("spec", "scaleTargetRef"), "scales no deployment")
            continue
        scaled[workload.name] = thing
        if "replicas" in workload.spec:
            report(workload, ("spec", "replicas"), "an autoscaler says how many replicas there are")
        if thing.spec.get("minReplicas", 1) < 2:
            report(thing, ("spec", "minReplicas"), "two replicas at least")
        if not at(thing.spec, "behavior", "scaleDown", "stabilizationWindowSeconds"):
            report(thing, ("spec", "behavior"), "shrinks without patience")
    guarded = {}
    for thing in objects:
        if thing.kind != "PodDisruptionBudget":
            continue
        chosen = [w for w, _, pod in workloads(objects) if w.kind != "CronJob"
                  and selects(at(thing.spec, "selector", "matchLabels"), labels_of(pod))]
        if len(chosen) != 1:
            report(thing, ("spec", "selector"), f"is for one workload, not for {len(chosen)}")
        for workload in chosen:
            guarded[workload.name] = thing
            if workload.name not in scaled:
                report(thing, (), "a budget for what has one replica holds up every node")
        if thing.spec.get("maxUnavailable") != 1 or "minAvailable" in thing.spec:
            report(thing, ("spec", "maxUnavailable"), "maxUnavailable is 1")
    for name, thing in scaled.items():
        if name not in guarded:
            report(thing, (), f"no disruption budget for {name}")
    for thing in objects:
        if thing.kind == "StatefulSet" and thing.spec.get("replicas") != 1:
            report(thing, ("spec", "replicas"), "a file has one writer: replicas is 1")
        for claim in thing.spec.get("volumeClaimTemplates", []) if thing.kind == "StatefulSet" else []:
            if "app.kubernetes.io/version" in at(claim, "metadata", "labels", default={}):
                report(thing, ("spec", "volumeClaimTemplates"), "a claim can never change, so it says no version")


def services(objects, report):
    for thing in objects:
        if thing.kind != "Service":
            continue
        chosen = [(w, pod) for w, _, pod in workloads(objects)
                  if selects(thing.spec.get("selector"), labels_of(pod))]
        if len(chosen) != 1 or not thing.spec.get("selector"):
            report(thing, ("spec", "selector"), f"stands for one workload, not for {len(chosen)}")
            continue
        ports = {port.get("name") for c in at(chosen[0][1], "spec", "containers", default=[])
                 for port in c.get("ports", [])}
        for index, port in enumerate(thing.spec.get("ports", [])):
            if port.get("targetPort") not in ports:
                report(thing, ("spec", "ports", index), f"its pods have no port {port.get('targetPort')}")


def placeholders(objects, report):
    for thing in objects:
        for path, text in strings(thing.value):
            if ".invalid" in text or ZEROS in text or "192.0.2." in text:
                report(thing, path, f"stands for a value of yours: {text[:80]}")


def most_replicas(objects, name):
    """How many pods of a workload there may be, one more while it rolls."""
    for thing in objects:
        if thing.kind == "HorizontalPodAutoscaler" and at(thing.spec, "scaleTargetRef", "name") == name:
            return thing.spec.get("maxReplicas", math.inf) + 1
    workload = next(o for o in objects if o.kind in ("Deployment", "StatefulSet") and o.name == name)
    return workload.spec.get("replicas", 1) + (workload.kind == "Deployment")
