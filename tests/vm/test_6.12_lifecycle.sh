#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
. "$(dirname "$0")/suite.sh"
run_lifecycle 6.12
