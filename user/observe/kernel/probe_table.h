/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>

/** One probe for each thing that happens; some need a second one that remembers how it was before. In the order of attaching. */
enum probe_id {
	PROBE_LAST_PUT,
	PROBE_HANDLE_PUT,
	PROBE_CLEANUP,
	PROBE_DESTROYED,
	PROBE_SETUP,
	PROBE_CREATED,
	PROBE_REGISTERED,
	PROBE_UNREGISTERED,
	PROBE_MOVE,
	PROBE_MOVED,
	PROBE_RENAME,
	PROBE_RENAMED,
	PROBE_JOIN,
	PROBE_JOINED,
	PROBE_LEFT,
	PROBES,
};

#define PROBE_PLACES 3

/** A place in the kernel, and the program of bpf/lifecycle.bpf.c that belongs there. */
struct probe_place {
	const char *symbol; /* kernel function; NULL: no more places */
	const char *program;
	bool on_return;
};

struct probe {
	const char *name;                        /* "created", …; for people and for tests */
	struct probe_place places[PROBE_PLACES]; /* the first that this kernel has is taken */
};

extern const struct probe probe_table[PROBES];
