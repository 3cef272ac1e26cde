/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Traffic between two namespaces, in blocks of a fixed amount: how long each takes. One sender and one connection last for all blocks, so that
 * nothing begins anew between two that are compared; both ends keep to a CPU of their own.
 */

#include <stddef.h>
#include <sys/types.h>

enum workload {
	UDP_SMALL, /* datagrams of 22 bytes, to a socket that nobody reads: all work is done in the sender's CPU time, which is the clock */
	TCP_STREAM,  /* bytes, in writes of 64 KiB, until the receiver says that it has them all */
	TCP_ANSWER,  /* a byte there and one back */
	TCP_CONNECT, /* connections made and ended */
	WORKLOADS,
};

const char *workload_name(enum workload workload);
const char *workload_unit(enum workload workload);

struct block {
	double rate;    /* datagrams, bytes, answers or connections a second */
	double per_cpu; /* the same a CPU second of both ends, with what the kernel does for them in their time */
	double latency; /* TCP_ANSWER: median of one, s */
};

/** A server for all workloads in the namespace of process @guest, listening on @port. Returns its pid, or -1. */
pid_t workload_serve(pid_t guest, int port);

struct sender {
	pid_t pid;
	int ask, told;
};

/**
 * Starts a sender in the namespace of process @guest, pinned to the last CPU.
 *
 * @server: of workload_serve()
 * @ret: sender_end() it
 * Returns 0, or -1.
 */
int sender_start(enum workload workload, pid_t guest, pid_t server, const char *address, int port, struct sender *ret);

/** Sends one block (some 15 ms), after a twentieth of it that is not measured. Returns 0, or -1 where the traffic does not run. */
int sender_block(const struct sender *sender, struct block *ret);

void sender_end(struct sender *sender);
