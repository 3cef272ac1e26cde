/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/owners/docker_containers.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "observe/namespaces/namespaces.h"
#include "observe/namespaces/proc_read.h"

#define STATE_FILE "config.v2.json"
/* How many looks it takes at most until a container whose process moved is found again. */
#define LOCATE_EVERY 8

void docker_containers_begin(struct docker_containers *containers)
{
	for (size_t i = 0; i < containers->count; i++)
		containers->items[i].met = false;
	containers->leaving_out = 0;
	containers->changed = false;
}

static int compare_entry(const void *a, const void *b)
{
	const struct docker_entry *x = a;
	const struct docker_entry *y = b;

	return strcmp(x->id, y->id);
}

static int compare_id(const void *id, const void *entry)
{
	return strcmp(id, ((const struct docker_entry *)entry)->id);
}

static struct docker_entry *find_entry(const struct docker_containers *containers, const char *id)
{
	if (containers->sorted == 0)
		return NULL;
	return bsearch(id, containers->items, containers->sorted, sizeof(*containers->items), compare_id);
}

/* NULL where there is no memory, or where there are too many. */
static struct docker_entry *add_entry(struct docker_containers *containers, const char *id)
{
	struct docker_entry *entry;

	if (containers->count >= DOCKER_CONTAINERS_MAX)
		return NULL;
	if (containers->count == containers->cap) {
		size_t cap = containers->cap ? containers->cap * 2 : 64;
		struct docker_entry *grown = reallocarray(containers->items, cap, sizeof(*grown));

		if (!grown)
			return NULL;
		containers->items = grown;
		containers->cap = cap;
	}
	entry = &containers->items[containers->count++];
	*entry = (struct docker_entry){ .netns = 0 };
	memcpy(entry->id, id, sizeof(entry->id));
	return entry;
}

static bool same_version(const struct file_version *a, const struct file_version *b)
{
	return a->inode == b->inode && a->size == b->size && a->changed.tv_sec == b->changed.tv_sec &&
	       a->changed.tv_nsec == b->changed.tv_nsec;
}

/* Reads the state file of a container; step by step, for a symlink on the way is not followed. */
static int read_state(int containers_dir, const char *id, struct docker_container *ret)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_close_ int dir = -1;
	int r;

	dir = openat(containers_dir, id, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (dir < 0)
		return -errno;
	r = file_read_at(dir, STATE_FILE, DOCKER_STATE_MAX, &text);
	if (r < 0)
		return r;
	return docker_parse_container(text.len ? text.data : "", text.len, id, ret);
}

/* Takes the new version of a state file. One that cannot be read or parsed is a container that is not known to run. */
static void update(struct docker_containers *containers, struct docker_entry *entry, int containers_dir,
                   uint64_t *ret_bad)
{
	struct docker_container container = { .pid = 0 };
	int r = read_state(containers_dir, entry->id, &container);

	if (r < 0 && r != -ENOENT) /* ENOENT: being made or removed just now */
		(*ret_bad)++;
	if (r == -ENOMEM || r == -EMFILE || r == -ENFILE) /* our own trouble: try again */
		entry->version = (struct file_version){ .inode = 0 };
	if (entry->container.running || container.running)
		containers->changed = true;
	docker_container_free(&entry->container);
	if (container.running)
		entry->container = container;
	else
		docker_container_free(&container);
	entry->netns = 0;
	entry->pid = 0;
}

