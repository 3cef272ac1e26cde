/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/owners/docker.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "observe/owners/docker_containers.h"
#include "observe/owners/docker_roots.h"

struct docker {
	bool given; /* the roots were told, and are not to be found */
	struct docker_roots roots;
	struct containers containers;
	bool told; /* the list was given out once */
};

static void docker_free(void *state)
{
	struct docker *docker = state;

	if (!docker)
		return;
	docker_roots_free(&docker->roots);
	containers_free(&docker->containers);
	free(docker);
}

static void *docker_open(const struct owners_options *options)
{
	struct docker *docker = calloc(1, sizeof(*docker));
	const char *dir;

	if (!docker)
		return NULL;
	docker->containers = CONTAINERS_OF(docker_container_owns);
	for (size_t i = 0; (dir = engine_roots_of(&options->roots, docker_engine.name, i)); i++) {
		docker->given = true;
		if (docker_roots_add(&docker->roots, dir) < 0) {
			docker_free(docker);
			return NULL;
		}
	}
	return docker;
}

static int root_fault(const struct docker *docker, const char *root, int r, struct fault *fault)
{
	if (r == -EACCES || r == -EPERM)
		return fault_set(fault, r, EXIT_CODE_NOT_PERMITTED,
		                 "cannot read %s/containers: %s; run as root or with CAP_DAC_READ_SEARCH", root,
		                 strerror(-r));
	if ((r == -ENOENT || r == -ENOTDIR) && docker->given)
		return fault_set(
			fault, -ENXIO, EXIT_CODE_RUNTIME,
			"no containers directory in %s; give Docker's data root (docker info -f '{{.DockerRootDir}}')",
			root);
	return fault_set(fault, r, EXIT_CODE_RUNTIME, "cannot read %s/containers: %s", root, strerror(-r));
}

/* Looks through all roots. -ENOENT where none of them is there. */
static int look_at_roots(struct docker *docker, const struct owner_scene *scene, bool *ret_changed, uint64_t *ret_bad,
                         struct fault *fault)
{
	char *const *roots = docker->roots.paths;
	size_t there = 0;
	int r = 0;

	containers_begin(&docker->containers, scene);
	for (size_t i = 0; i < docker->roots.count; i++) {
		r = docker_containers_look(&docker->containers, roots[i], ret_bad);
		if (r == -ENOENT && !docker->given)
			continue;
		if (r < 0)
			return root_fault(docker, roots[i], r, fault);
		there++;
	}
	*ret_changed = containers_end(&docker->containers);
	return there > 0 ? 0 : -ENOENT;
}

static int docker_look(void *state, const struct owner_scene *scene, struct owner_list *list, bool *ret_same,
                       uint64_t *ret_bad, struct fault *fault)
{
	struct docker *docker = state;
	bool changed = false;
	int r;

	if (!docker->given) {
		r = docker_roots_refresh(&docker->roots, scene->daemons, scene->proc, scene->prefix);
		if (r < 0)
			return fault_set(fault, r, EXIT_CODE_RUNTIME, "cannot search for dockerd: %s", strerror(-r));
	}
	r = look_at_roots(docker, scene, &changed, ret_bad, fault);
	if (r < 0) {
		docker->told = false;
		return r;
	}
	if (docker->told && !changed) {
		*ret_same = true;
		return 0;
	}
	r = containers_list(&docker->containers, list);
	if (r < 0)
		return r;
	docker->told = true;
	*ret_same = false;
	return 0;
}

const struct owner_engine docker_engine = {
	.name = "docker",
	.root = "DATA-ROOT",
	.open = docker_open,
	.look = docker_look,
	.free = docker_free,
};
