/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/census.h"

struct known_ns {
	uint64_t inode, birth;
};

/* One comparison. */
struct comparison {
	struct census *census;
	census_fn tell;
	void *context;
};

void census_init(struct census *census)
{
	*census = (struct census){ .before = ARRAY_OF(struct known_ns) };
}

static void born(const struct comparison *c, uint64_t inode)
{
	c->census->lifecycle.created++;
	if (c->tell)
		c->tell(c->context, true, inode);
}

static void died(const struct comparison *c, uint64_t inode)
{
	c->census->lifecycle.destroyed++;
	if (c->tell)
		c->tell(c->context, false, inode);
}

static void compare(const struct comparison *c, const struct ns_seen *seen, size_t count)
{
	const struct known_ns *before = c->census->before.data;
	size_t before_count = c->census->before.count;
	size_t b = 0;

	for (size_t i = 0; i < count; i++) {
		for (; b < before_count && before[b].inode < seen[i].inode; b++)
			died(c, before[b].inode);
		if (b == before_count || before[b].inode != seen[i].inode) {
			born(c, seen[i].inode);
			continue;
		}
		/* the same inode with another birth: one died, one was born */
		if (before[b].birth != seen[i].birth) {
			died(c, before[b].inode);
			born(c, seen[i].inode);
		}
		b++;
	}
	for (; b < before_count; b++)
		died(c, before[b].inode);
}

int census_take(struct census *census, const struct ns_seen *seen, size_t count, census_fn tell, void *context)
{
	const struct comparison comparison = { census, tell, context };

	if (census->begun)
		compare(&comparison, seen, count);
	census->begun = true;
	census->before.count = 0;
	for (size_t i = 0; i < count; i++) {
		const struct known_ns known = { seen[i].inode, seen[i].birth };
		int r = array_append(&census->before, &known);

		if (r < 0)
			return r;
	}
	return 0;
}

void census_free(struct census *census)
{
	array_free(&census->before);
}
