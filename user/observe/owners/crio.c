/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/owners/crio.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "observe/owners/conmons.h"
#include "observe/owners/crio_parse.h"
#include "observe/owners/state_file.h"

#define DEFAULT_RUNNING "/run/containers/storage/overlay-containers"
#define CONFIG_MAX      ((size_t)1024 * 1024)
#define FILES_DIR       "userdata"
#define CONFIG_FILE     FILES_DIR "/config.json"
#define PID_FILE        FILES_DIR "/pidfile"

struct crio {
	char *given[ENGINE_ROOTS_MAX]; /* the directories of containers that were told; owned */
	size_t given_count;            /* 0: they are to be found */
	bool told;                     /* the list was given out once */
	struct containers containers;
};

static void crio_free(void *state)
{
	struct crio *crio = state;

	if (!crio)
		return;
	containers_free(&crio->containers);
	for (size_t i = 0; i < crio->given_count; i++)
		free(crio->given[i]);
	free(crio);
}

static void *crio_open(const struct owners_options *options)
{
	struct crio *crio = calloc(1, sizeof(*crio));
	const char *dir;

	if (!crio)
		return NULL;
	crio->containers = CONTAINERS_OF(conmon_owns);
	for (size_t i = 0; (dir = engine_roots_of(&options->roots, crio_engine.name, i)); i++) {
		if (asprintf(&crio->given[i], "%s/overlay-containers", dir) < 0) {
			crio_free(crio);
			return NULL;
		}
		crio->given_count++;
	}
	return crio;
}

static int read_container(int root, const char *id, struct container *ret)
{
	_cleanup_(container_free) struct container container = { .pid = 0 };
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_close_ int dir = state_open_dir(root, id);
	int r;

	if (dir < 0)
		return dir;
	r = state_read(dir, CONFIG_FILE, CONFIG_MAX, &text);
	if (r < 0)
		return r;
	r = crio_parse_config(text.len ? text.data : "", text.len, id, &container);
	if (r < 0)
		return r;
	container.uid = geteuid();
	r = state_read_pid(dir, PID_FILE, &container.pid);
	if (r < 0)
		return r;
	*ret = container;
	container = (struct container){ .pid = 0 };
	return 0;
}

/* The directory of a container's files, or the one above while it is not there. */
static void watch(const struct crio *crio, int root, const char *id)
{
	char path[NAME_MAX + sizeof("/" FILES_DIR)];

	(void)snprintf(path, sizeof(path), "%s/" FILES_DIR, id);
	if (!containers_watch(&crio->containers, root, path))
		(void)containers_watch(&crio->containers, root, id);
}

/* A pod without a process of its own has no process id file: its containers tell of it. */
static void look_at(struct crio *crio, int root, const char *id, uint64_t *ret_bad)
{
	_cleanup_(container_free) struct container container = { .pid = 0 };
	struct file_version versions[CONTAINER_FILES];
	char path[NAME_MAX + sizeof("/" CONFIG_FILE)];
	struct container_entry *entry;
	bool is_new, there;
	int r;

	(void)snprintf(path, sizeof(path), "%s/" CONFIG_FILE, id);
	there = state_version(root, path, &versions[0]) == 0;
	(void)snprintf(path, sizeof(path), "%s/" PID_FILE, id);
	there = there && state_version(root, path, &versions[1]) == 0;
	if (!there) {
		watch(crio, root, id);
		return;
	}
	entry = containers_meet(&crio->containers, id, versions, ret_bad, &is_new);
	if (!entry || !is_new)
		return;
	watch(crio, root, id);
	r = read_container(root, id, &container);
	if (r < 0 && r != -ENOENT) /* ENOENT: being removed just now */
		(*ret_bad)++;
	if (r < 0)
		containers_clear(&crio->containers, entry, r);
	else
		containers_set(&crio->containers, entry, &container);
}

