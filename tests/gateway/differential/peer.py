"""Builds the gateway of Debian's grpc-gateway packages for a contract: code of
another hand, in another language, to hold ours against. Everything that is
generated goes to a folder of the caller's.

The packages are old (protobuf 1.3 of Go, grpc-gateway 1.6) and know neither
proto3 `optional` nor the options of our protos. So the contract is compiled to
descriptors, those are made plain, and the generators are asked as protoc would.
"""

import hashlib
import os
import pathlib
import shutil
import subprocess

from google.protobuf import descriptor_pb2
from google.protobuf.compiler import plugin_pb2

HERE = pathlib.Path(__file__).resolve().parent
PACKAGES = ("golang-go", "golang-grpc-gateway", "protoc-gen-go-1-3", "golang-google-grpc-dev",
            "golang-github-grpc-ecosystem-grpc-gateway-dev")
PROGRAMS = ("go", "protoc-gen-go", "protoc-gen-grpc-gateway")
INSTALLED = "/usr/share/gocode"
# Where the packages keep the well-known types.
WELL_KNOWN = {f"google/protobuf/{name}.proto": f"github.com/golang/protobuf/ptypes/{folder};{folder}"
              for name, folder in (("any", "any"), ("duration", "duration"), ("empty", "empty"),
                                   ("struct", "struct"), ("timestamp", "timestamp"),
                                   ("wrappers", "wrappers"))}
WELL_KNOWN["google/protobuf/field_mask.proto"] = (
    "google.golang.org/genproto/protobuf/field_mask;field_mask")


class PeerError(Exception):
    """Why there is nothing to compare with."""


def missing():
    """What is not installed, in a sentence; empty where all is."""
    absent = [name for name in PROGRAMS if shutil.which(name) is None]
    if not os.path.isdir(f"{INSTALLED}/src/github.com/grpc-ecosystem/grpc-gateway"):
        absent.append("grpc-gateway's library")
    return (f"{', '.join(absent)} of Debian's grpc-gateway stack is not installed:"
            f" tools/install-dependencies differential" if absent else "")


def descriptors(file, includes):
    """The FileDescriptorSet of a proto and of all that it imports."""
    out = subprocess.run(
        ["protoc", *(f"-I{folder}" for folder in includes), "--include_imports",
         "--descriptor_set_out=/dev/stdout", file], check=True, capture_output=True).stdout
    return descriptor_pb2.FileDescriptorSet.FromString(out)


def _plain(files):
    """The contract's own files, without what Go's generators do not know."""
    kept, options = [], [f for f in files if f.name.startswith("google/api/")
                         or "/options/" in f.name or f.name == "google/protobuf/descriptor.proto"]
    dropped = {file.name for file in options}
    for file in files:
        if file.name in dropped:
            continue
        plain = descriptor_pb2.FileDescriptorProto()
        plain.CopyFrom(file)
        places = [i for i, name in enumerate(file.dependency) if name not in dropped]
        del plain.dependency[:], plain.public_dependency[:], plain.weak_dependency[:]
        plain.dependency.extend(file.dependency[i] for i in places)
        plain.public_dependency.extend(places.index(i) for i in file.public_dependency)
        plain.options.go_package = WELL_KNOWN.get(
            file.name, f"peer/{file.package.replace('.', '/')};{file.package.replace('.', '_')}")
        for message in plain.message_type:
            _without_optional(message)
        kept.append(plain)
    return kept


def _without_optional(message):
    for field in message.field:
        if field.proto3_optional:
            field.ClearField("proto3_optional")
            field.ClearField("oneof_index")
    used = {field.oneof_index for field in message.field if field.HasField("oneof_index")}
    # The oneofs that protoc makes up for optional fields come last.
    del message.oneof_decl[len(used):]
    for nested in message.nested_type:
        _without_optional(nested)


def _generate(plugin, parameter, files, source):
    """Asks a generator for one Go package after the other, as it wants to be asked."""
    packages = {}
    for file in files:
        if file.name not in WELL_KNOWN:
            packages.setdefault(file.options.go_package, []).append(file.name)
    for names in packages.values():
        request = plugin_pb2.CodeGeneratorRequest(
            file_to_generate=names, parameter=parameter, proto_file=files)
        done = subprocess.run([plugin], input=request.SerializeToString(), capture_output=True,
                              check=False)
        if done.returncode != 0:
            raise PeerError(f"{plugin} failed:\n{done.stderr.decode()}")
        response = plugin_pb2.CodeGeneratorResponse.FromString(done.stdout)
        if response.error:
            raise PeerError(f"{plugin}: {response.error}")
        for file in response.file:
            path = source / file.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(file.content, "utf-8")


def build(contract, includes, folder):
    """Builds it for the services of the file `contract`; returns the program."""
    if missing():
        raise PeerError(missing())
    folder = pathlib.Path(folder).resolve()
    source, program, stamp = folder / "src", folder / "grpc-gateway", folder / "made-of"
    described = descriptors(contract, includes)
    made_of = hashlib.sha256(b"".join((described.SerializeToString(), pathlib.Path(__file__).read_bytes(),
                                       (HERE / "main.go").read_bytes()))).hexdigest()
    if program.exists() and stamp.exists() and stamp.read_text() == made_of:
        return program
    shutil.rmtree(source, ignore_errors=True)
    files = _plain(described.file)
    _generate("protoc-gen-go", "plugins=grpc", files, source)
    _generate("protoc-gen-grpc-gateway", "logtostderr=true", files, source)

    served = [file for file in files if file.service]
    packages = sorted({file.options.go_package for file in served})
    lines = ["package main", "", "import (", '\t"context"', "",
             '\t"github.com/grpc-ecosystem/grpc-gateway/runtime"', '\t"google.golang.org/grpc"', "",
             *(f'\t{name} "{path}"' for path, name in (package.split(";") for package in packages)), ")", "",
             "func register(ctx context.Context, mux *runtime.ServeMux, connection *grpc.ClientConn) error {"]
    for file in served:
        name = file.options.go_package.split(";")[1]
        for service in file.service:
            lines += [f"\tif err := {name}.Register{service.name}Handler(ctx, mux, connection); err != nil {{",
                      "\t\treturn err", "\t}"]
    main = source / "peer" / "main"
    main.mkdir(parents=True)
    (main / "register.go").write_text("\n".join([*lines, "\treturn nil", "}", ""]), "utf-8")
    shutil.copy(HERE / "main.go", main)

    done = subprocess.run(
        ["go", "build", "-o", program, "peer/main"], cwd=folder, capture_output=True, text=True, check=False,
        env={**os.environ, "GO111MODULE": "off", "GOPATH": f"{folder}:{INSTALLED}", "GOFLAGS": "",
             "GOCACHE": str(folder / "cache"), "CGO_ENABLED": "0"})
    if done.returncode != 0:
        raise PeerError(f"go build failed:\n{done.stderr}")
    stamp.write_text(made_of)
    return program
