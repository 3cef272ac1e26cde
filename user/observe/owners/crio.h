/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "observe/owners/owners.h"

/**
 * CRI-O, the engine of Kubernetes that keeps its containers as Podman does, from the config.json beside the process id file of each
 * (RUN/overlay-containers/ID/userdata): no API, no socket. Podman has no config.json there.
 */
extern const struct owner_engine crio_engine;
