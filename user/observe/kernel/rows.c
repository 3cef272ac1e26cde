/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/kernel/rows.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "base/cleanup.h"
#include "observe/kernel/kernel_price.h"

static_assert(CTNET_CHUNK_ROWS == 32, "one bit of a uint32_t for each row of a chunk");

struct chunk {
	struct ctnet_row *rows; /* mapped, CTNET_CHUNK_ROWS times cpus */
	uint32_t free;          /* a bit for each row */
};

struct rows {
	struct ctnet_bucket *index; /* CTNET_BUCKETS; the program's own */
	int chunks_fd;
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

static size_t chunk_bytes(const struct rows *rows)
{
	return whole_pages((size_t)CTNET_CHUNK_ROWS * rows->cpus * sizeof(struct ctnet_row));
}

static void *map_shared(int fd, size_t bytes)
{
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

int rows_new(struct ctnet_bucket *index, int chunks_fd, uint32_t cpus, struct rows **ret)
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
static uint64_t entry_load(const uint64_t *entry)
{
	return __atomic_load_n(entry, __ATOMIC_RELAXED);
}

static void entry_store(uint64_t *entry, uint64_t value)
{
	__atomic_store_n(entry, value, __ATOMIC_RELEASE);
}

/* The entry of an interface, or a free one of its buckets where @ifindex is asked for as 0; NULL: there is none. */
static uint64_t *entry_find(const struct rows *rows, uint32_t ifindex, bool want_free)
{
	for (uint32_t choice = 0; choice < CTNET_BUCKET_CHOICES; choice++) {
		struct ctnet_bucket *bucket = &rows->index[ctnet_bucket_of(ifindex, choice)];

		for (size_t i = 0; i < CTNET_BUCKET_ENTRIES; i++) {
			uint64_t entry = entry_load(&bucket->entry[i]);

			if (want_free ? entry == 0 : entry != 0 && (uint32_t)entry == ifindex)
				return &bucket->entry[i];
		}
	}
	return NULL;
}

int rows_chunk_map(uint32_t cpus)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_MMAPABLE);

	return bpf_map_create(BPF_MAP_TYPE_ARRAY, "ctnet_rows", sizeof(uint32_t), sizeof(struct ctnet_row),
	                      CTNET_CHUNK_ROWS * cpus, &opts);
}

/* Makes an array for CTNET_CHUNK_ROWS more rows. The map lives on in ctnet_chunks and in our mapping of it. */
static int chunk_add(struct rows *rows)
{
	_cleanup_close_ int fd = -1;
	uint32_t number = rows->chunk_count;
	struct ctnet_row *memory;
	int r;

	if (number == CTNET_CHUNKS)
		return -ENOSPC;
	fd = rows_chunk_map(rows->cpus);
	if (fd < 0)
		return fd;
	memory = map_shared(fd, chunk_bytes(rows));
	if (!memory)
		return -errno;
	r = bpf_map_update_elem(rows->chunks_fd, &number, &fd, BPF_ANY);
	if (r < 0) {
		(void)munmap(memory, chunk_bytes(rows));
		return r;
	}
	rows->chunk_memory += map_memory(fd);
	rows->chunks[rows->chunk_count++] = (struct chunk){ .rows = memory, .free = UINT32_MAX };
	return 0;
}

static struct ctnet_row *row_memory(const struct rows *rows, uint32_t row)
{
	return rows->chunks[row / CTNET_CHUNK_ROWS].rows + (size_t)(row % CTNET_CHUNK_ROWS) * rows->cpus;
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
	/* not when it was given back: a filter's last run may end after its removal was confirmed */
	memset(row_memory(rows, row), 0, rows->cpus * sizeof(struct ctnet_row));
	rows->used++;
	*ret_row = row;
	return 0;
}

int rows_take(struct rows *rows, uint32_t ifindex, uint32_t *ret_row)
{
	uint64_t *entry = entry_find(rows, ifindex, true);
	uint32_t row;
	int r;

	if (!entry)
		return -ENOSPC;
	r = rows_take_unlisted(rows, &row);
	if (r < 0)
		return r;
	entry_store(entry, (uint64_t)row << 32 | ifindex);
	*ret_row = row;
	return 0;
}

int rows_find(const struct rows *rows, uint32_t ifindex, uint32_t *ret_row)
{
	const uint64_t *entry = entry_find(rows, ifindex, false);

	if (!entry)
		return -ENOENT;
	*ret_row = (uint32_t)(entry_load(entry) >> 32);
	return 0;
}

void rows_give_back_unlisted(struct rows *rows, uint32_t row)
{
	rows->chunks[row / CTNET_CHUNK_ROWS].free |= UINT32_C(1) << row % CTNET_CHUNK_ROWS;
	rows->used--;
}

void rows_give_back(struct rows *rows, uint32_t ifindex)
{
	uint64_t *entry = entry_find(rows, ifindex, false);
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
	const struct ctnet_row *parts = row_memory(rows, row);

	memset(ret, 0, CTNET_HOOKS * sizeof(*ret));
	for (uint32_t cpu = 0; cpu < rows->cpus; cpu++)
		for (int hook = 0; hook < CTNET_HOOKS; hook++)
			add_counters(&ret[hook], &parts[cpu].hook[hook]);
}

uint32_t rows_used(const struct rows *rows)
{
	return rows->used;
}

uint64_t rows_bytes(const struct rows *rows)
{
	return CTNET_BUCKETS * sizeof(struct ctnet_bucket) + CTNET_CHUNKS * sizeof(void *) +
	       (uint64_t)rows->chunk_count * chunk_bytes(rows);
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
		(void)munmap(rows->chunks[i].rows, chunk_bytes(rows));
	free(rows);
}
