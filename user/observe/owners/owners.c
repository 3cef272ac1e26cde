/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/owners/owners.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "observe/owners/conmons.h"
#include "observe/owners/containerd.h"
#include "observe/owners/crio.h"
#include "observe/owners/daemons.h"
#include "observe/owners/docker.h"
#include "observe/owners/lxc.h"
#include "observe/owners/machined.h"
#include "observe/owners/podman.h"
#include "observe/owners/residents.h"
#include "observe/owners/units.h"

/* Every engine ctnet knows; in the order their sources are shown. */
static const struct owner_engine *const engines[] = {
	&docker_engine, &podman_engine, &containerd_engine, &crio_engine, &lxc_engine, &nspawn_engine, &units_engine,
};

struct engine_state {
	void *state;
	struct owner_list list;  /* what the engine told last */
	struct owner_list spare; /* where its next answer goes */
	struct fault fault;      /* why its last look failed */
};

struct owners {
	int proc;
	char *prefix;
	struct daemons daemons;
	struct conmons conmons;
	struct residents residents;
	uint64_t residents_generation; /* at the last search for daemons */
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
static int ask(struct owners *owners, const struct owner_scene *scene, size_t i)
{
	struct engine_state *engine = &owners->engines[i];
	struct source source = { .name = engines[i]->name, .state = "ok", .detail = "", .up = true };
	struct fault fault = { .code = EXIT_CODE_OK };
	bool same = false;
	int r;

	owner_list_reset(&engine->spare);
	r = engines[i]->look(engine->state, scene, &engine->spare, &same, &owners->bad_files, &fault);
	if (r == -ENOMEM)
		return r;
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
	owners->sources[owners->source_count++] = source;
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

/* What all engines look at. Where /proc cannot be gone through, what was known of the daemons stands. */
static int look_around(struct owners *owners, const struct ns_seen *seen, size_t count)
{
	bool due;

	if (residents_refresh(&owners->residents, owners->proc, seen, count) < 0)
		return -ENOMEM;
	due = owners->residents_generation != owners->residents.generation;
	owners->residents_generation = owners->residents.generation;
	if (daemons_refresh(&owners->daemons, owners->proc, due) == -ENOMEM)
		return -ENOMEM;
	return conmons_refresh(&owners->conmons, &owners->daemons, owners->proc);
}

int owners_refresh(struct owners *owners, const struct ns_seen *seen, size_t count)
{
	const struct owner_scene scene = { .proc = owners->proc,
		                           .prefix = owners->prefix,
		                           .daemons = &owners->daemons,
		                           .conmons = &owners->conmons,
		                           .residents = &owners->residents };
	int result = look_around(owners, seen, count);

	owners->source_count = 0;
	for (size_t i = 0; i < ARRAY_SIZE(engines); i++) {
		int r = ask(owners, &scene, i);

		if (r < 0)
			result = r;
	}
	if (owners->stale) {
		int r = gather(owners);

		/* what `all` points to may be gone */
		if (r < 0) {
			owners->count = 0;
			result = r;
		}
	}
	return result;
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
	cleanup_close(&owners->proc);
	free(owners->prefix);
	free(owners->all);
	free(owners);
}
