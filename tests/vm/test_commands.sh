#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# What the commands tell on a kernel with everything: ipvlan, VLANs, netkit, bonds, and bridges that filter VLANs. Not test_path.sh: it finds nothing there
# that it does not find elsewhere (tried once), and takes almost as long as all of these.
. "$(dirname "$0")/suite.sh"
"$vm/run" -c 1 -t 900 6.12 -- "$vm"/../netns/test_{kinds,bridge,exec,expose}.sh
