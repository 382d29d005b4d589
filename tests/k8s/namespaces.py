"""Pods without a cluster: network namespaces with addresses of their own on one
bridge, the network policies as packet filters in each, names looked up over the
network, and a node that asks who is ready."""

import contextlib
import ctypes
import ipaddress
import os
import socket
import struct
import subprocess
import threading
import uuid

from manifests import at
from workloads import selects

CLONE_NEWNET = 0x40000000
SEARCH = "welfare.svc.cluster.local"
NODE = ipaddress.ip_address("100.64.0.1")
HERE = {"kubernetes.io/metadata.name": "welfare"}


def run(*command, given=None):
    done = subprocess.run([str(part) for part in command], input=given, capture_output=True, text=True,
                          timeout=90, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}: {done.stderr.strip()}")
    return done.stdout


class Pod:
    """A network namespace with one address, and what policies know of it."""

    def __init__(self, network, name, address, labels, ports=None, namespace=None):
        """`labels`: the pod's; `ports`: numbers by name; `namespace`: labels of
        the Kubernetes namespace."""
        self.name, self.address, self.labels = name, ipaddress.ip_address(address), labels
        self.ports, self.namespace = ports or {}, namespace or HERE
        self.place = f"{network.prefix}-{name}"
        link = f"v{uuid.uuid4().hex[:10]}"
        run("ip", "netns", "add", self.place)
        network.places.append(self.place)
        run("ip", "link", "add", link, "netns", network.node, "type", "veth", "peer", "name", "eth0", "netns", self.place)
        run("ip", "-n", network.node, "link", "set", link, "master", "bridge", "up")
        run("ip", "-n", self.place, "link", "set", "lo", "up")
        run("ip", "-n", self.place, "address", "add", f"{self.address}/32", "dev", "eth0")
        run("ip", "-n", self.place, "link", "set", "eth0", "up")
        run("ip", "-n", self.place, "route", "add", "default", "dev", "eth0")

    def inside(self, function, *arguments):
        return inside(self.place, function, *arguments)

    def filter(self, lines):
        run("ip", "netns", "exec", self.place, "nft", "-f", "-", given=lines)


def inside(place, function, *arguments):
    """What `function` returns in a network namespace. Sockets that it opens stay
    there; its thread alone goes."""
    result = []

    def go():
        try:
            with open(f"/run/netns/{place}", "rb") as file:
                if ctypes.CDLL(None, use_errno=True).setns(file.fileno(), CLONE_NEWNET) != 0:
                    raise OSError(ctypes.get_errno(), f"setns {place}")
            result.append((function(*arguments), None))
        except BaseException as error:  # told to whoever asked
            result.append((None, error))
    thread = threading.Thread(target=go)
    thread.start()
    thread.join()
    value, error = result[0]
    if error is not None:
        raise error
    return value


class Network:
    """A bridge in a namespace of its own, which is the node, and its pods. The
    machine's own network is not touched."""

    def __init__(self):
        self.prefix = f"w{uuid.uuid4().hex[:6]}"
        self.node, self.places, self.pods = f"{self.prefix}-node", [], []

    def make(self):
        run("ip", "netns", "add", self.node)
        self.places.append(self.node)
        run("ip", "-n", self.node, "link", "add", "bridge", "type", "bridge")
        run("ip", "-n", self.node, "address", "add", f"{NODE}/32", "dev", "bridge")
        for device in ("lo", "bridge"):
            run("ip", "-n", self.node, "link", "set", device, "up")
        run("ip", "-n", self.node, "route", "add", "default", "dev", "bridge")
        return self

    def add(self, name, address, labels, ports=None, namespace=None):
        self.pods.append(Pod(self, name, address, labels, ports, namespace))
        return self.pods[-1]

    def remove(self):
        for place in reversed(self.places):
            with contextlib.suppress(RuntimeError):
                run("ip", "netns", "delete", place)
        self.places.clear()


def reason_not_to():
    """Why this machine makes no network namespaces with packet filters, or None."""
    if os.geteuid() != 0:
        return "not root"
    network = Network()
    try:
        network.make().add("probe", "100.64.0.2", {}).filter(
            "table inet probe {\n chain out {\n  type filter hook output priority 0\n  ct state established accept\n"
            "  reject with icmpx admin-prohibited\n }\n}\n")
        inside(network.node, socket.gethostname)
    except (OSError, RuntimeError) as error:
        return str(error)
    finally:
        network.remove()
    return None


