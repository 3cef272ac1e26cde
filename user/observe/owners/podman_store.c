/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/owners/podman_store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "observe/owners/conmons.h"
#include "observe/owners/oci_parse.h"
#include "observe/owners/state_file.h"
#include "observe/owners/storage_parse.h"

#define CONFIG_MAX   ((size_t)1024 * 1024)
#define DATABASE_MAX ((size_t)32 * 1024 * 1024)

/* A container of containers.json. */
struct listed {
	char id[STORAGE_ID_LEN + 1];
	char *name;
	char *image;
};

/* A pod whose name was looked for. */
struct pod {
	char id[STORAGE_ID_LEN + 1]; /* or its beginning */
	char *name;                  /* NULL: it was not found */
};

/* What a look has open. */
struct look {
	struct podman_store *store;
	struct containers *containers;
	int kept;
	int running;
	bool renamed; /* the list is another than at the last look */
	uint64_t *ret_bad;
};

int podman_store_init(struct podman_store *store, const char *kept, const char *running, uid_t uid)
{
	*store = (struct podman_store){
		.kept = strdup(kept),
		.running = strdup(running),
		.uid = uid,
		.listed = ARRAY_OF(struct listed),
		.pods = ARRAY_OF(struct pod),
	};
	if (store->kept && store->running)
		return 0;
	podman_store_free(store);
	return -ENOMEM;
}

/* ---- the list */

static void drop_listed(struct array *listed)
{
	for (size_t i = 0; i < listed->count; i++) {
		struct listed *one = array_at(listed, i);

		free(one->name);
		free(one->image);
	}
	listed->count = 0;
}

static int copy(const char *text, char **ret)
{
	*ret = text ? strdup(text) : NULL;
	return text && !*ret ? -ENOMEM : 0;
}

static int take_listed(void *context, const struct storage_container *container)
{
	struct array *listed = context;
	struct listed one = { .name = NULL };

	if (container->is_crio || listed->count >= CONTAINERS_MAX)
		return 0;
	memcpy(one.id, container->id, sizeof(one.id));
	if (copy(container->name, &one.name) < 0 || copy(container->image, &one.image) < 0 ||
	    array_append(listed, &one) < 0) {
		free(one.name);
		free(one.image);
		return -ENOMEM;
	}
	return 0;
}

static int compare_listed(const void *a, const void *b)
{
	return strcmp(((const struct listed *)a)->id, ((const struct listed *)b)->id);
}

/* The lists of a store: what is kept, and what ends with the machine. */
static int list_dir(const struct look *look, size_t list)
{
	return list == 0 ? look->kept : look->running;
}

static const char *const list_names[PODMAN_LISTS] = { "containers.json", "volatile-containers.json" };

static int read_lists(const struct look *look, struct array *listed)
{
	for (size_t i = 0; i < PODMAN_LISTS; i++) {
		_cleanup_buf_ struct buf text = BUF_INIT;
		int r = -ENOENT;

		if (list_dir(look, i) >= 0)
			r = state_read(list_dir(look, i), list_names[i], PODMAN_LIST_MAX, &text);
		if (r == 0)
			r = storage_parse_containers(text.len ? text.data : "", text.len, take_listed, listed);
		if (r < 0 && r != -ENOENT)
			return r;
	}
	array_sort(listed, compare_listed);
	return 0;
}

/* Reads the lists where one changed. A list that cannot be read leaves what was known. -ENOENT where there is none. */
static int refresh_lists(struct look *look)
{
	struct podman_store *store = look->store;
	struct array listed = ARRAY_OF(struct listed);
	struct file_version versions[PODMAN_LISTS] = { 0 };
	bool same = true;
	size_t there = 0;
	int r;

	for (size_t i = 0; i < PODMAN_LISTS; i++) {
		if (list_dir(look, i) >= 0)
			there += state_version(list_dir(look, i), list_names[i], &versions[i]) == 0;
		same = same && file_version_same(&versions[i], &store->list_versions[i]);
	}
	if (there == 0)
		return -ENOENT;
	if (same)
		return 0;
	memcpy(store->list_versions, versions, sizeof(versions));
	r = read_lists(look, &listed);
	if (r < 0) {
		(*look->ret_bad)++;
		if (r == -ENOMEM || r == -EMFILE || r == -ENFILE) /* our own trouble: try again */
			memset(store->list_versions, 0, sizeof(store->list_versions));
	} else {
		array_swap(&store->listed, &listed);
		look->renamed = true;
	}
	drop_listed(&listed);
	array_free(&listed);
	return 0;
}