/* What cannot be opened has nothing to tell: without CRI-O there is no such directory, or it is Podman's. */
static void look_at_root(struct crio *crio, const char *root, uint64_t *ret_bad)
{
	_cleanup_closedir_ DIR *dir = NULL;
	_cleanup_close_ int fd = conmon_open_dir(root, geteuid());
	const struct dirent *entry;

	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir)
		return;
	(void)TAKE_FD(fd); /* the stream's now */
	(void)containers_watch(&crio->containers, dirfd(dir), "");
	while ((entry = readdir(dir))) {
		if (storage_is_id(entry->d_name))
			look_at(crio, dirfd(dir), entry->d_name, ret_bad);
	}
}

static int look_at_roots(struct crio *crio, const struct owner_scene *scene, uint64_t *ret_bad)
{
	_cleanup_free_ char *first = NULL;

	for (size_t i = 0; i < crio->given_count; i++)
		look_at_root(crio, crio->given[i], ret_bad);
	if (crio->given_count > 0)
		return 0;
	if (asprintf(&first, "%s" DEFAULT_RUNNING, scene->prefix) < 0) {
		first = NULL;
		return -ENOMEM;
	}
	look_at_root(crio, first, ret_bad);
	for (size_t i = 0; i < scene->conmons->roots.count; i++) {
		const struct conmon_root *root = array_at(&scene->conmons->roots, i);

		/* CRI-O is root's alone */
		if (root->uid == geteuid() && strcmp(root->place.bundle, root->place.pidfile) == 0 &&
		    strcmp(root->place.pidfile, first) != 0)
			look_at_root(crio, root->place.pidfile, ret_bad);
	}
	return 0;
}

/*
 * A pod may have no process of its own (drop_infra_ctr): each of its containers tells of it. Where it has one, or two containers tell, it
 * is the same owner told twice.
 */
static int list_pods(const struct crio *crio, struct owner_list *list)
{
	for (size_t i = 0; i < crio->containers.count; i++) {
		const struct container_entry *entry = &crio->containers.items[i];
		const struct container *member = &entry->container;
		_cleanup_free_ char *name = NULL;
		struct owner_seen pod = { .inode = entry->netns,
			                  .owner = { .kind = OWNER_POD,
			                             .id = member->pod_id,
			                             .pod_name = member->pod_name,
			                             .pod_namespace = member->pod_namespace } };

		if (entry->netns == 0 || member->kind == OWNER_POD || !member->pod_id || !member->pod_name)
			continue;
		if (asprintf(&name, "%s/%s", member->pod_namespace, member->pod_name) < 0) {
			name = NULL;
			return -ENOMEM;
		}
		pod.owner.name = name;
		if (owner_list_add(list, &pod) < 0)
			return -ENOMEM;
	}
	return 0;
}

static bool runs_any(const struct containers *containers)
{
	for (size_t i = 0; i < containers->count; i++) {
		if (containers->items[i].runs)
			return true;
	}
	return false;
}

static int crio_look(void *state, const struct owner_scene *scene, struct owner_list *list, bool *ret_same,
                     uint64_t *ret_bad, struct fault *fault)
{
	struct crio *crio = state;
	bool changed;
	int r;

	(void)fault;
	containers_begin(&crio->containers, scene);
	r = look_at_roots(crio, scene, ret_bad);
	if (r < 0)
		return r;
	changed = containers_end(&crio->containers);
	if (!runs_any(&crio->containers)) {
		crio->told = false;
		return -ENOENT;
	}
	*ret_same = crio->told && !changed;
	if (*ret_same)
		return 0;
	r = containers_list(&crio->containers, list);
	if (r == 0)
		r = list_pods(crio, list);
	crio->told = r == 0;
	return r;
}

const struct owner_engine crio_engine = {
	.name = "crio",
	.root = "RUNROOT",
	.open = crio_open,
	.look = crio_look,
	.free = crio_free,
};
