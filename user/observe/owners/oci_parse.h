/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/** An annotation and where its value goes. */
struct oci_annotation {
	const char *name;
	int slot;
};

#define OCI_SLOTS_MAX 8

/** What ctnet wants of the config.json that an engine writes for the OCI runtime. All text is raw and owned; NULL: not there. */
struct oci_config {
	char *values[OCI_SLOTS_MAX]; /* of annotations */
	char *cgroup;                /* linux.cgroupsPath: "/default/c1", or "system.slice:prefix:name" for systemd */
	bool joined;                 /* its network namespace is told as that of another process: "/proc/42/ns/net" */
};

/**
 * Reads a config.json.
 *
 * @text, @len: any bytes
 * @annotations, @count: those that are wanted; where several go to one slot, the last that is there counts
 * @ret: oci_config_free() it; untouched on failure
 *
 * Returns 0, -EBADMSG (no JSON, invalid UTF-8, not the shape of a config.json) or -ENOMEM.
 * Source: https://github.com/opencontainers/runtime-spec/blob/main/config.md
 */
int oci_parse_config(const char *text, size_t len, const struct oci_annotation *annotations, size_t count,
                     struct oci_config *ret);

/** Accepts a zeroed one, which it leaves behind. */
void oci_config_free(struct oci_config *config);
