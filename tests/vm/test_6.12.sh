#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
. "$(dirname "$0")/suite.sh"
run_suite 6.12 "$vm"/../netns/test_{pairs,ls,agent,textfile}.sh
