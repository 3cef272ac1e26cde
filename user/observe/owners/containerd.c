/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/owners/containerd.h"

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
#include "base/file.h"
#include "observe/namespaces/proc_parse.h"
#include "observe/namespaces/proc_read.h"
#include "observe/owners/containerd_parse.h"
#include "observe/owners/containers.h"
#include "observe/owners/daemons.h"
#include "observe/owners/state_file.h"

#define DEFAULT_STATE   "/run/containerd"
#define TASKS_DIR       "io.containerd.runtime.v2.task"
#define CONFIG_JSON_MAX ((size_t)1024 * 1024)
#define TOML_MAX        ((size_t)1024 * 1024)
#define ROOTS_MAX       16
#define COMM_MAX        16

struct containerd {
	char *roots[ROOTS_MAX]; /* distinct state directories; owned */
	size_t root_count;
	uint64_t generation; /* of the daemons they were taken from */
	bool given;          /* the roots were told, and are not to be found */
	bool searched;
	bool told; /* the list was given out once */
	struct containers containers;
};

static void free_roots(struct containerd *containerd)
{
	for (size_t i = 0; i < containerd->root_count; i++)
		free(containerd->roots[i]);
	containerd->root_count = 0;
}

static void containerd_free(void *state)
{
	struct containerd *containerd = state;

	if (!containerd)
		return;
	free_roots(containerd);
	containers_free(&containerd->containers);
	free(containerd);
}

/* Whether the parent of a process is a shim: it stays the parent of its containers' main processes, for it reaps them. */
static bool is_child_of_shim(int proc, pid_t pid)
{
	static const char shim[] = "containerd-shim";
	struct proc_stat stat, parent;

	return proc_read_stat(proc, pid, &stat) == 0 && stat.parent > 0 &&
	       proc_read_stat(proc, stat.parent, &parent) == 0 && strncmp(parent.comm, shim, COMM_MAX - 1) == 0;
}

/*
 * Ids are short and anybody's ("c1"), so it takes the whole cgroup path that containerd asked for. Where it asked for none (rootless), a
 * shim as the parent has to do.
 */
static bool owns(int proc, const struct container *container)
{
	if (container->cgroup)
		return state_in_oci_cgroup(proc, container->pid, container->cgroup);
	return is_child_of_shim(proc, container->pid);
}

/* ---- where the state is */

/* Takes over @path, or frees it where it is known already. */
static void add_root(struct containerd *containerd, char *path)
{
	for (size_t i = 0; i < containerd->root_count; i++) {
		if (strcmp(containerd->roots[i], path) == 0) {
			free(path);
			return;
		}
	}
	if (containerd->root_count == ROOTS_MAX)
		free(path);
	else
		containerd->roots[containerd->root_count++] = path;
}

static void *containerd_open(const struct owners_options *options)
{
	struct containerd *containerd = calloc(1, sizeof(*containerd));
	const char *dir;

	if (!containerd)
		return NULL;
	containerd->containers = CONTAINERS_OF(owns);
	for (size_t i = 0; (dir = engine_roots_of(&options->roots, containerd_engine.name, i)); i++) {
		char *copy = strdup(dir);

		if (!copy) {
			containerd_free(containerd);
			return NULL;
		}
		add_root(containerd, copy);
		containerd->given = true;
	}
	return containerd;
}

static char *state_of_config(const char *path)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	char *state = NULL;

	if (path && file_read_at(AT_FDCWD, path, TOML_MAX, &text) == 0 && text.len > 0)
		(void)containerd_parse_toml(text.data, text.len, &state);
	return state;
}