class Filters:
    """The rules that make network policies come true, per pod: what Kubernetes'
    documentation says of them, written as nftables."""

    def __init__(self, objects, pods):
        self.policies, self.pods = [o for o in objects if o.kind == "NetworkPolicy"], pods

    def of(self, pod):
        """The whole filter of a pod. What is denied is refused and not dropped,
        so that nobody has to wait to see it."""
        return "".join(("table inet policies\ndelete table inet policies\ntable inet policies {\n",
                        self._chain(pod, "Ingress", "input", "from", "saddr", "iifname"),
                        self._chain(pod, "Egress", "output", "to", "daddr", "oifname"), "}\n"))

    def _chain(self, pod, side, hook, key, end, device):
        chain = [f" chain {hook} {{", f"  type filter hook {hook} priority 0; policy accept;",
                 f'  {device} "lo" accept', "  ct state established,related accept",
                 # A pod's own node is never shut out.
                 f"  ip {end} {NODE} accept" if side == "Ingress" else ""]
        mine = [] if pod.namespace != HERE else [
            policy for policy in self.policies if side in policy.spec.get("policyTypes", [])
            and selects(at(policy.spec, "podSelector", "matchLabels"), pod.labels)]
        for policy in mine:
            for rule in policy.spec.get(side.lower()) or []:
                chain += [f"  {where}{port} accept" for where, others in self._ends(rule.get(key), end)
                          for port in self._ports(rule, [pod] if side == "Ingress" else others)]
        if mine:
            chain.append("  reject with icmpx admin-prohibited")
        return "\n".join(chain) + "\n }\n"

    def _ends(self, peers, end):
        """Matches of the other end, and the pods that it may be."""
        if not peers:
            return [("", self.pods)]
        found = []
        for peer in peers:
            if "ipBlock" in peer:
                found.append((f"ip {end} {peer['ipBlock']['cidr']} ", []))
                continue
            inside_ = peer.get("namespaceSelector")
            for pod in self.pods:
                where = pod.namespace == HERE if inside_ is None else selects(inside_.get("matchLabels"), pod.namespace)
                if where and selects(at(peer, "podSelector", "matchLabels"), pod.labels):
                    found.append((f"ip {end} {pod.address} ", [pod]))
        return found

    @staticmethod
    def _ports(rule, listeners):
        if not rule.get("ports"):
            return [""]
        found = []
        for entry in rule["ports"]:
            protocol = entry.get("protocol", "TCP").lower()
            port = entry.get("port")
            if port is None:
                found.append(f"meta l4proto {protocol}")
            elif isinstance(port, int):
                found.append(f"{protocol} dport {port}")
            else:  # named by the listener
                found += [f"{protocol} dport {pod.ports[port]}" for pod in listeners if port in pod.ports]
        return found


class Names:
    """A name server in a pod: A records of headless services, as they are at
    the moment of the question."""

    def __init__(self, pod, records):
        """`records`: a function from a service's name to addresses, or None."""
        self.records, self.asked = records, set()
        self.udp, self.tcp = pod.inside(self._open, str(pod.address))
        self.threads = [threading.Thread(target=serve, daemon=True) for serve in (self._serve_udp, self._serve_tcp)]
        for thread in self.threads:
            thread.start()

    @staticmethod
    def _open(address):
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        udp.bind((address, 53))
        return udp, socket.create_server((address, 53))

    def close(self):
        for each in (self.udp, self.tcp):
            each.close()

    def _serve_udp(self):
        with contextlib.suppress(OSError):
            while True:
                question, sender = self.udp.recvfrom(4096)
                self.udp.sendto(self.answer(question), sender)

    def _serve_tcp(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.tcp.accept()
                with connection, contextlib.suppress(OSError, struct.error):
                    (size,) = struct.unpack("!H", connection.recv(2, socket.MSG_WAITALL))
                    reply = self.answer(connection.recv(size, socket.MSG_WAITALL))
                    connection.sendall(struct.pack("!H", len(reply)) + reply)

    def answer(self, question):
        number, labels, at_ = question[:2], [], 12
        while question[at_]:
            labels.append(question[at_ + 1:at_ + 1 + question[at_]].decode("ascii", "replace").lower())
            at_ += 1 + question[at_]
        asked = question[12:at_ + 5]
        (kind,) = struct.unpack("!H", question[at_ + 1:at_ + 3])
        name = ".".join(labels)
        found = self.records(name.removesuffix(f".{SEARCH}")) if name.endswith(f".{SEARCH}") else None
        addresses = list(found or []) if kind == 1 else []
        if addresses:
            self.asked.add(name)
        # A reply with authority; a name that is not there is NXDOMAIN.
        head = number + struct.pack("!HHHHH", 0x8580 | (3 if found is None else 0), 1, len(addresses), 0, 0)
        return head + asked + b"".join(
            b"\xc0\x0c" + struct.pack("!HHIH", 1, 1, 1, 4) + address.packed for address in addresses)


def connects(address, port):
    """Whether somebody listens there and may be reached from here."""
    try:
        with socket.create_connection((str(address), port), timeout=90):
            return True
    except TimeoutError:
        raise
    except OSError:
        return False
