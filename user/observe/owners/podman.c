/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/owners/podman.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "observe/owners/conmons.h"
#include "observe/owners/podman_store.h"

/* Of root, by containers-storage.conf(5). */
#define DEFAULT_KEPT    "/var/lib/containers/storage/overlay-containers"
#define DEFAULT_RUNNING "/run/containers/storage/overlay-containers"

struct podman {
	struct array stores;
	bool given;       /* they were told, and are not to be found */
	uint64_t changes; /* of the roots they were taken from */
	bool told;        /* the list was given out once */
	struct containers containers;
};

static void podman_free(void *state)
{
	struct podman *podman = state;

	if (!podman)
		return;
	for (size_t i = 0; i < podman->stores.count; i++)
		podman_store_free(array_at(&podman->stores, i));
	array_free(&podman->stores);
	containers_free(&podman->containers);
	free(podman);
}

static int add_store(struct podman *podman, const char *kept, const char *running, uid_t uid)
{
	struct podman_store store;

	for (size_t i = 0; i < podman->stores.count; i++) {
		const struct podman_store *known = array_at(&podman->stores, i);

		if (known->uid == uid && strcmp(known->kept, kept) == 0 && strcmp(known->running, running) == 0)
			return 0;
	}
	if (podman_store_init(&store, kept, running, uid) < 0)
		return -ENOMEM;
	if (array_append(&podman->stores, &store) < 0) {
		podman_store_free(&store);
		return -ENOMEM;
	}
	return 0;
}

/* @roots: GRAPHROOT:RUNROOT. Whose the graph root is, his are the containers. */
static int add_given(struct podman *podman, const char *roots)
{
	_cleanup_free_ char *kept = NULL;
	_cleanup_free_ char *running = NULL;
	size_t graph = strcspn(roots, ":");
	struct stat st;

	if (asprintf(&kept, "%.*s/overlay-containers", (int)graph, roots) < 0) {
		kept = NULL;
		return -ENOMEM;
	}
	if (asprintf(&running, "%s/overlay-containers", roots + graph + 1) < 0) {
		running = NULL;
		return -ENOMEM;
	}
	return add_store(podman, kept, running, stat(kept, &st) == 0 ? st.st_uid : geteuid());
}

static void *podman_open(const struct owners_options *options)
{
	struct podman *podman = calloc(1, sizeof(*podman));
	const char *roots;

	if (!podman)
		return NULL;
	podman->stores = ARRAY_OF(struct podman_store);
	podman->containers = CONTAINERS_OF(conmon_owns);
	for (size_t i = 0; (roots = engine_roots_of(&options->roots, podman_engine.name, i)); i++) {
		podman->given = true;
		if (add_given(podman, roots) < 0) {
			podman_free(podman);
			return NULL;
		}
	}
	return podman;
}

static int refresh_stores(struct podman *podman, const struct owner_scene *scene)
{
	_cleanup_free_ char *kept = NULL;
	_cleanup_free_ char *running = NULL;

	if (podman->given || (podman->stores.count > 0 && podman->changes == scene->conmons->changes))
		return 0;
	if (asprintf(&kept, "%s" DEFAULT_KEPT, scene->prefix) < 0) {
		kept = NULL;
		return -ENOMEM;
	}
	if (asprintf(&running, "%s" DEFAULT_RUNNING, scene->prefix) < 0) {
		running = NULL;
		return -ENOMEM;
	}
	if (add_store(podman, kept, running, geteuid()) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < scene->conmons->roots.count; i++) {
		const struct conmon_root *root = array_at(&scene->conmons->roots, i);

		if (strcmp(root->place.bundle, root->place.pidfile) != 0 && /* that is CRI-O's way */
		    add_store(podman, root->place.bundle, root->place.pidfile, root->uid) < 0)
			return -ENOMEM;
	}
	podman->changes = scene->conmons->changes;
	return 0;
}

/*
 * Looks through all stores. Returns how many there are, or -errno of one of our own user that is there and cannot be read. What another
 * user has and we may not read is his.
 */
static int look_at_stores(struct podman *podman, uint64_t *ret_bad, struct fault *fault)
{
	int there = 0;

	for (size_t i = 0; i < podman->stores.count; i++) {
		struct podman_store *store = array_at(&podman->stores, i);
		int r = podman_store_look(store, &podman->containers, ret_bad);

		if (r == -ENOMEM)
			return r;
		if (r == 0)
			there++;
		if ((r == -ENOENT || r == -ENOTDIR) && podman->given)
			return fault_set(fault, -ENXIO, EXIT_CODE_RUNTIME,
			                 "no containers.json in %s; give Podman's graph root and run root "
			                 "(podman info -f '{{.Store.GraphRoot}}:{{.Store.RunRoot}}')",
			                 store->kept);
		if (r == 0 || r == -ENOENT || r == -ENOTDIR || store->uid != geteuid())
			continue;
		return fault_set(fault, r, r == -EACCES ? EXIT_CODE_NOT_PERMITTED : EXIT_CODE_RUNTIME,
		                 "cannot read %s: %s", store->kept, strerror(-r));
	}
	return there;
}

static int podman_look(void *state, const struct owner_scene *scene, struct owner_list *list, bool *ret_same,
                       uint64_t *ret_bad, struct fault *fault)
{
	struct podman *podman = state;
	bool changed;
	int there, r = refresh_stores(podman, scene);

	if (r < 0)
		return r;
	containers_begin(&podman->containers, scene);
	there = look_at_stores(podman, ret_bad, fault);
	if (there < 0) {
		podman->told = false;
		return there;
	}
	changed = containers_end(&podman->containers);
	if (there == 0) {
		podman->told = false;
		return -ENOENT;
	}
	*ret_same = podman->told && !changed;
	if (*ret_same)
		return 0;
	r = containers_list(&podman->containers, list);
	podman->told = r == 0;
	return r;
}

const struct owner_engine podman_engine = {
	.name = "podman",
	.root = "GRAPHROOT:RUNROOT",
	.open = podman_open,
	.look = podman_look,
	.free = podman_free,
};