static const struct listed *find_listed(const struct podman_store *store, const char *id)
{
	struct listed key = { .name = NULL };
	size_t at;

	if (!storage_is_id(id))
		return NULL;
	memcpy(key.id, id, sizeof(key.id));
	return array_find(&store->listed, &key, compare_listed, &at) ? array_at(&store->listed, at) : NULL;
}

/* ---- pods */

/* Where Podman's database is, from the directory of the containers: bolt to 4.7, SQLite and its log after that. */
static const char *const databases[] = { "libpod/bolt_state.db", "db.sql", "db.sql-wal" };

static int read_pod_name(const struct look *look, const char *pod, char **ret)
{
	_cleanup_close_ int graph = openat(look->kept, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);

	for (size_t i = 0; graph >= 0 && !*ret && i < ARRAY_SIZE(databases); i++) {
		_cleanup_buf_ struct buf text = BUF_INIT;
		int r = state_read(graph, databases[i], DATABASE_MAX, &text);

		if (r == 0 && text.len > 0)
			r = podman_find_pod_name(text.data, text.len, pod, ret);
		if (r == -ENOMEM)
			return r;
	}
	return 0;
}

/* The name of a pod, looked for once; NULL where it cannot be found. */
static int pod_name(struct look *look, const char *id, const char **ret)
{
	struct array *pods = &look->store->pods;
	struct pod pod = { .name = NULL };

	for (size_t i = 0; i < pods->count; i++) {
		const struct pod *known = array_at(pods, i);

		if (known->name && strcmp(known->id, id) == 0) {
			*ret = known->name;
			return 0;
		}
	}
	if (read_pod_name(look, id, &pod.name) < 0)
		return -ENOMEM;
	*ret = pod.name;
	if (!pod.name)
		return 0;
	(void)snprintf(pod.id, sizeof(pod.id), "%s", id);
	if (pods->count >= CONTAINERS_MAX || array_append(pods, &pod) < 0) {
		free(pod.name);
		return -ENOMEM;
	}
	return 0;
}

/* Whether a name is that of a pod's infra container, "POD-infra"; then the beginning of the pod's id is copied. */
static bool is_infra_name(const char *name, char *ret_pod)
{
	size_t digits = name ? strspn(name, "0123456789abcdef") : 0;

	if (digits != STORAGE_SHORT_ID || strcmp(name + digits, "-infra") != 0)
		return false;
	memcpy(ret_pod, name, digits);
	ret_pod[digits] = '\0';
	return true;
}

/*
 * Finds the pod of a container: in the cgroup path that Podman asked for, or, where it asked for none (rootless on cgroup v1), by the
 * name of the infra container. Returns whether there is one.
 */
static bool find_pod(const struct podman_store *store, const struct container *container, const char *infra_id,
                     char *ret_pod)
{
	const struct listed *infra = find_listed(store, infra_id ? infra_id : container->id);

	if (container->cgroup && podman_pod_of_cgroup(container->cgroup, container->id, ret_pod))
		return true;
	return infra && is_infra_name(infra->name, ret_pod);
}

/* The infra container holds the namespace of its pod and stands for it. */
static int add_pod(struct look *look, struct container *container, const char *infra_id)
{
	char pod[STORAGE_ID_LEN + 1], of_name[STORAGE_SHORT_ID + 1];
	const char *name;

	if (!find_pod(look->store, container, infra_id, pod))
		return 0;
	if (pod_name(look, pod, &name) < 0)
		return -ENOMEM;
	if (!name)
		return 0;
	container->pod_name = strdup(name);
	if (!container->pod_name)
		return -ENOMEM;
	if (!infra_id && is_infra_name(container->name, of_name) && strncmp(of_name, pod, STORAGE_SHORT_ID) == 0)
		return container_name_pod(container);
	return 0;
}

/* ---- what runs */

static const struct oci_annotation annotations[] = { { "io.kubernetes.cri-o.SandboxID", 0 } };

