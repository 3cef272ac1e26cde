/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Traffic between two namespaces for a fixed time: what got through, and how long an answer took. */

#include <stddef.h>
#include <sys/types.h>

enum workload {
	UDP_SMALL,   /* datagrams of 22 bytes, one sender, to a socket that nobody reads: value = datagrams a second */
	TCP_STREAM,  /* value = bytes a second */
	TCP_ANSWER,  /* a byte there and one back: value = answers a second, latency = median of one, s */
	TCP_CONNECT, /* connections made and ended: value = connections a second */
	WORKLOADS,
};

const char *workload_name(enum workload workload);
const char *workload_unit(enum workload workload);

struct window {
	double value;
	double latency; /* of TCP_ANSWER, s */
};

/** A server for all workloads in the namespace of process @guest, listening on @port. Returns its pid, or -1. */
pid_t workload_serve(pid_t guest, int port);

/**
 * Runs @workload for @seconds from the namespace of process @guest to the server at @address, pinned to the last CPU.
 *
 * Returns 0, or -1 where it could not run.
 */
int workload_run(enum workload workload, pid_t guest, const char *address, int port, double seconds,
                 struct window *ret);
