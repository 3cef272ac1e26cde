/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/owners/docker_containers.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "observe/namespaces/proc_read.h"
#include "observe/owners/docker_parse.h"
#include "observe/owners/state_file.h"

#define STATE_FILE "config.v2.json"

bool docker_container_owns(int proc, const struct container *container)
{
	return proc_in_cgroup(proc, container->pid, container->id, DOCKER_ID_LEN) > 0;
}

/*
 * The container that holds a pod's namespace stands for the pod; the others in there are containers that know their pod.
 * Takes over the text of @docker.
 */
static int convert(struct docker_container *docker, const char *id, struct container *ret)
{
	ret->kind = OWNER_DOCKER;
	ret->pid = docker->pid;
	ret->name = TAKE_PTR(docker->name);
	ret->image = TAKE_PTR(docker->image);
	ret->joined = !docker->sandbox;
	ret->sandbox = TAKE_PTR(docker->sandbox);
	ret->pod_name = TAKE_PTR(docker->pod_name);
	ret->pod_namespace = TAKE_PTR(docker->pod_namespace);
	ret->id = strdup(id);
	if (!ret->id)
		return -ENOMEM;
	if (!ret->pod_name || !ret->pod_namespace)
		return 0;
	if (docker->pod_sandbox)
		return container_name_pod(ret);
	if (docker->pod_container) {
		free(ret->name);
		ret->name = TAKE_PTR(docker->pod_container);
	}
	return 0;
}

/*
 * Reads the state file of a container; step by step, for a symlink on the way is not followed. Returns 1 where it runs, 0 where it does
 * not, or -errno.
 */
static int read_state(int containers_dir, const char *id, struct container *ret)
{
	_cleanup_(docker_container_free) struct docker_container docker = { .pid = 0 };
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_close_ int dir = -1;
	int r;

	dir = openat(containers_dir, id, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (dir < 0)
		return -errno;
	r = file_read_at(dir, STATE_FILE, DOCKER_STATE_MAX, &text);
	if (r < 0)
		return r;
	r = docker_parse_container(text.len ? text.data : "", text.len, id, &docker);
	if (r < 0)
		return r;
	if (!docker.running)
		return 0;
	r = convert(&docker, id, ret);
	return r < 0 ? r : 1;
}

/* Takes the new version of a state file. One that cannot be read or parsed is a container that is not known to run. */
static void update(struct containers *containers, struct container_entry *entry, int containers_dir, uint64_t *ret_bad)
{
	_cleanup_(container_free) struct container container = { .pid = 0 };
	int r = read_state(containers_dir, entry->key, &container);

	if (r < 0 && r != -ENOENT) /* ENOENT: being made or removed just now */
		(*ret_bad)++;
	if (r > 0)
		containers_set(containers, entry, &container);
	else
		containers_clear(containers, entry, r);
}

static void look_at(struct containers *containers, int containers_dir, const char *id, uint64_t *ret_bad)
{
	char path[DOCKER_ID_LEN + sizeof("/" STATE_FILE)];
	struct file_version versions[CONTAINER_FILES] = { 0 };
	struct container_entry *entry;
	struct stat st;
	bool is_new;

	(void)snprintf(path, sizeof(path), "%s/%s", id, STATE_FILE);
	if (fstatat(containers_dir, path, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		(void)containers_watch(containers, containers_dir, id); /* it is being made just now */
		return;
	}
	versions[0] = file_version_of(&st);
	entry = containers_meet(containers, id, versions, ret_bad, &is_new);
	if (!entry || !is_new)
		return;
	(void)containers_watch(containers, containers_dir, id);
	update(containers, entry, containers_dir, ret_bad);
}

/* The root may be reached through a symlink, as administrators like to have it; nothing in it may. */
static int open_containers(const char *root, DIR **ret)
{
	_cleanup_close_ int root_fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	_cleanup_close_ int fd = -1;

	if (root_fd < 0)
		return -errno;
	fd = openat(root_fd, "containers", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	*ret = fdopendir(fd);
	if (!*ret)
		return -errno;
	(void)TAKE_FD(fd); /* the stream's now */
	return 0;
}

int docker_containers_look(struct containers *containers, const char *root, uint64_t *ret_bad)
{
	_cleanup_closedir_ DIR *dir = NULL;
	int r = open_containers(root, &dir);

	if (r < 0)
		return r;
	(void)containers_watch(containers, dirfd(dir), "");
	for (;;) {
		struct dirent *entry;

		errno = 0;
		entry = readdir(dir);
		if (!entry)
			break;
		if (docker_is_id(entry->d_name))
			look_at(containers, dirfd(dir), entry->d_name, ret_bad);
	}
	return -errno;
}