static int read_container(struct look *look, const struct listed *listed, struct container *ret)
{
	_cleanup_(container_free) struct container container = { .kind = OWNER_PODMAN, .uid = look->store->uid };
	_cleanup_(oci_config_free) struct oci_config config = { .cgroup = NULL };
	_cleanup_buf_ struct buf text = BUF_INIT;
	char path[STORAGE_ID_LEN + sizeof("/userdata/config.json")];
	int r;

	if (copy(listed->id, &container.id) < 0 || copy(listed->name, &container.name) < 0 ||
	    copy(listed->image, &container.image) < 0)
		return -ENOMEM;
	(void)snprintf(path, sizeof(path), "%s/userdata/pidfile", listed->id);
	r = state_read_pid(look->running, path, &container.pid);
	if (r < 0)
		return r;
	(void)snprintf(path, sizeof(path), "%s/userdata/config.json", listed->id);
	r = state_read(look->kept, path, CONFIG_MAX, &text);
	if (r == 0)
		r = oci_parse_config(text.len ? text.data : "", text.len, annotations, ARRAY_SIZE(annotations),
		                     &config);
	if (r < 0)
		return r;
	container.cgroup = TAKE_PTR(config.cgroup);
	container.joined = config.joined;
	if (add_pod(look, &container, config.values[0]) < 0)
		return -ENOMEM;
	*ret = container;
	container = (struct container){ .pid = 0 };
	return 0;
}

static void update(struct look *look, struct container_entry *entry, const struct listed *listed)
{
	_cleanup_(container_free) struct container container = { .pid = 0 };
	int r = read_container(look, listed, &container);

	if (r < 0 && r != -ENOENT) /* ENOENT: being removed just now */
		(*look->ret_bad)++;
	if (r < 0)
		containers_clear(look->containers, entry, r);
	else
		containers_set(look->containers, entry, &container);
}

/* A container that was renamed has another name in the list, and nothing else is new. */
static bool is_renamed(const struct look *look, const struct container_entry *entry, const struct listed *listed)
{
	const char *was = entry->container.name;

	if (!look->renamed || !entry->runs || entry->container.kind == OWNER_POD)
		return false;
	return strcmp(was ? was : "", listed->name ? listed->name : "") != 0;
}

/* Where the process id of a container is written when it starts, or the nearest directory above that is there. */
static void watch(const struct look *look, const char *id)
{
	char path[STORAGE_ID_LEN + sizeof("/userdata")];

	(void)snprintf(path, sizeof(path), "%s/userdata", id);
	if (!containers_watch(look->containers, look->running, path))
		(void)containers_watch(look->containers, look->running, id);
}

static void look_at(struct look *look, const struct listed *listed)
{
	struct file_version versions[CONTAINER_FILES] = { 0 };
	char path[STORAGE_ID_LEN + sizeof("/userdata/pidfile")];
	char key[STORAGE_ID_LEN + 16];
	struct container_entry *entry;
	bool is_new;

	(void)snprintf(path, sizeof(path), "%s/userdata/pidfile", listed->id);
	if (state_version(look->running, path, &versions[0]) < 0) {
		watch(look, listed->id);
		return; /* it does not run */
	}
	(void)snprintf(key, sizeof(key), "%u/%s", look->store->uid, listed->id);
	entry = containers_meet(look->containers, key, versions, look->ret_bad, &is_new);
	if (is_new)
		watch(look, listed->id);
	if (entry && (is_new || is_renamed(look, entry, listed)))
		update(look, entry, listed);
}

int podman_store_look(struct podman_store *store, struct containers *containers, uint64_t *ret_bad)
{
	_cleanup_close_ int kept = conmon_open_dir(store->kept, store->uid);
	_cleanup_close_ int running = conmon_open_dir(store->running, store->uid);
	struct look look = { store, containers, kept, running, false, ret_bad };
	int r;

	if (kept < 0)
		return kept;
	(void)containers_watch(containers, kept, "");
	if (running >= 0)
		(void)containers_watch(containers, running, "");
	r = refresh_lists(&look);
	if (r < 0)
		return r;
	for (size_t i = 0; running >= 0 && i < store->listed.count; i++)
		look_at(&look, array_at(&store->listed, i));
	return 0;
}

void podman_store_free(struct podman_store *store)
{
	drop_listed(&store->listed);
	array_free(&store->listed);
	for (size_t i = 0; i < store->pods.count; i++)
		free(((struct pod *)array_at(&store->pods, i))->name);
	array_free(&store->pods);
	free(store->kept);
	free(store->running);
	*store = (struct podman_store){ .kept = NULL };
}
