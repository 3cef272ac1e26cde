/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/owners/containers.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "observe/namespaces/namespaces.h"
#include "observe/namespaces/proc_parse.h"
#include "observe/namespaces/proc_read.h"
#include "observe/owners/state_watch.h"

/* How many looks it takes at most until a container whose process moved is found again. */
#define LOCATE_EVERY 8
/* So many looks after its file changed a container that is nowhere is a reason for the next one. */
#define TRIES 8

struct file_version file_version_of(const struct stat *st)
{
	return (struct file_version){ .inode = st->st_ino, .size = st->st_size, .changed = st->st_ctim };
}

bool file_version_same(const struct file_version *a, const struct file_version *b)
{
	return a->inode == b->inode && a->size == b->size && a->changed.tv_sec == b->changed.tv_sec &&
	       a->changed.tv_nsec == b->changed.tv_nsec;
}

void container_free(struct container *container)
{
	char *texts[] = { container->id,       container->name,          container->image,
		          container->pod_name, container->pod_namespace, container->pod_id,
		          container->sandbox,  container->cgroup };

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		free(texts[i]);
	*container = (struct container){ .pid = 0 };
}

int container_name_pod(struct container *container)
{
	char *name;

	if (!container->pod_name)
		return 0;
	if (!container->pod_namespace)
		name = strdup(container->pod_name);
	else if (asprintf(&name, "%s/%s", container->pod_namespace, container->pod_name) < 0)
		name = NULL;
	if (!name)
		return -ENOMEM;
	free(container->name);
	container->name = name;
	container->kind = OWNER_POD;
	return 0;
}

void containers_begin(struct containers *containers, const struct owner_scene *scene)
{
	containers->scene = scene;
	for (size_t i = 0; i < containers->count; i++)
		containers->items[i].met = false;
	containers->leaving_out = 0;
	containers->changed = false;
}

bool containers_watch(const struct containers *containers, int dir, const char *name)
{
	return state_watch_add(containers->scene->watch, containers->scene->asker, dir, name);
}

static int compare_entry(const void *a, const void *b)
{
	const struct container_entry *x = a;
	const struct container_entry *y = b;

	return strcmp(x->key, y->key);
}

static int compare_key(const void *key, const void *entry)
{
	return strcmp(key, ((const struct container_entry *)entry)->key);
}

static struct container_entry *find_entry(const struct containers *containers, const char *key)
{
	if (containers->sorted == 0)
		return NULL;
	return bsearch(key, containers->items, containers->sorted, sizeof(*containers->items), compare_key);
}

/* NULL where there is no memory, or where there are too many. */
static struct container_entry *add_entry(struct containers *containers, const char *key)
{
	struct container_entry *entry;
	char *copy;

	if (containers->count >= CONTAINERS_MAX)
		return NULL;
	if (containers->count == containers->cap) {
		size_t cap = containers->cap ? containers->cap * 2 : 64;
		struct container_entry *grown = reallocarray(containers->items, cap, sizeof(*grown));

		if (!grown)
			return NULL;
		containers->items = grown;
		containers->cap = cap;
	}
	copy = strdup(key);
	if (!copy)
		return NULL;
	entry = &containers->items[containers->count++];
	*entry = (struct container_entry){ .key = copy };
	return entry;
}

static bool same_versions(const struct container_entry *entry, const struct file_version *versions)
{
	for (size_t i = 0; i < CONTAINER_FILES; i++) {
		if (!file_version_same(&entry->versions[i], &versions[i]))
			return false;
	}
	return true;
}

struct container_entry *containers_meet(struct containers *containers, const char *key,
                                        const struct file_version *versions, uint64_t *ret_bad, bool *ret_read)
{
	struct container_entry *entry = find_entry(containers, key);

	if (!entry)
		entry = add_entry(containers, key);
	*ret_read = false;
	if (!entry) {
		if (containers->leaving_out++ >= containers->left_out)
			(*ret_bad)++;
		return NULL;
	}
	entry->met = true;
	*ret_read = !same_versions(entry, versions);
	memcpy(entry->versions, versions, sizeof(entry->versions));
	return entry;
}

static void replace(struct containers *containers, struct container_entry *entry, bool runs,
                    struct container *container)
{
	containers->changed |= entry->runs || runs;
	container_free(&entry->container);
	entry->runs = runs;
	entry->container = *container;
	*container = (struct container){ .pid = 0 };
	entry->netns = 0;
	entry->pid = 0;
	entry->started = 0;
	entry->tries = 0;
}

