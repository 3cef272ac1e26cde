/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/** Hexadecimal digits of a container's id. */
#define DOCKER_ID_LEN 64

/** What ctnet wants of ROOT/containers/ID/config.v2.json. All text is raw and owned; NULL: not there. */
struct docker_container {
	bool running;   /* State.Running; a paused container is running too */
	pid_t pid;      /* State.Pid, main process as the daemon sees it; 0: none */
	char *name;     /* without the slash before it */
	char *image;    /* Config.Image, as given to `docker run` */
	char *sandbox;  /* NetworkSettings.SandboxKey: where its namespace is mounted; not for --network container:X */
	char *pod_name; /* label io.kubernetes.pod.name */
	char *pod_namespace; /* label io.kubernetes.pod.namespace */
	char *pod_container; /* label io.kubernetes.container.name: its name within the pod */
	bool pod_sandbox;    /* label io.kubernetes.docker.type is "podsandbox": holds the namespace of the pod */
};

/** Returns whether @name is an id: 64 lower-case hexadecimal digits. */
bool docker_is_id(const char *name);

/**
 * Reads a container's state file.
 *
 * @text, @len: any bytes
 * @id: what the file must say its id is
 * @ret: docker_container_free() it; untouched on failure
 *
 * Returns 0, -EBADMSG (no JSON, invalid UTF-8, not the shape that Docker writes, another container's) or -ENOMEM.
 * Source: container.Container in moby container/container.go; checked against Docker 20.10
 */
int docker_parse_container(const char *text, size_t len, const char *id, struct docker_container *ret);

/** Accepts a zeroed container, which it leaves behind. */
void docker_container_free(struct docker_container *container);

/** Where a daemon was told to keep its state. Paths are absolute; NULL: not told. */
struct docker_daemon {
	char *data_root;   /* --data-root, -g, --graph */
	char *config_file; /* --config-file */
};

/**
 * Reads the command line of a dockerd (/proc/PID/cmdline: arguments separated by NUL).
 *
 * @ret: docker_daemon_free() it; untouched on failure
 * Returns 0 or -ENOMEM.
 * Source: dockerd --help (20.10); --graph is the name that --data-root had until 17.05
 */
int docker_parse_cmdline(const char *text, size_t len, struct docker_daemon *ret);

void docker_daemon_free(struct docker_daemon *daemon);

/**
 * Reads "data-root" (or "graph") of a daemon.json.
 *
 * @ret: free() it; NULL where the file does not say; untouched on failure
 * Returns 0, -EBADMSG or -ENOMEM.
 */
int docker_parse_daemon_json(const char *text, size_t len, char **ret);
