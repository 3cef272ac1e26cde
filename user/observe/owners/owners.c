/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/owners/owners.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "model/order.h"
#include "observe/owners/conmons.h"
#include "observe/owners/containerd.h"
#include "observe/owners/crio.h"
#include "observe/owners/daemons.h"
#include "observe/owners/docker.h"
#include "observe/owners/lxc.h"
#include "observe/owners/machined.h"
#include "observe/owners/podman.h"
#include "observe/owners/residents.h"
#include "observe/owners/state_watch.h"
#include "observe/owners/units.h"

/* Every engine ctnet knows; in the order their sources are shown. */
static const struct owner_engine *const engines[] = {
	&docker_engine, &podman_engine, &containerd_engine, &crio_engine, &lxc_engine, &nspawn_engine, &units_engine,
};

/* ---- where their state is */

static const struct owner_engine *engine_of(const char *name, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(engines); i++) {
		if (strlen(engines[i]->name) == len && memcmp(engines[i]->name, name, len) == 0)
			return engines[i];
	}
	return NULL;
}

/* As many absolute paths as the engine wants. */
static bool is_root_of(const struct owner_engine *engine, const char *dir)
{
	for (const char *form = engine->root; form; form = strchr(form, ':')) {
		form += *form == ':';
		if (!dir || *dir != '/')
			return false;
		dir = strchr(form, ':') ? strchr(dir, ':') : NULL;
		dir = dir ? dir + 1 : NULL;
	}
	return true;
}

static int unknown_engine(struct fault *fault)
{
	char names[256] = "";
	size_t len = 0;

	for (size_t i = 0; i < ARRAY_SIZE(engines) && len < sizeof(names); i++) {
		if (engines[i]->root)
			len += (size_t)snprintf(names + len, sizeof(names) - len, "%s%s", len ? ", " : "",
			                        engines[i]->name);
	}
	return fault_set(fault, -EINVAL, EXIT_CODE_USAGE, "not an engine (try one of %s)", names);
}

int engine_roots_add(struct engine_roots *roots, const char *value, struct fault *fault)
{
	const char *equals = strchr(value, '=');
	const struct owner_engine *engine = equals ? engine_of(value, (size_t)(equals - value)) : NULL;

	if (!equals)
		return fault_set(fault, -EINVAL, EXIT_CODE_USAGE,
		                 "not of the form ENGINE=DIR (try docker=/srv/docker)");
	if (!engine)
		return unknown_engine(fault);
	if (!engine->root)
		return fault_set(fault, -EINVAL, EXIT_CODE_USAGE,
		                 "what %s runs is found by its processes, wherever its state is", engine->name);
	if (!is_root_of(engine, equals + 1))
		return fault_set(fault, -EINVAL, EXIT_CODE_USAGE, "wants %s=%s, absolute", engine->name, engine->root);
	if (roots->count == ENGINE_ROOTS_MAX)
		return fault_set(fault, -EINVAL, EXIT_CODE_USAGE, "at most %d can be given", ENGINE_ROOTS_MAX);
	roots->items[roots->count++] = (struct engine_root){ engine->name, equals + 1 };
	return 0;
}

const char *engine_roots_of(const struct engine_roots *roots, const char *engine, size_t i)
{
	for (size_t k = 0; k < roots->count; k++) {
		if (strcmp(roots->items[k].engine, engine) == 0 && i-- == 0)
			return roots->items[k].dir;
	}
	return NULL;
}

/* ---- asking them */

struct engine_state {
	void *state;
	struct owner_list list;  /* what the engine told last */
	struct owner_list spare; /* where its next answer goes */
	struct fault fault;      /* why its last look failed */
	struct source source;    /* name NULL: it is not on this machine */
};

/* A row that was seen, as far as it is a reason to search for daemons. */
struct row_key {
	uint64_t inode, birth;
	pid_t pid;
};