static void look_at(struct docker_containers *containers, int containers_dir, const char *id, uint64_t *ret_bad)
{
	char path[DOCKER_ID_LEN + sizeof("/" STATE_FILE)];
	struct docker_entry *entry;
	struct file_version version;
	struct stat st;

	(void)snprintf(path, sizeof(path), "%s/%s", id, STATE_FILE);
	if (fstatat(containers_dir, path, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return;
	entry = find_entry(containers, id);
	if (!entry)
		entry = add_entry(containers, id);
	if (!entry) {
		if (containers->leaving_out++ >= containers->left_out)
			(*ret_bad)++;
		return;
	}
	entry->met = true;
	version = (struct file_version){ .inode = st.st_ino, .size = st.st_size, .changed = st.st_ctim };
	if (same_version(&version, &entry->version))
		return;
	entry->version = version; /* from before the read: a change in between is seen in the next look */
	update(containers, entry, containers_dir, ret_bad);
}

static void cleanup_closedir(DIR **dir)
{
	if (*dir)
		(void)closedir(*dir);
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

int docker_containers_look(struct docker_containers *containers, const char *root, uint64_t *ret_bad)
{
	_cleanup_(cleanup_closedir) DIR *dir = NULL;
	int r = open_containers(root, &dir);

	if (r < 0)
		return r;
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

/*
 * Whether a container is where it was at the last look, by as little as one call. Its process could have moved, though none does: each
 * container is looked for again every few looks.
 */
static bool is_in_place(const struct docker_containers *containers, const struct docker_entry *entry, int proc)
{
	return entry->pid != 0 && (containers->looks + (uint64_t)entry->pid) % LOCATE_EVERY != 0 &&
	       proc_identity(proc, entry->pid) == entry->identity;
}

/*
 * Finds where a running container lives. Its process is the authority: with --network container:X it has no sandbox of its own. But a
 * daemon that was killed leaves "running" behind, and the process id may be somebody else's by now, so the process must be in the
 * container's cgroup, or else in its sandbox. The sandbox alone is what is left of a container whose process cannot be found.
 * Returns whether anything is other than before.
 */
static bool locate(struct docker_entry *entry, int proc)
{
	const struct docker_container *container = &entry->container;
	const struct docker_entry before = *entry;
	uint64_t by_process = 0, by_sandbox = 0;
	uint64_t identity = proc_identity(proc, container->pid); /* from before the rest is read */

	if (container->pid > 0)
		(void)proc_read_netns(proc, container->pid, &by_process);
	if (by_process != 0 && by_process == entry->netns && identity == entry->identity)
		return false; /* the same process in the same place */
	entry->pid = 0;
	entry->identity = 0;
	if (by_process != 0 && proc_in_cgroup(proc, container->pid, entry->id, DOCKER_ID_LEN) > 0)
		entry->netns = by_process;
	else if (container->sandbox && namespaces_inode_of_path(container->sandbox, &by_sandbox) == 0)
		entry->netns = by_sandbox;
	else
		entry->netns = 0;
	if (identity != 0 && by_process != 0 && by_process == entry->netns) {
		entry->pid = container->pid;
		entry->identity = identity;
	}
	return entry->netns != before.netns || entry->pid != before.pid;
}

bool docker_containers_end(struct docker_containers *containers, int proc)
{
	size_t kept = 0;

	for (size_t i = 0; i < containers->count; i++) {
		struct docker_entry *entry = &containers->items[i];

		if (!entry->met) {
			containers->changed |= entry->container.running;
			docker_container_free(&entry->container);
			continue;
		}
		if (entry->container.running && !is_in_place(containers, entry, proc))
			containers->changed |= locate(entry, proc);
		if (kept != i)
			containers->items[kept] = *entry;
		kept++;
	}
	if (kept > 0 && (kept != containers->count || kept != containers->sorted))
		qsort(containers->items, kept, sizeof(*containers->items), compare_entry);
	containers->count = kept;
	containers->sorted = kept;
	containers->left_out = containers->leaving_out;
	containers->looks++;
	return containers->changed;
}

/* Room for "namespace/pod". */
#define POD_NAME_MAX (2 * OWNER_TEXT_MAX)

/*
 * The container that holds a pod's namespace stands for the pod; the others in there are containers that know their pod.
 */
static int add_owner(const struct docker_entry *entry, struct owner_list *list)
{
	const struct docker_container *container = &entry->container;
	struct owner owner = {
		.kind = OWNER_DOCKER,
		.name = container->name,
		.id = entry->id,
		.image = container->image,
		.pod_name = container->pod_name,
		.pod_namespace = container->pod_namespace,
		.pid = entry->pid,
	};
	char pod[POD_NAME_MAX];

	if (container->pod_name && container->pod_namespace) {
		(void)snprintf(pod, sizeof(pod), "%s/%s", container->pod_namespace, container->pod_name);
		if (container->pod_sandbox) {
			owner.kind = OWNER_POD;
			owner.name = pod;
		} else if (container->pod_container) {
			owner.name = container->pod_container;
		}
	}
	return owner_list_add(list, entry->netns, &owner);
}

int docker_containers_list(const struct docker_containers *containers, struct owner_list *list)
{
	for (size_t i = 0; i < containers->count; i++) {
		if (containers->items[i].netns != 0 && add_owner(&containers->items[i], list) < 0)
			return -ENOMEM;
	}
	return 0;
}

void docker_containers_free(struct docker_containers *containers)
{
	for (size_t i = 0; i < containers->count; i++)
		docker_container_free(&containers->items[i].container);
	free(containers->items);
	*containers = (struct docker_containers){ .items = NULL };
}
