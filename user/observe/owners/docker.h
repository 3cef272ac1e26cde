/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "observe/owners/owners.h"

/**
 * Docker, from the state files of its daemon (ROOT/containers/ID/config.v2.json): no API, no socket, nothing is asked of the daemon.
 */
extern const struct owner_engine docker_engine;
