/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "observe/owners/owners.h"

/**
 * Services of systemd that have a network namespace of their own (PrivateNetwork=): the namespace's oldest process is in the cgroup of the
 * service itself, where only systemd puts processes. owners_refresh() tells them only where no engine knows anybody.
 */
extern const struct owner_engine units_engine;
