#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The DaemonSet: YAML, with the capabilities of the systemd unit, options that ctnetd takes and settings that it finds right. No cluster.
. "$(dirname "$0")/../lib.sh"

/usr/bin/python3 -c 'import yaml' 2>/dev/null || skip_all "python3-yaml is not installed (tools/install-deps test)"
manifest=$TMP/manifest.json
holds "it is YAML" /usr/bin/python3 -c 'import json, sys, yaml
json.dump(list(yaml.safe_load_all(open(sys.argv[1]))), open(sys.argv[2], "w"))' "$TOP/tools/kubernetes/ctnetd.yaml" "$manifest"
container() { jq -r ".[] | select(.kind == \"DaemonSet\").spec.template.spec.containers[0]$1" "$manifest"; }

is "the container has the capabilities of the unit and no others" \
	"$(container '.securityContext.capabilities | .drop[], (.add | sort | .[] | "CAP_" + .)')" \
	"$(echo ALL; sed -n 's/^CapabilityBoundingSet=//p' "$TOP/tools/systemd/ctnetd.service.in" | tr ' ' '\n' | LC_ALL=C sort)"
jq -r '.[] | select(.kind == "ConfigMap").data["ctnetd.conf"]' "$manifest" >"$TMP/ctnetd.conf"
mapfile -t options < <(container '.command[1:][]' | sed "s|^/etc/ctnet/|$TMP/|")
holds "ctnetd takes its options and settings" "$BUILD/ctnetd" "${options[@]}" --check-config
is "each volume that is mounted is one of the pod's" "$(container '.volumeMounts[].name' | sort)" \
	"$(jq -r '.[] | select(.kind == "DaemonSet").spec.template.spec.volumes[].name' "$manifest" | sort)"
