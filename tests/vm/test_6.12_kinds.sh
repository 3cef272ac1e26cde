#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# A kernel with everything: ipvlan, VLANs, netkit, bonds, and bridges that filter VLANs.
. "$(dirname "$0")/suite.sh"
"$vm/run" -c 1 -t 600 6.12 -- "$vm"/../netns/test_{kinds,bridge}.sh
