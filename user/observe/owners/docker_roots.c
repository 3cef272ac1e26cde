/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/owners/docker_roots.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "observe/namespaces/proc_parse.h"
#include "observe/namespaces/proc_read.h"
#include "observe/owners/docker_parse.h"

#define DEFAULT_ROOT   "/var/lib/docker"
#define DEFAULT_CONFIG "/etc/docker/daemon.json"
#define CMDLINE_MAX    ((size_t)128 * 1024)
#define CONFIG_MAX     ((size_t)1024 * 1024)

static void cleanup_closedir(DIR **dir)
{
	if (*dir)
		(void)closedir(*dir);
}

/* Takes over @path, or frees it where it is known already. */
static void add_root(struct docker_roots *roots, char *path)
{
	for (size_t i = 0; i < roots->count; i++) {
		if (strcmp(roots->paths[i], path) == 0) {
			free(path);
			return;
		}
	}
	if (roots->count == DOCKER_ROOTS_MAX)
		free(path);
	else
		roots->paths[roots->count++] = path;
}

/* The root that a configuration file names; NULL where it names none or cannot be read: Docker takes its default then. */
static char *root_of_config(const char *path)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	char *root = NULL;

	if (file_read_at(AT_FDCWD, path, CONFIG_MAX, &text) == 0)
		(void)docker_parse_daemon_json(text.data, text.len, &root);
	return root;
}

static int add_root_of(struct docker_roots *roots, struct docker_daemon *daemon)
{
	char *root = TAKE_PTR(daemon->data_root);

	if (!root)
		root = root_of_config(daemon->config_file ? daemon->config_file : DEFAULT_CONFIG);
	if (!root)
		root = strdup(DEFAULT_ROOT);
	if (!root)
		return -ENOMEM;
	add_root(roots, root);
	return 0;
}

static bool has_name(int proc, pid_t pid, const char *name)
{
	_cleanup_close_ int fd = -1;
	char path[PROC_PATH_MAX], comm[32];
	size_t len = strlen(name);
	ssize_t got;

	(void)snprintf(path, sizeof(path), "%d/comm", (int)pid);
	fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	got = read(fd, comm, sizeof(comm));
	return got == (ssize_t)len + 1 && memcmp(comm, name, len) == 0 && comm[len] == '\n';
}

/* Whether a process is of our user and its paths are ours. */
static bool is_of_this_machine(int proc, pid_t pid)
{
	struct stat owner, root, our_root;
	char path[PROC_PATH_MAX];

	(void)snprintf(path, sizeof(path), "%d", (int)pid);
	if (fstatat(proc, path, &owner, AT_SYMLINK_NOFOLLOW) < 0 || owner.st_uid != geteuid())
		return false;
	(void)snprintf(path, sizeof(path), "%d/root", (int)pid);
	if (fstatat(proc, path, &root, 0) < 0 || stat("/", &our_root) < 0)
		return false;
	return root.st_dev == our_root.st_dev && root.st_ino == our_root.st_ino;
}

static int add_daemon(struct docker_roots *roots, int proc, pid_t pid)
{
	_cleanup_(docker_daemon_free) struct docker_daemon daemon = { NULL, NULL };
	_cleanup_buf_ struct buf cmdline = BUF_INIT;
	struct docker_process process = { .pid = pid, .identity = proc_identity(proc, pid) };
	char path[PROC_PATH_MAX];

	if (process.identity == 0 || roots->daemon_count == DOCKER_ROOTS_MAX || !is_of_this_machine(proc, pid))
		return 0;
	(void)snprintf(path, sizeof(path), "%d/cmdline", (int)pid);
	if (file_read_at(proc, path, CMDLINE_MAX, &cmdline) < 0 || cmdline.len == 0)
		return 0; /* it is ending */
	if (docker_parse_cmdline(cmdline.data, cmdline.len, &daemon) < 0)
		return -ENOMEM;
	roots->daemons[roots->daemon_count++] = process;
	return add_root_of(roots, &daemon);
}

static int search(struct docker_roots *roots, int proc)
{
	_cleanup_(cleanup_closedir) DIR *dir = NULL;
	int fd = openat(proc, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r = 0;

	if (fd < 0)
		return -errno;
	dir = fdopendir(fd);
	if (!dir) {
		r = -errno;
		(void)close(fd);
		return r;
	}
	while (r == 0) {
		struct dirent *entry = readdir(dir);
		pid_t pid;

		if (!entry)
			break;
		if (proc_parse_pid(entry->d_name, &pid) == 0 && has_name(proc, pid, "dockerd"))
			r = add_daemon(roots, proc, pid);
	}
	if (r == 0 && roots->count == 0)
		r = add_root_of(roots, &(struct docker_daemon){ NULL, NULL });
	return r;
}

static bool is_search_due(const struct docker_roots *roots, int proc)
{
	if (roots->count == 0)
		return true;
	for (size_t i = 0; i < roots->daemon_count; i++) {
		if (proc_identity(proc, roots->daemons[i].pid) != roots->daemons[i].identity)
			return true;
	}
	return roots->daemon_count == 0 && roots->looks >= DOCKER_SEARCH_EVERY;
}

int docker_roots_refresh(struct docker_roots *roots, int proc)
{
	struct docker_roots found = { .count = 0 };
	int r;

	roots->looks++;
	if (!is_search_due(roots, proc))
		return 0;
	r = search(&found, proc);
	if (r < 0) {
		docker_roots_free(&found);
		return r;
	}
	if (found.daemon_count == 0 && roots->count > 0) {
		/* a daemon that is being restarted leaves its containers running, in the root they had */
		docker_roots_free(&found);
		roots->daemon_count = 0;
		roots->looks = 0;
		return 0;
	}
	docker_roots_free(roots);
	*roots = found;
	return 0;
}

void docker_roots_free(struct docker_roots *roots)
{
	for (size_t i = 0; i < roots->count; i++)
		free(roots->paths[i]);
	*roots = (struct docker_roots){ .count = 0 };
}