void containers_set(struct containers *containers, struct container_entry *entry, struct container *container)
{
	replace(containers, entry, true, container);
}

void containers_clear(struct containers *containers, struct container_entry *entry, int error)
{
	struct container none = { .pid = 0 };

	replace(containers, entry, false, &none);
	if (error == -ENOMEM || error == -EMFILE || error == -ENFILE)
		memset(entry->versions, 0, sizeof(entry->versions));
}

/*
 * Whether a container is where it was at the last look, by as little as one call. Its process could have moved, though none does: each
 * container is looked for again every few looks.
 */
static bool is_in_place(const struct containers *containers, const struct container_entry *entry, int proc)
{
	return entry->pid != 0 && (containers->looks + (uint64_t)entry->pid) % LOCATE_EVERY != 0 &&
	       proc_identity(proc, entry->pid) == entry->identity;
}

/*
 * Finds where a running container lives. Its process is the authority: it may have been given the namespace of another. But an engine
 * that was killed leaves its files behind, and the process id may be somebody else's by now, so the process must be known to be the
 * container's, or else be in its sandbox. The sandbox alone is what is left of a container whose process cannot be found.
 * Returns whether anything is other than before.
 */
static bool locate(const struct containers *containers, struct container_entry *entry, int proc)
{
	const struct container *container = &entry->container;
	const struct container_entry before = *entry;
	uint64_t by_process = 0, by_sandbox = 0;
	struct proc_stat stat;
	uint64_t identity = proc_identity(proc, container->pid); /* from before the rest is read */

	if (container->pid > 0)
		(void)proc_read_netns(proc, container->pid, &by_process);
	if (by_process != 0 && by_process == entry->netns && identity == entry->identity)
		return false; /* the same process in the same place */
	entry->pid = 0;
	entry->identity = 0;
	entry->started = 0;
	if (by_process != 0 && containers->owns(proc, container))
		entry->netns = by_process;
	else if (container->sandbox && namespaces_inode_of_path(container->sandbox, &by_sandbox) == 0)
		entry->netns = by_sandbox;
	else
		entry->netns = 0;
	if (identity != 0 && by_process != 0 && by_process == entry->netns) {
		entry->pid = container->pid;
		entry->identity = identity;
		if (proc_read_stat(proc, container->pid, &stat) == 0)
			entry->started = stat.start_time;
	}
	return entry->netns != before.netns || entry->pid != before.pid;
}

static void drop_entry(struct container_entry *entry)
{
	container_free(&entry->container);
	free(entry->key);
}

/* An engine may write its file before the process is where it will be; one that ended unseen is not looked for all the time. */
static void try_again(const struct containers *containers, struct container_entry *entry)
{
	if (entry->netns != 0 || entry->tries >= TRIES)
		return;
	entry->tries++;
	state_watch_again(containers->scene->watch, containers->scene->asker);
}

bool containers_end(struct containers *containers)
{
	int proc = containers->scene->proc;
	size_t kept = 0;

	for (size_t i = 0; i < containers->count; i++) {
		struct container_entry *entry = &containers->items[i];

		if (!entry->met) {
			containers->changed |= entry->runs;
			drop_entry(entry);
			continue;
		}
		if (entry->runs && !is_in_place(containers, entry, proc)) {
			containers->changed |= locate(containers, entry, proc);
			try_again(containers, entry);
		}
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
	containers->scene = NULL;
	return containers->changed;
}

int containers_list(const struct containers *containers, struct owner_list *list)
{
	for (size_t i = 0; i < containers->count; i++) {
		const struct container_entry *entry = &containers->items[i];
		const struct container *container = &entry->container;
		const struct owner_seen seen = {
			.inode = entry->netns,
			.joined = container->joined,
			.started = entry->started,
			.owner = {
				.kind = container->kind,
				.name = container->name,
				.id = container->id,
				.image = container->image,
				.pod_name = container->pod_name,
				.pod_namespace = container->pod_namespace,
				.pid = entry->pid,
			},
		};

		if (entry->netns != 0 && owner_list_add(list, &seen) < 0)
			return -ENOMEM;
	}
	return 0;
}

void containers_free(struct containers *containers)
{
	for (size_t i = 0; i < containers->count; i++)
		drop_entry(&containers->items[i]);
	free(containers->items);
	*containers = CONTAINERS_OF(containers->owns);
}
