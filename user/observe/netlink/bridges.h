/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stddef.h>

#include "base/fault.h"
#include "model/bridge_detail.h"

/** What is to be looked at. */
struct bridges_options {
	const char *
		only; /* name of the one bridge to look at, with its entries; NULL: all bridges, entries are only counted */
	size_t entries_per_port; /* that are kept of it, the others are only counted; 0: all */
};

/**
 * Asks the bridge code of the namespace we run in for its bridges, their ports, VLANs and forwarding databases, with a socket of its own. A
 * database may have hundreds of thousands of entries, so this is for somebody who asks, never for a tick; what is not kept is counted as it
 * is read.
 *
 * @ret: freed with bridge_look_free(); untouched on failure
 * Returns 0 (also where there is no such bridge: then there is none in it), or -errno with @fault filled.
 */
int bridges_look(const struct bridges_options *options, struct bridge_look *ret, struct fault *fault);
