/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/kernel/rows.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "base/cleanup.h"
#include "observe/kernel/kernel_price.h"
#include "observe/kernel/map_check.h"
#include "observe/kernel/pins.h"

static_assert(CTNET_CHUNK_ROWS == 32, "one bit of a uint32_t for each row of a chunk");

struct chunk {
	struct ctnet_row *rows;   /* mapped, CTNET_CHUNK_ROWS times cpus */
	struct ctnet_note *notes; /* mapped where they are pinned, else memory of ours; CTNET_CHUNK_ROWS of them */
	uint32_t free;            /* a bit for each row */
};

struct rows {
	ctnet_entry *index;      /* CTNET_INDEX_ENTRIES; the program's own */
	int chunks_fd;           /* -1: we read only */
	const struct pins *pins; /* NULL: nothing is pinned */
	uint32_t cpus;
	uint32_t used;
	uint32_t chunk_count;
	uint64_t chunk_memory; /* what the kernel says that the chunks take */
	struct chunk chunks[CTNET_CHUNKS];
};

/* The kernel gives whole pages and refuses to map more. */
static size_t whole_pages(size_t bytes)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	return (bytes + page - 1) / page * page;
}

static size_t chunk_bytes_for(uint32_t cpus)
{
	return whole_pages((size_t)CTNET_CHUNK_ROWS * cpus * sizeof(struct ctnet_row));
}

static size_t chunk_bytes(const struct rows *rows)
{
	return chunk_bytes_for(rows->cpus);
}

static size_t notes_bytes(void)
{
	return whole_pages(CTNET_CHUNK_ROWS * sizeof(struct ctnet_note));
}

static void *map_shared(const struct rows *rows, int fd, size_t bytes)
{
	int access = rows->chunks_fd < 0 ? PROT_READ : PROT_READ | PROT_WRITE;
	void *memory = mmap(NULL, bytes, access, MAP_SHARED, fd, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

int rows_new(ctnet_entry *index, int chunks_fd, uint32_t cpus, struct rows **ret)
{
	struct rows *rows = calloc(1, sizeof(*rows));

	if (!rows)
		return -ENOMEM;
	rows->index = index;
	rows->chunks_fd = chunks_fd;
	rows->cpus = cpus;
	*ret = rows;
	return 0;
}

/* The program reads an entry while we write it: it must see the old one or the new one. */
static ctnet_entry entry_load(const ctnet_entry *entry)
{
	return __atomic_load_n(entry, __ATOMIC_RELAXED);
}

static void entry_store(ctnet_entry *entry, ctnet_entry value)
{
	__atomic_store_n(entry, value, __ATOMIC_RELEASE);
}

/* Whether an entry is what is looked for: that of an interface, or a free one where @ifindex is 0. */
static bool entry_is(const ctnet_entry *entry, uint32_t ifindex)
{
	return (uint32_t)entry_load(entry) == ifindex;
}

/* The first entry of the buckets of @ifindex that is of @wanted (0: a free one); its own place before all others. NULL: there is none. */
static ctnet_entry *entry_find(const struct rows *rows, uint32_t ifindex, uint32_t wanted)
{
	ctnet_entry *place = &rows->index[ctnet_place_of(ifindex)];

	if (entry_is(place, wanted))
		return place;
	for (uint32_t choice = 0; choice < CTNET_BUCKET_CHOICES; choice++) {
		ctnet_entry *bucket = &rows->index[ctnet_bucket_of(ifindex, choice)];

		for (size_t i = 0; i < CTNET_BUCKET_ENTRIES; i++) {
			if (entry_is(&bucket[i], wanted))
				return &bucket[i];
		}
	}
	return NULL;
}

/* NULL: it has none. */
static ctnet_entry *own_entry(const struct rows *rows, uint32_t ifindex)
{
	return ifindex ? entry_find(rows, ifindex, ifindex) : NULL;
}

int rows_chunk_map(uint32_t cpus)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_MMAPABLE);

	return bpf_map_create(BPF_MAP_TYPE_ARRAY, "ctnet_rows", sizeof(uint32_t), sizeof(struct ctnet_row),
	                      CTNET_CHUNK_ROWS * cpus, &opts);
}

