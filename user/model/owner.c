/* SPDX-License-Identifier: GPL-2.0-only */
#include "model/snapshot.h"

const char *owner_kind_name(enum owner_kind kind)
{
	static const char *const names[OWNER_KINDS] = {
		[OWNER_POD] = "pod",       [OWNER_DOCKER] = "docker",
		[OWNER_PODMAN] = "podman", [OWNER_CONTAINERD] = "containerd",
		[OWNER_CRIO] = "crio",     [OWNER_LXC] = "lxc",
		[OWNER_NSPAWN] = "nspawn", [OWNER_UNIT] = "unit",
		[OWNER_NETNS] = "netns",   [OWNER_PROCESS] = "process",
		[OWNER_NONE] = "none",
	};

	return names[kind];
}
