"""What the containers of an overlay find where they run, without a cluster."""

import base64
import os
import subprocess

import yaml

from manifests import at
from wiring import files_in


def make_given(tree, folder):
    """What overlays/laptop/make-secrets makes in `folder`: keys and their bytes,
    by kind and name."""
    made = subprocess.run([tree / "overlays/laptop/make-secrets", folder],
                          capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    given = {}
    for thing in yaml.safe_load_all((folder / "secrets.yaml").read_text()):
        secret = thing["kind"] == "Secret"
        given["secret" if secret else "configMap", thing["metadata"]["name"]] = {
            key: base64.b64decode(text) if secret else text.encode()
            for key, text in thing["data"].items()}
    return given


def give_stores(given, server, objects):
    """What an operator makes beside for the overlay `production`, and what
    CloudNativePG does with its Cluster: roles and schemas in `server`."""
    given["secret", "welfare-postgres-ca"] = {"ca.crt": given["configMap", "welfare-peer-authorities"]["ca.crt"]}
    given["secret", "welfare-redis"] = {"url": b"redis://:secret@welfare-redis:6379/0"}
    for name in ("registry", "survey", "report"):
        url = server.url(role=f"welfare_{name}")
        given["secret", f"welfare-{name}-database"] = {"url": url.encode() + b"\n"}
    cluster = next(o for o in objects if o.kind == "Cluster")
    for statement in at(cluster.spec, "bootstrap", "initdb", "postInitApplicationSQL"):
        server.sql(statement)
    for role in at(cluster.spec, "managed", "roles"):
        server.sql(f"ALTER ROLE {role['name']} LOGIN")


class Mounted:
    """The files that one container finds, in a folder in the place of `/`."""

    def __init__(self, root, pod, container, given):
        self.root, self.container = root, container
        volumes = {volume["name"]: volume for volume in at(pod, "spec", "volumes", default=[])}
        self.places = []
        for mount in container.get("volumeMounts", []):
            place = root / mount["mountPath"].strip("/")
            place.mkdir(parents=True, exist_ok=True)
            self.places.append(mount["mountPath"])
            for name, (kind, source, key) in files_in(volumes.get(mount["name"], {})).items():
                keys = given[kind, source]
                for file, content in ({name: keys[key]} if name else keys).items():
                    (place / file).write_bytes(content)
                    # As the kubelet leaves them: the group may read, nobody else.
                    (place / file).chmod(0o440)

    def here(self, text):
        """A mounted file, where it is for this test; anything else as it is."""
        mounted = any(text.startswith(f"{place}/") for place in self.places)
        return f"{self.root}{text}" if mounted else text

    def arguments(self, **replaced):
        """The flags of the container, some of them with other values."""
        result = []
        for argument in self.container["args"]:
            name, value = argument.removeprefix("--").split("=", 1)
            result.append(f"--{name}={replaced.pop(name.replace('-', '_'), self.here(value))}")
        assert not replaced, f"no such flags: {replaced}"
        return result

    def environment(self):
        variables = {v["name"]: self.here(v["value"]) for v in self.container.get("env", []) if "value" in v}
        return {"PATH": os.environ["PATH"], **variables}