/* A daemon that says nothing has the default, which is looked at anyway. */
static int add_daemon(struct containerd *containerd, int proc, const struct daemon *daemon)
{
	_cleanup_(containerd_daemon_free) struct containerd_daemon told = { NULL, NULL };
	_cleanup_buf_ struct buf cmdline = BUF_INIT;
	char *state;
	int r = daemon_read_cmdline(proc, daemon, &cmdline);

	if (r < 0)
		return r == -ENOMEM ? r : 0; /* it is ending */
	if (containerd_parse_cmdline(cmdline.data, cmdline.len, &told) < 0)
		return -ENOMEM;
	state = told.state ? TAKE_PTR(told.state) : state_of_config(told.config_file);
	if (state)
		add_root(containerd, state);
	return 0;
}

/* Roots that were found stay: the containers of a daemon that is being restarted run on. */
static int refresh_roots(struct containerd *containerd, const struct owner_scene *scene)
{
	const struct array *daemons = &scene->daemons->items;
	char *path;

	if (containerd->given || (containerd->searched && containerd->generation == scene->daemons->generation))
		return 0;
	if (asprintf(&path, "%s" DEFAULT_STATE, scene->prefix) < 0)
		return -ENOMEM;
	add_root(containerd, path);
	for (size_t i = 0; i < daemons->count; i++) {
		const struct daemon *daemon = array_at(daemons, i);

		if (daemon->kind == DAEMON_CONTAINERD && daemon->uid == geteuid() &&
		    add_daemon(containerd, scene->proc, daemon) < 0)
			return -ENOMEM;
	}
	containerd->generation = scene->daemons->generation;
	containerd->searched = true;
	return 0;
}

/* ---- the tasks */

static int read_task(int namespace_dir, const char *id, struct container *ret)
{
	_cleanup_(container_free) struct container container = { .pid = 0 };
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_close_ int dir = state_open_dir(namespace_dir, id);
	int r;

	if (dir < 0)
		return dir;
	r = file_read_at(dir, "config.json", CONFIG_JSON_MAX, &text);
	if (r < 0)
		return r;
	r = containerd_parse_task(text.len ? text.data : "", text.len, id, &container);
	if (r < 0)
		return r;
	r = state_read_pid(dir, "init.pid", &container.pid);
	if (r < 0)
		return r;
	*ret = container;
	container = (struct container){ .pid = 0 };
	return 0;
}

/* Where the tasks of one containerd namespace are. */
struct place {
	size_t root;
	const char *namespace;
	int dir;
};

/*
 * init.pid is written last, when the task has its process, and config.json never again after it: one call tells whether anything is new.
 */
static void look_at_task(struct containerd *containerd, const struct place *place, const char *id, uint64_t *ret_bad)
{
	_cleanup_(container_free) struct container container = { .pid = 0 };
	struct file_version versions[CONTAINER_FILES] = { 0 };
	char path[NAME_MAX + sizeof("/init.pid")], key[2 * NAME_MAX + 32];
	struct container_entry *entry;
	bool is_new;
	int r;

	(void)snprintf(path, sizeof(path), "%s/init.pid", id);
	if (state_version(place->dir, path, &versions[0]) < 0) {
		(void)containers_watch(&containerd->containers, place->dir, id);
		return; /* no process yet */
	}
	(void)snprintf(key, sizeof(key), "%zu/%s/%s", place->root, place->namespace, id);
	entry = containers_meet(&containerd->containers, key, versions, ret_bad, &is_new);
	if (!entry || !is_new)
		return;
	(void)containers_watch(&containerd->containers, place->dir, id);
	r = read_task(place->dir, id, &container);
	if (r < 0 && r != -ENOENT) /* ENOENT: being removed just now */
		(*ret_bad)++;
	if (r < 0)
		containers_clear(&containerd->containers, entry, r);
	else
		containers_set(&containerd->containers, entry, &container);
}

/* Opens a directory for reading; takes over @fd. */
static DIR *read_dir(int fd)
{
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (!dir && fd >= 0)
		(void)close(fd);
	return dir;
}

/* The next name that does not begin with a dot; NULL at the end. */
static const char *next_name(DIR *dir)
{
	const struct dirent *entry;

	do {
		entry = readdir(dir);
	} while (entry && entry->d_name[0] == '.');
	return entry ? entry->d_name : NULL;
}