static int notes_map(void)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_MMAPABLE);

	return bpf_map_create(BPF_MAP_TYPE_ARRAY, "ctnet_notes", sizeof(uint32_t), sizeof(struct ctnet_note),
	                      CTNET_CHUNK_ROWS, &opts);
}

/* Where both arrays of a chunk are pinned. */
static void name_chunk(uint32_t number, char rows_name[32], char notes_name[32])
{
	(void)snprintf(rows_name, 32, "rows-%u", number);
	(void)snprintf(notes_name, 32, "notes-%u", number);
}

static void chunk_unmap(const struct rows *rows, const struct chunk *chunk)
{
	if (chunk->rows)
		(void)munmap(chunk->rows, chunk_bytes(rows));
	if (!rows->pins)
		free(chunk->notes);
	else if (chunk->notes)
		(void)munmap(chunk->notes, notes_bytes());
}

/* Maps both arrays and lets the programs find the rows. The maps live on in ctnet_chunks, where they are pinned, and in our mappings. */
static int chunk_take_in(struct rows *rows, int rows_fd, int notes_fd)
{
	struct chunk chunk = { .rows = map_shared(rows, rows_fd, chunk_bytes(rows)) };
	int r = 0;

	chunk.notes = rows->pins ? map_shared(rows, notes_fd, notes_bytes())
	                         : calloc(CTNET_CHUNK_ROWS, sizeof(struct ctnet_note));
	if (!chunk.rows || !chunk.notes)
		r = -ENOMEM;
	else if (rows->chunks_fd >= 0)
		r = bpf_map_update_elem(rows->chunks_fd, &rows->chunk_count, &rows_fd, BPF_ANY);
	if (r < 0) {
		chunk_unmap(rows, &chunk);
		return r;
	}
	for (uint32_t i = 0; i < CTNET_CHUNK_ROWS; i++)
		if (chunk.notes[i].ifindex == 0)
			chunk.free |= UINT32_C(1) << i;
	rows->used += CTNET_CHUNK_ROWS - (uint32_t)__builtin_popcount(chunk.free);
	rows->chunk_memory += map_memory(rows_fd);
	rows->chunks[rows->chunk_count++] = chunk;
	return 0;
}

/* Makes arrays for CTNET_CHUNK_ROWS more rows. */
static int chunk_add(struct rows *rows)
{
	_cleanup_close_ int rows_fd = -1, notes_fd = -1;
	char rows_name[32], notes_name[32];
	int r = 0;

	if (rows->chunk_count == CTNET_CHUNKS)
		return -ENOSPC;
	rows_fd = rows_chunk_map(rows->cpus);
	if (rows_fd < 0)
		return rows_fd;
	if (rows->pins) {
		notes_fd = notes_map();
		if (notes_fd < 0)
			return notes_fd;
		name_chunk(rows->chunk_count, rows_name, notes_name);
		r = pins_put(rows->pins, notes_name, notes_fd);
		r = r ?: pins_put(rows->pins, rows_name, rows_fd);
	}
	return r ?: chunk_take_in(rows, rows_fd, notes_fd);
}

/* Takes in the next chunk that is pinned. Returns -ENOENT where there is none, or it is not one of ours. */
static int chunk_adopt(struct rows *rows)
{
	_cleanup_close_ int rows_fd = -1, notes_fd = -1;
	char rows_name[32], notes_name[32];

	if (rows->chunk_count == CTNET_CHUNKS)
		return -ENOENT;
	name_chunk(rows->chunk_count, rows_name, notes_name);
	rows_fd = pins_get(rows->pins, rows_name);
	notes_fd = pins_get(rows->pins, notes_name);
	if (rows_fd < 0 || notes_fd < 0 ||
	    !map_is(rows_fd, BPF_MAP_TYPE_ARRAY, sizeof(struct ctnet_row), CTNET_CHUNK_ROWS * rows->cpus) ||
	    !map_is(notes_fd, BPF_MAP_TYPE_ARRAY, sizeof(struct ctnet_note), CTNET_CHUNK_ROWS))
		return -ENOENT;
	return chunk_take_in(rows, rows_fd, notes_fd);
}

