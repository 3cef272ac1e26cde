/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stddef.h>
#include <stdint.h>

/** Kernel memory of one map of ours. */
struct map_price {
	const char *name;
	uint64_t bytes;
};

/** What one of our programs did since the kernel began to keep its time. */
struct program_price {
	const char *name;
	uint64_t runs;
	uint64_t run_ns;
};

/** What the agent itself takes of the machine. The rows are whoever's filled them in. */
struct price {
	uint64_t cpu_ns;         /* of the process, since its start */
	uint64_t resident_bytes; /* 0: could not be read */
	uint64_t descriptors;    /* open ones; 0: could not be read */
	const struct map_price *maps;
	size_t map_count;
	const struct program_price *programs; /* none where nobody asked the kernel to measure them */
	size_t program_count;
};