/* Docker runs its containers and plugins in namespaces of these names, and tells of them itself. */
static bool is_dockers(const char *namespace)
{
	return strcmp(namespace, "moby") == 0 || strcmp(namespace, "plugins.moby") == 0;
}

static void look_at_namespace(struct containerd *containerd, size_t root, int tasks, const char *name,
                              uint64_t *ret_bad)
{
	_cleanup_closedir_ DIR *dir = read_dir(state_open_dir(tasks, name));
	const struct place place = { root, name, dir ? dirfd(dir) : -1 };
	const char *id;

	if (dir)
		(void)containers_watch(&containerd->containers, dirfd(dir), "");
	while (dir && (id = next_name(dir)))
		look_at_task(containerd, &place, id, ret_bad);
}

/* Returns 0, or -errno where there are no tasks to be read. The root may be reached through a symlink, nothing in it may. */
static int look_at_root(struct containerd *containerd, size_t root, uint64_t *ret_bad)
{
	_cleanup_closedir_ DIR *dir = NULL;
	_cleanup_close_ int fd = open(containerd->roots[root], O_PATH | O_DIRECTORY | O_CLOEXEC);
	int tasks;
	const char *name;

	if (fd < 0)
		return -errno;
	tasks = state_open_dir(fd, TASKS_DIR);
	if (tasks < 0)
		return tasks;
	dir = read_dir(tasks);
	if (!dir)
		return -ENOMEM;
	(void)containers_watch(&containerd->containers, dirfd(dir), "");
	while ((name = next_name(dir))) {
		if (!is_dockers(name))
			look_at_namespace(containerd, root, dirfd(dir), name, ret_bad);
	}
	return 0;
}

static int look_at_roots(struct containerd *containerd, uint64_t *ret_bad, struct fault *fault)
{
	size_t there = 0;

	for (size_t i = 0; i < containerd->root_count; i++) {
		int r = look_at_root(containerd, i, ret_bad);

		if ((r == -ENOENT || r == -ENOTDIR) && containerd->given)
			return fault_set(fault, -ENXIO, EXIT_CODE_RUNTIME,
			                 "no " TASKS_DIR
			                 " in %s; give containerd's state directory (containerd config dump)",
			                 containerd->roots[i]);
		if (r == -ENOENT || r == -ENOTDIR)
			continue;
		if (r == -EACCES || r == -EPERM)
			return fault_set(fault, r, EXIT_CODE_NOT_PERMITTED,
			                 "cannot read %s/" TASKS_DIR ": %s; run as root or with CAP_DAC_READ_SEARCH",
			                 containerd->roots[i], strerror(-r));
		if (r < 0)
			return fault_set(fault, r, EXIT_CODE_RUNTIME, "cannot read %s/" TASKS_DIR ": %s",
			                 containerd->roots[i], strerror(-r));
		there++;
	}
	return there > 0 ? 0 : -ENOENT;
}

static int containerd_look(void *state, const struct owner_scene *scene, struct owner_list *list, bool *ret_same,
                           uint64_t *ret_bad, struct fault *fault)
{
	struct containerd *containerd = state;
	bool changed;
	int r = refresh_roots(containerd, scene);

	if (r < 0)
		return r;
	containers_begin(&containerd->containers, scene);
	r = look_at_roots(containerd, ret_bad, fault);
	if (r < 0 && r != -ENOENT) {
		containerd->told = false;
		return r;
	}
	changed = containers_end(&containerd->containers);
	if (r == -ENOENT) {
		containerd->told = false;
		return r;
	}
	*ret_same = containerd->told && !changed;
	if (*ret_same)
		return 0;
	r = containers_list(&containerd->containers, list);
	containerd->told = r == 0;
	return r;
}

const struct owner_engine containerd_engine = {
	.name = "containerd",
	.root = "STATE",
	.open = containerd_open,
	.look = containerd_look,
	.free = containerd_free,
};
