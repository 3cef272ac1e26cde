#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Asks a CRI runtime one thing, as a kubelet would: what the tests need of the Kubernetes runtime API v1, and nothing else.

usage: cri.py SOCKET SERVICE/METHOD REQUEST         e.g. cri.py /run/x.sock RuntimeService/RunPodSandbox '{"config":{...}}'

REQUEST and the answer are JSON with the API's own field names. A message here is the wire format of protocol buffers read through
MESSAGES below: each field's number, and its type where it is not text; "[]" behind a type is a repeated field, "{}" a map of texts.
"""

import json
import sys

import grpc

MESSAGES = {
    "RunPodSandboxRequest": {"config": (1, "PodSandboxConfig")},
    "RunPodSandboxResponse": {"pod_sandbox_id": (1, "text")},
    "StopPodSandboxRequest": {"pod_sandbox_id": (1, "text")},
    "RemovePodSandboxRequest": {"pod_sandbox_id": (1, "text")},
    "PodSandboxStatusRequest": {"pod_sandbox_id": (1, "text"), "verbose": (2, "int")},
    "PodSandboxStatusResponse": {"status": (1, "PodSandboxStatus"), "info": (2, "{}")},
    "ListPodSandboxRequest": {},
    "ListPodSandboxResponse": {"items": (1, "PodSandbox[]")},
    "CreateContainerRequest": {
        "pod_sandbox_id": (1, "text"),
        "config": (2, "ContainerConfig"),
        "sandbox_config": (3, "PodSandboxConfig"),
    },
    "CreateContainerResponse": {"container_id": (1, "text")},
    "StartContainerRequest": {"container_id": (1, "text")},
    "StopContainerRequest": {"container_id": (1, "text"), "timeout": (2, "int")},
    "RemoveContainerRequest": {"container_id": (1, "text")},
    "ContainerStatusRequest": {"container_id": (1, "text"), "verbose": (2, "int")},
    "ContainerStatusResponse": {"status": (1, "ContainerStatus"), "info": (2, "{}")},
    "ImageStatusRequest": {"image": (1, "ImageSpec")},
    "ImageStatusResponse": {"image": (1, "Image")},
    "PodSandboxConfig": {
        "metadata": (1, "PodSandboxMetadata"),
        "hostname": (2, "text"),
        "labels": (6, "{}"),
        "annotations": (7, "{}"),
        "linux": (8, "LinuxPodSandboxConfig"),
    },
    "PodSandboxMetadata": {"name": (1, "text"), "uid": (2, "text"), "namespace": (3, "text"), "attempt": (4, "int")},
    "LinuxPodSandboxConfig": {"cgroup_parent": (1, "text"), "security_context": (2, "LinuxSandboxSecurityContext")},
    "LinuxSandboxSecurityContext": {"namespace_options": (1, "NamespaceOption")},
    "NamespaceOption": {"network": (1, "int"), "pid": (2, "int"), "ipc": (3, "int")},
    "PodSandbox": {"id": (1, "text"), "metadata": (2, "PodSandboxMetadata")},
    "PodSandboxStatus": {
        "id": (1, "text"),
        "metadata": (2, "PodSandboxMetadata"),
        "network": (5, "PodSandboxNetworkStatus"),
    },
    "PodSandboxNetworkStatus": {"ip": (1, "text")},
    "ContainerConfig": {
        "metadata": (1, "ContainerMetadata"),
        "image": (2, "ImageSpec"),
        "command": (3, "text[]"),
        "labels": (9, "{}"),
        "linux": (15, "LinuxContainerConfig"),
    },
    "ContainerMetadata": {"name": (1, "text"), "attempt": (2, "int")},
    "LinuxContainerConfig": {"security_context": (2, "LinuxContainerSecurityContext")},
    "LinuxContainerSecurityContext": {"namespace_options": (3, "NamespaceOption")},
    "ContainerStatus": {
        "id": (1, "text"),
        "metadata": (2, "ContainerMetadata"),
        "image": (8, "ImageSpec"),
    },
    "ImageSpec": {"image": (1, "text")},
    "Image": {"id": (1, "text")},
    "{}": {"key": (1, "text"), "value": (2, "text")},
}
VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5


def varint(number):
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def field(number, kind, value):
    if kind == "int":
        return varint(number << 3 | VARINT) + varint(value)
    data = value.encode() if kind == "text" else encode(kind, value)
    return varint(number << 3 | BYTES) + varint(len(data)) + data


def encode(message, values):
    out = b""
    for name, value in values.items():
        number, kind = MESSAGES[message][name]
        if kind == "{}":
            values_of = [{"key": k, "value": v} for k, v in value.items()]
        else:
            values_of = value if kind.endswith("[]") else [value]
        out += b"".join(field(number, kind.removesuffix("[]"), one) for one in values_of)
    return out


def read_varint(data, at):
    number = shift = 0
    while True:
        number |= (data[at] & 0x7F) << shift
        shift += 7
        at += 1
        if data[at - 1] < 0x80:
            return number, at


def fields(data):
    """Each field of a message: its number and its value, a number or bytes."""
    at = 0
    while at < len(data):
        tag, at = read_varint(data, at)
        wire = tag & 7
        if wire == VARINT:
            value, at = read_varint(data, at)
        else:
            length = {FIXED64: 8, FIXED32: 4}.get(wire)
            if length is None:
                length, at = read_varint(data, at)
            value, at = data[at : at + length], at + length
        yield tag >> 3, value


def decode(message, data):
    known = {number: (name, kind) for name, (number, kind) in MESSAGES.get(message, {}).items()}
    out = {}
    for number, value in fields(data):
        name, kind = known.get(number, (None, None))
        if name is None:
            continue
        base = (kind or "").removesuffix("[]")
        if base == "text":
            value = value.decode(errors="replace")
        elif base != "int":
            value = decode(base, value)
        if kind == "{}":
            out.setdefault(name, {})[value.get("key", "")] = value.get("value", "")
        elif kind.endswith("[]"):
            out.setdefault(name, []).append(value)
        else:
            out[name] = value
    return out


def main():
    if len(sys.argv) != 4:
        sys.exit("usage: cri.py SOCKET SERVICE/METHOD REQUEST")
    socket, method, request = sys.argv[1:]
    name = method.rpartition("/")[2]
    with grpc.insecure_channel("unix://" + socket) as channel:
        call = channel.unary_unary(f"/runtime.v1.{method}")
        try:
            answer = call(encode(name + "Request", json.loads(request)), timeout=60)
        except grpc.RpcError as error:
            sys.exit(f"{method}: {error.code().name}: {error.details()}")
    print(json.dumps(decode(name + "Response", answer)))


if __name__ == "__main__":
    main()