void rows_follow(struct rows *rows)
{
	while (chunk_adopt(rows) == 0)
		;
}

/* One CPU's part of a row. */
static struct ctnet_row *row_memory(const struct rows *rows, uint32_t row, uint32_t cpu)
{
	return rows->chunks[row / CTNET_CHUNK_ROWS].rows + ctnet_slot_of(row, cpu);
}

/* The lowest free row: the rows in use stay close together. */
static int row_take(struct rows *rows, uint32_t *ret_row)
{
	uint32_t number = 0, bit;
	int r;

	while (number < rows->chunk_count && rows->chunks[number].free == 0)
		number++;
	if (number == rows->chunk_count) {
		r = chunk_add(rows);
		if (r < 0)
			return r;
	}
	bit = (uint32_t)__builtin_ctz(rows->chunks[number].free);
	rows->chunks[number].free &= ~(UINT32_C(1) << bit);
	*ret_row = number * CTNET_CHUNK_ROWS + bit;
	return 0;
}

int rows_take_unlisted(struct rows *rows, uint32_t *ret_row)
{
	uint32_t row;
	int r = row_take(rows, &row);

	if (r < 0)
		return r;
	/* whoever reads along must not take the zeroes for the last reader's row */
	__atomic_add_fetch(&rows_note(rows, row)->generation, 1, __ATOMIC_SEQ_CST);
	/* not when it was given back: a filter's last run may end after its removal was confirmed */
	for (uint32_t cpu = 0; cpu < rows->cpus; cpu++)
		memset(row_memory(rows, row, cpu), 0, sizeof(struct ctnet_row));
	rows->used++;
	*ret_row = row;
	return 0;
}

int rows_take(struct rows *rows, uint32_t ifindex, uint32_t *ret_row)
{
	ctnet_entry *entry = entry_find(rows, ifindex, 0);
	uint32_t row;
	int r;

	if (!entry)
		return -ENOSPC;
	r = rows_take_unlisted(rows, &row);
	if (r < 0)
		return r;
	entry_store(entry, (ctnet_entry)row << 32 | ifindex);
	*ret_row = row;
	return 0;
}

/* A row is there: it may be in a chunk that was made after we looked. */
static bool row_there(const struct rows *rows, uint32_t row)
{
	return row / CTNET_CHUNK_ROWS < rows->chunk_count;
}

int rows_find(const struct rows *rows, uint32_t ifindex, uint32_t *ret_row)
{
	const ctnet_entry *entry = own_entry(rows, ifindex);
	uint32_t row = entry ? (uint32_t)(entry_load(entry) >> 32) : 0;

	if (!entry || !row_there(rows, row))
		return -ENOENT;
	*ret_row = row;
	return 0;
}

bool rows_in_use(const struct rows *rows, uint32_t row)
{
	return row_there(rows, row) &&
	       !(rows->chunks[row / CTNET_CHUNK_ROWS].free & UINT32_C(1) << row % CTNET_CHUNK_ROWS);
}

uint32_t rows_room(const struct rows *rows)
{
	return rows->chunk_count * CTNET_CHUNK_ROWS;
}

struct ctnet_note *rows_note(const struct rows *rows, uint32_t row)
{
	return &rows->chunks[row / CTNET_CHUNK_ROWS].notes[row % CTNET_CHUNK_ROWS];
}

