/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/fault.h"
#include "model/observation.h"

/**
 * How owners are found: each engine is one file that fills a struct owner_engine; owners.c keeps the table of them. Adding an engine is one
 * new file, "NAME.c" with its NAME_engine, and one line in that table: what it is asked, what its source is called and what --engine-root
 * takes for it all come from the struct. One that keeps a file for each container has struct containers for the rest.
 */

/** More than these are not taken. */
#define ENGINE_ROOTS_MAX 16

/** Where the engines that are told of keep their state; those are not looked for. */
struct engine_roots {
	struct engine_root {
		const char *engine;
		const char *dir; /* as the engine's `root` says; borrowed */
	} items[ENGINE_ROOTS_MAX];
	size_t count;
};

struct owners_options {
	const char *proc; /* "/proc" */
	const char *
		prefix; /* before every place that is looked at by default, "/run/containerd"; NULL: none. For tests. */
	struct engine_roots roots;
};

/**
 * Takes an "ENGINE=DIR", as --engine-root gives it.
 *
 * @value: kept, not copied
 * Returns 0, or -EINVAL with @fault filled, without the value: no such form, no engine that takes one, no absolute path, or too many.
 */
int engine_roots_add(struct engine_roots *roots, const char *value, struct fault *fault);

/** The @i-th DIR for an engine, NULL past the last. */
const char *engine_roots_of(const struct engine_roots *roots, const char *engine, size_t i);

struct conmons;
struct daemons;
struct residents;
struct state_watch;

/** What is looked at once, for all engines. */
struct owner_scene {
	int proc;           /* descriptor of /proc */
	const char *prefix; /* see struct owners_options; never NULL */
	const struct daemons *daemons;
	const struct conmons *conmons;
	const struct residents *residents;
	struct state_watch *watch; /* of everything that a state file is found by */
	unsigned int asker;        /* who the engine that is asked is to it */
};

/** Where an engine puts what it found; all text it hands over is cleaned and copied. */
struct owner_list {
	struct arena arena;
	struct owner_seen *items;
	size_t count, cap;
};

/**
 * Adds an owner. Its text may be any bytes and is cleaned (text_clean(), OWNER_TEXT_MAX) and copied; NULL text becomes "".
 * Returns 0 or -ENOMEM.
 */
int owner_list_add(struct owner_list *list, const struct owner_seen *seen);

/** Empties the list and keeps its memory. */
void owner_list_reset(struct owner_list *list);

/** Gives the memory back. Accepts a zeroed list; it can be used again. */
void owner_list_free(struct owner_list *list);

struct owner_engine {
	const char *name; /* the name of its source: "docker" */
	const char *root; /* what its DIR is: "DATA-ROOT", or "GRAPHROOT:RUNROOT" for two; NULL: it is found without */
	bool by_process;  /* it is told by the processes of what no other engine tells of, so it is asked after those */
	/* Returns its state, or NULL where there is no memory. */
	void *(*open)(const struct owners_options *options);
	/*
	 * Looks whether anything changed since the last look and, if so, adds all owners to @list (else nothing and *@ret_same is
	 * true). Returns 0, -ENOENT where the engine is not on this machine, or -errno with @fault filled. One file that cannot be
	 * read or parsed is skipped and counted in *@ret_bad, never a failure.
	 */
	int (*look)(void *state, const struct owner_scene *scene, struct owner_list *list, bool *ret_same,
	            uint64_t *ret_bad, struct fault *fault);
	void (*free)(void *state);
};

struct owners;

/** @options: copied. Returns 0 or -errno. */
int owners_open(const struct owners_options *options, struct owners **ret, struct fault *fault);

/** The descriptor to poll for POLLIN: state files changed; then call owners_dispatch(). -1: there is none. */
int owners_fd(const struct owners *owners);

/** Takes what was waiting on the descriptor; never blocks. Returns whether owners_update() has something to do. */
bool owners_dispatch(struct owners *owners);

/**
 * Asks the engines whose state files changed. What else may have changed meanwhile only owners_refresh() finds.
 *
 * Returns as owners_refresh().
 */
int owners_update(struct owners *owners);

/** Whether an owner lives in a namespace that is not among those seen (sorted by inode): then it is time to look for it. */
bool owners_have_stranger(const struct owners *owners, const struct ns_seen *seen, size_t count);

/**
 * Asks every engine; those with nothing new keep what they had. No state file is read that did not change.
 *
 * An owner that several tell of (the same id in the same namespace) is told once, by the kind that comes first; a unit is told only
 * where no engine knows anybody.
 *
 * @seen, @count: the namespaces as last seen, sorted by inode: what appeared there is a reason to search for daemons, and their oldest
 *                processes tell the owners that leave no state file
 * Returns 0 or -ENOMEM; one engine's failure shows in its source only.
 */
int owners_refresh(struct owners *owners, const struct ns_seen *seen, size_t count);

/** All owners, sorted by inode, then kind, then name. Valid until the next refresh. */
const struct owner_seen *owners_seen(const struct owners *owners, size_t *ret_count);

/** One source for each engine that is on this machine (or was asked for and is not). Valid until the next refresh. */
const struct source *owners_sources(const struct owners *owners, size_t *ret_count);

/** State files that could not be read or parsed since the start. */
uint64_t owners_bad_files(const struct owners *owners);

/** Accepts NULL. */
void owners_free(struct owners *owners);
