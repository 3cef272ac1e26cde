/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* A node of the benchmark's own with many namespaces on it; gone with the process, whatever way it ends. */

#include <err.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "bpf/lab.h"

#define NODE_BRIDGE_PORTS 1000 /* the kernel allows 1,023 a bridge (BR_MAX_PORTS) */

/** A network and a mount namespace that nobody else sees, /run/netns empty. */
static inline void node_enter(void)
{
	if (lab_enter() != 0 || unshare(CLONE_NEWNS) < 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("none", "/run", "tmpfs", 0, "mode=0755") < 0 || mkdir("/run/netns", 0755) < 0)
		err(1, "cannot make a node (needs root)");
}

/** Named namespaces @first to @last - 1, each with eth0 and its host end on a bridge. */
static inline void node_fill(int first, int last)
{
	char path[] = "/run/batch.XXXXXX";
	int fd = mkstemp(path);
	FILE *batch = fd < 0 ? NULL : fdopen(fd, "w");

	if (!batch)
		err(1, "%s", path);
	for (int i = first; i < last; i++) {
		int bridge = i / NODE_BRIDGE_PORTS;

		if (i % NODE_BRIDGE_PORTS == 0)
			(void)fprintf(batch, "link add lab%d up type bridge stp_state 0 forward_delay 0\n", bridge);
		(void)fprintf(batch, "netns add n%d\nlink add v%d up master lab%d type veth peer name eth0 netns n%d\n",
		              i, i, bridge, i);
	}
	if (fclose(batch) != 0 || shell("ip -batch %s", path) != 0)
		errx(1, "cannot make namespaces %d to %d", first, last - 1);
	(void)unlink(path);
}
