/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* The files of containers/storage and conmon, which Podman and CRI-O share. */

/** Hexadecimal digits of a container's or a pod's id. */
#define STORAGE_ID_LEN 64

/** Returns whether @name is an id: 64 lower-case hexadecimal digits. */
bool storage_is_id(const char *name);

/** One container of containers.json. Text is borrowed, NULL: not there. */
struct storage_container {
	const char *id;    /* storage_is_id() */
	const char *name;  /* the first of its names: what it was renamed to last */
	const char *image; /* as it was given, "localhost/busybox:latest" */
	bool is_crio;      /* CRI-O's: it says which pod it is of */
};

/** Returns 0 to go on, or what storage_parse_containers() shall return. */
typedef int (*storage_container_fn)(void *context, const struct storage_container *container);

/**
 * Reads STORAGE/overlay-containers/containers.json.
 *
 * @each: called for each container with an id
 * Returns 0, -EBADMSG (no JSON, not an array, invalid UTF-8), or what @each returned.
 * Source: Container in containers/storage containers.go; RuntimeContainerMetadata in Podman's libpod/storage.go and CRI-O's
 *         internal/storage/runtime.go; checked against Podman 4.3
 */
int storage_parse_containers(const char *text, size_t len, storage_container_fn each, void *context);

/** Where a conmon's container is. Text is owned. */
struct conmon_place {
	char *bundle;  /* directory of all bundles: "/var/lib/containers/storage/overlay-containers" */
	char *pidfile; /* directory of all process id files: "/run/containers/storage/overlay-containers" */
};

/**
 * Reads the command line of a conmon: -b DIR/ID/userdata, -p DIR/ID/userdata/pidfile. With Podman the two DIRs differ; with CRI-O they are
 * the same.
 *
 * @ret: conmon_place_free() it; untouched on failure
 * Returns 0, -EINVAL where it has another form, or -ENOMEM.
 * Source: conmon(8); checked against conmon 2.1
 */
int conmon_parse_cmdline(const char *text, size_t len, struct conmon_place *ret);

void conmon_place_free(struct conmon_place *place);

/**
 * Finds the id of the pod in the cgroup path of a container: "/libpod_parent/POD/libpod-ID", "machine-libpod_pod_POD.slice:libpod:ID".
 *
 * @ret: STORAGE_ID_LEN + 1 bytes; untouched unless found
 */
bool podman_pod_of_cgroup(const char *cgroup, const char *id, char *ret);

/**
 * Finds a pod's name in Podman's database, whichever it is (bolt_state.db, db.sql and its log): both keep a pod as a JSON object that
 * begins with "id" and "name". A pod cannot be renamed, so an old copy is as good as a new one.
 *
 * @text, @len: any bytes, all of the file
 * @pod: id, or at least STORAGE_SHORT_ID digits of its beginning
 * @ret: free() it; NULL where it is not there; untouched on failure
 * Returns 0 or -ENOMEM.
 * Source: PodConfig in Podman's libpod/pod.go; checked against Podman 4.3
 */
int podman_find_pod_name(const char *text, size_t len, const char *pod, char **ret);

#define STORAGE_SHORT_ID 12
