/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/strays.h"

#include <stddef.h>

#include "observe/namespaces/holders.h"

void strays_init(struct strays *strays)
{
	*strays = (struct strays){ .known = ARRAY_OF(uint64_t) };
}

/* A row that a process or a mount of ours explains. What the last search found is to be confirmed. */
static bool is_explained(const struct ns_seen *seen)
{
	return seen->pid > 0 || (seen->mount && !seen->holder);
}

/* Lists what is explained. Returns whether something is not, or -errno. */
static int list_known(struct strays *strays, const struct ns_seen *seen, size_t count)
{
	bool unexplained = false;

	strays->known.count = 0;
	for (size_t i = 0; i < count; i++) {
		int r;

		if (!is_explained(&seen[i])) {
			unexplained = true;
			continue;
		}
		r = array_append(&strays->known, &seen[i].inode);
		if (r < 0)
			return r;
	}
	return unexplained;
}

int strays_search(struct strays *strays, const char *proc, uint64_t now, struct namespaces *namespaces,
                  struct nsids *nsids, const struct wiring *wiring)
{
	struct holders holders;
	bool sockets;
	size_t count;
	struct ns_seen *seen;
	int r;

	if (strays->searched != 0 && now - strays->searched < STRAYS_PERIOD_NS)
		return 0;
	seen = namespaces_seen(namespaces, &count);
	r = list_known(strays, seen, count);
	if (r < 0)
		return r;
	sockets = r > 0 || nsids_have_stranger(nsids, wiring) || strays->searched == 0;
	if (!sockets && !strays->found)
		return 0;
	strays->searched = now;
	r = holders_find_others(proc, strays->known.data, strays->known.count, sockets, &holders);
	if (r < 0)
		return r;
	if (holders.items.count == 0 && !strays->found) {
		holders_free(&holders);
		return 0; /* nothing, as before */
	}
	strays->found = holders.items.count > 0;
	r = namespaces_set_holders(namespaces, &holders);
	holders_free(&holders);
	return r < 0 ? r : 1;
}

void strays_free(struct strays *strays)
{
	array_free(&strays->known);
}