/* What an agent that was killed in the middle left: an entry without its row, or a row that nothing leads to. */
static void mend(struct rows *rows)
{
	uint32_t leads_to;

	for (size_t i = 0; i < CTNET_INDEX_ENTRIES; i++) {
		ctnet_entry *entry = &rows->index[i];
		uint32_t row = (uint32_t)(*entry >> 32);

		if (*entry == 0)
			continue;
		if (!rows_in_use(rows, row) || rows_note(rows, row)->netns != 0 ||
		    rows_note(rows, row)->ifindex != (uint32_t)*entry)
			entry_store(entry, 0);
	}
	for (uint32_t row = 0; row < rows_room(rows); row++) {
		const struct ctnet_note *note = rows_note(rows, row);

		if (rows_in_use(rows, row) && note->netns == 0 &&
		    (rows_find(rows, note->ifindex, &leads_to) < 0 || leads_to != row))
			rows_give_back_unlisted(rows, row);
	}
}

void rows_keep(struct rows *rows, const struct pins *pins)
{
	rows->pins = pins;
	rows_follow(rows);
	mend(rows);
}

int rows_along(ctnet_entry *index, uint32_t cpus, const struct pins *pins, struct rows **ret)
{
	struct rows *rows;
	int r = rows_new(index, -1, cpus, &rows);

	if (r < 0)
		return r;
	rows->pins = pins;
	rows_follow(rows);
	*ret = rows;
	return 0;
}

void rows_give_back_unlisted(struct rows *rows, uint32_t row)
{
	rows_note(rows, row)->ifindex = 0;
	rows->chunks[row / CTNET_CHUNK_ROWS].free |= UINT32_C(1) << row % CTNET_CHUNK_ROWS;
	rows->used--;
}

void rows_give_back(struct rows *rows, uint32_t ifindex)
{
	ctnet_entry *entry = own_entry(rows, ifindex);
	uint32_t row;

	if (!entry)
		return;
	row = (uint32_t)(entry_load(entry) >> 32);
	entry_store(entry, 0);
	rows_give_back_unlisted(rows, row);
}

/* Both are nothing but 64-bit counters in the same order, so they are added as such. */
static void add_counters(struct ctnet_counters *sum, const struct ctnet_counters *part)
{
	uint64_t *to = (uint64_t *)sum;
	const uint64_t *from = (const uint64_t *)part;

	for (size_t i = 0; i < sizeof(*sum) / sizeof(*to); i++)
		to[i] += __atomic_load_n(&from[i], __ATOMIC_RELAXED); /* a CPU may be counting */
}

void rows_read(const struct rows *rows, uint32_t row, struct ctnet_counters ret[CTNET_HOOKS])
{
	memset(ret, 0, CTNET_HOOKS * sizeof(*ret));
	for (uint32_t cpu = 0; cpu < rows->cpus; cpu++)
		for (int hook = 0; hook < CTNET_HOOKS; hook++)
			add_counters(&ret[hook], &row_memory(rows, row, cpu)->hook[hook]);
}

uint32_t rows_used(const struct rows *rows)
{
	return rows->used;
}

static uint64_t bytes_of_chunks(uint64_t chunks, uint32_t cpus)
{
	return CTNET_INDEX_ENTRIES * sizeof(ctnet_entry) + CTNET_CHUNKS * sizeof(void *) +
	       chunks * chunk_bytes_for(cpus);
}

uint64_t rows_bytes(const struct rows *rows)
{
	return bytes_of_chunks(rows->chunk_count, rows->cpus);
}

uint64_t rows_bytes_for(uint32_t interfaces, uint32_t cpus)
{
	return bytes_of_chunks(((uint64_t)interfaces + CTNET_CHUNK_ROWS - 1) / CTNET_CHUNK_ROWS, cpus);
}

uint64_t rows_chunk_memory(const struct rows *rows)
{
	return rows->chunk_memory;
}

void rows_free(struct rows *rows)
{
	if (!rows)
		return;
	for (uint32_t i = 0; i < rows->chunk_count; i++)
		chunk_unmap(rows, &rows->chunks[i]);
	free(rows);
}