struct owners {
	int proc;
	char *prefix;
	struct daemons daemons;
	struct conmons conmons;
	struct residents residents;
	struct state_watch watch;
	struct array rows;  /* struct row_key, of the last look */
	struct array spare; /* where the next ones are put together */
	struct array told;  /* inodes that engines with state files tell of */
	struct engine_state engines[ARRAY_SIZE(engines)];
	struct source sources[ARRAY_SIZE(engines)];
	size_t source_count;
	struct owner_seen *all; /* sorted; text belongs to the engines' lists */
	size_t count, cap;
	uint64_t bad_files;
	bool stale; /* an engine told something new since `all` was made */
};

static void cleanup_owners(struct owners **owners)
{
	owners_free(*owners);
}

int owners_open(const struct owners_options *options, struct owners **ret, struct fault *fault)
{
	_cleanup_(cleanup_owners) struct owners *owners = calloc(1, sizeof(*owners));

	if (!owners)
		return fault_set(fault, -ENOMEM, EXIT_CODE_RUNTIME, "out of memory");
	daemons_init(&owners->daemons);
	conmons_init(&owners->conmons);
	residents_init(&owners->residents);
	owners->rows = ARRAY_OF(struct row_key);
	owners->spare = ARRAY_OF(struct row_key);
	owners->told = ARRAY_OF(uint64_t);
	state_watch_open(&owners->watch);
	owners->proc = open(options->proc, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (owners->proc < 0)
		return fault_set(fault, -errno, EXIT_CODE_RUNTIME, "cannot open %s: %s", options->proc,
		                 strerror(errno));
	owners->prefix = strdup(options->prefix ? options->prefix : "");
	if (!owners->prefix)
		return fault_set(fault, -ENOMEM, EXIT_CODE_RUNTIME, "out of memory");
	for (size_t i = 0; i < ARRAY_SIZE(engines); i++) {
		owners->engines[i].state = engines[i]->open(options);
		if (!owners->engines[i].state)
			return fault_set(fault, -ENOMEM, EXIT_CODE_RUNTIME, "out of memory");
	}
	*ret = TAKE_PTR(owners);
	return 0;
}

static void take_answer(struct owners *owners, struct engine_state *engine)
{
	struct owner_list before = engine->list;

	engine->list = engine->spare;
	engine->spare = before;
	owners->stale = true;
}

/* Asks one engine; what it had stands where the look fails, and is dropped where the engine is gone. */
static int ask(struct owners *owners, size_t i)
{
	const struct owner_scene scene = { .proc = owners->proc,
		                           .prefix = owners->prefix,
		                           .daemons = &owners->daemons,
		                           .conmons = &owners->conmons,
		                           .residents = &owners->residents,
		                           .watch = &owners->watch,
		                           .asker = (unsigned int)i };
	struct engine_state *engine = &owners->engines[i];
	struct source source = { .name = engines[i]->name, .state = "ok", .detail = "", .up = true };
	struct fault fault = { .code = EXIT_CODE_OK };
	bool same = false;
	int r;

	state_watch_begin(&owners->watch, scene.asker);
	owner_list_reset(&engine->spare);
	r = engines[i]->look(engine->state, &scene, &engine->spare, &same, &owners->bad_files, &fault);
	if (r == -ENOMEM) {
		state_watch_again(&owners->watch, scene.asker);
		return r;
	}
	engine->source = (struct source){ .name = NULL };
	if (r == -ENOENT) {
		owner_list_reset(&engine->spare);
		if (engine->list.count > 0)
			take_answer(owners, engine);
		return 0;
	}
	engine->fault = fault;
	if (r < 0) {
		source.state = "failed";
		source.detail = engine->fault.text;
		source.up = false;
		source.incomplete = engine->list.count > 0;
	} else if (!same) {
		take_answer(owners, engine);
	}
	engine->source = source;
	return 0;
}

static int compare_seen(const void *a, const void *b)
{
	const struct owner_seen *x = a;
	const struct owner_seen *y = b;
	int by_name;

	if (x->inode != y->inode)
		return x->inode < y->inode ? -1 : 1;
	if (x->owner.kind != y->owner.kind)
		return x->owner.kind < y->owner.kind ? -1 : 1;
	by_name = strcmp(x->owner.name, y->owner.name);
	return by_name != 0 ? by_name : strcmp(x->owner.id, y->owner.id);
}

static bool is_same_owner(const struct owner_seen *a, const struct owner_seen *b)
{
	if (a->inode != b->inode)
		return false;
	if (a->owner.id[0] != '\0' || b->owner.id[0] != '\0')
		return strcmp(a->owner.id, b->owner.id) == 0;
	return a->owner.kind == b->owner.kind && strcmp(a->owner.name, b->owner.name) == 0;
}

/* Of an owner that two sources tell of, the first is kept: kinds are in order of precedence. Of pid, whoever knows it. */
static bool is_told(struct owner_seen *first, struct owner_seen *end, const struct owner_seen *one)
{
	for (struct owner_seen *told = first; told < end; told++) {
		if (is_same_owner(told, one)) {
			if (told->owner.pid == 0)
				told->owner.pid = one->owner.pid;
			return true;
		}
	}
	/* a unit stands for what nobody else knows: else it is the engine's own, or the one that wraps the container */
	return one->owner.kind == OWNER_UNIT && end > first;
}

static size_t drop_repeated(struct owner_seen *all, size_t count)
{
	size_t kept = 0, first = 0;

	for (size_t i = 0; i < count; i++) {
		if (kept == 0 || all[first].inode != all[i].inode)
			first = kept;
		if (!is_told(&all[first], &all[kept], &all[i]))
			all[kept++] = all[i];
	}
	return kept;
}

/* Puts what all engines told into one sorted array. */
static int gather(struct owners *owners)
{
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_SIZE(engines); i++)
		count += owners->engines[i].list.count;
	if (count > owners->cap) {
		struct owner_seen *grown = reallocarray(owners->all, count, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		owners->all = grown;
		owners->cap = count;
	}
	owners->count = 0;
	for (size_t i = 0; i < ARRAY_SIZE(engines); i++) {
		const struct owner_list *list = &owners->engines[i].list;

		for (size_t k = 0; k < list->count; k++)
			owners->all[owners->count++] = list->items[k];
	}
	if (count > 0)
		qsort(owners->all, count, sizeof(*owners->all), compare_seen);
	owners->count = drop_repeated(owners->all, count);
	owners->stale = false;
	return 0;
}

/* Whether the rows are other than at the last look: something appeared that a new daemon may have made. */
static int compare_rows(struct owners *owners, const struct ns_seen *seen, size_t count, bool *ret_changed)
{
	bool same = count == owners->rows.count;

	owners->spare.count = 0;
	for (size_t i = 0; i < count; i++) {
		const struct row_key key = { seen[i].inode, seen[i].birth, seen[i].pid };
		const struct row_key *old = same ? array_at(&owners->rows, i) : NULL;

		same = same && old->inode == key.inode && old->birth == key.birth && old->pid == key.pid;
		if (array_append(&owners->spare, &key) < 0)
			return -ENOMEM;
	}
	array_swap(&owners->rows, &owners->spare);
	*ret_changed = !same;
	return 0;
}

/* What all engines look at. Where /proc cannot be gone through, what was known of the daemons stands. */
static int look_around(struct owners *owners, const struct ns_seen *seen, size_t count)
{
	bool due;

	if (compare_rows(owners, seen, count, &due) < 0 ||
	    daemons_refresh(&owners->daemons, owners->proc, due) == -ENOMEM)
		return -ENOMEM;
	return conmons_refresh(&owners->conmons, &owners->daemons, owners->proc);
}

static int compare_inode(const void *a, const void *b)
{
	return ORDER(*(const uint64_t *)a, *(const uint64_t *)b);
}

/* Whom the state files tell of: nobody need be read there. */
static int list_told(struct owners *owners)
{
	owners->told.count = 0;
	for (size_t i = 0; i < ARRAY_SIZE(engines); i++) {
		const struct owner_list *list = &owners->engines[i].list;

		for (size_t k = 0; !engines[i]->by_process && k < list->count; k++) {
			if (array_append(&owners->told, &list->items[k].inode) < 0)
				return -ENOMEM;
		}
	}
	array_sort(&owners->told, compare_inode);
	return 0;
}

static int ask_all(struct owners *owners, bool by_process)
{
	int result = 0;

	for (size_t i = 0; i < ARRAY_SIZE(engines); i++) {
		int r = engines[i]->by_process == by_process ? ask(owners, i) : 0;

		if (r < 0)
			result = r;
	}
	return result;
}

static int take_answers(struct owners *owners)
{
	int r = owners->stale ? gather(owners) : 0;

	if (r < 0)
		owners->count = 0; /* what `all` points to may be gone */
	owners->source_count = 0;
	for (size_t i = 0; i < ARRAY_SIZE(engines); i++) {
		if (owners->engines[i].source.name)
			owners->sources[owners->source_count++] = owners->engines[i].source;
	}
	return r;
}

int owners_refresh(struct owners *owners, const struct ns_seen *seen, size_t count)
{
	int result = look_around(owners, seen, count);
	int r = ask_all(owners, false);

	result = r < 0 ? r : result;
	r = list_told(owners);
	if (r == 0)
		r = residents_refresh(&owners->residents, owners->proc, seen, count, &owners->told);
	result = r < 0 ? r : result;
	r = ask_all(owners, true);
	result = r < 0 ? r : result;
	r = take_answers(owners);
	return r < 0 ? r : result;
}

int owners_fd(const struct owners *owners)
{
	return owners->watch.fd;
}

bool owners_dispatch(struct owners *owners)
{
	return state_watch_take(&owners->watch);
}

int owners_update(struct owners *owners)
{
	int result = 0, r;

	for (size_t i = 0; i < ARRAY_SIZE(engines); i++) {
		r = state_watch_due(&owners->watch, (unsigned int)i) ? ask(owners, i) : 0;
		if (r < 0)
			result = r;
	}
	r = take_answers(owners);
	return r < 0 ? r : result;
}

bool owners_have_stranger(const struct owners *owners, const struct ns_seen *seen, size_t count)
{
	size_t at = 0;

	for (size_t i = 0; i < owners->count; i++) {
		while (at < count && seen[at].inode < owners->all[i].inode)
			at++;
		if (at == count || seen[at].inode != owners->all[i].inode)
			return true;
	}
	return false;
}

const struct owner_seen *owners_seen(const struct owners *owners, size_t *ret_count)
{
	*ret_count = owners->count;
	return owners->all;
}

const struct source *owners_sources(const struct owners *owners, size_t *ret_count)
{
	*ret_count = owners->source_count;
	return owners->sources;
}

uint64_t owners_bad_files(const struct owners *owners)
{
	return owners->bad_files;
}

void owners_free(struct owners *owners)
{
	if (!owners)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(engines); i++) {
		if (owners->engines[i].state)
			engines[i]->free(owners->engines[i].state);
		owner_list_free(&owners->engines[i].list);
		owner_list_free(&owners->engines[i].spare);
	}
	daemons_free(&owners->daemons);
	conmons_free(&owners->conmons);
	residents_free(&owners->residents);
	state_watch_close(&owners->watch);
	array_free(&owners->rows);
	array_free(&owners->spare);
	array_free(&owners->told);
	cleanup_close(&owners->proc);
	free(owners->prefix);
	free(owners->all);
	free(owners);
}
