/* SPDX-License-Identifier: GPL-2.0-only */
#include "render/prom_rows.h"

#include <errno.h>

#include "base/buf.h"
#include "model/choice.h"
#include "model/snapshot.h"
#include "render/label_set.h"
#include "render/prom.h"
#include "render/prom_labels.h"
#include "render/prom_text.h"

/* Keeps what @text holds, and empties it for the next. */
static const char *keep(struct buf *text, struct arena *arena)
{
	const char *kept = text->failed ? NULL : arena_strndup(arena, text->data, text->len);

	text->len = 0;
	return kept;
}

/* In a namespace nobody could find, or whose links could not be read, only the host end has a name. */
static const char *name_of(const struct netns *ns, const struct interface *link)
{
	if (link->peer.name[0] != '\0' && (ns->inode == 0 || link->name[0] == '\0'))
		return link->peer.name;
	return link->name;
}

/*
 * What nearly every interface has sooner or later is told from the first text on, at 0: rate() does not see the first packet of a series
 * that begins with it. All classes would be 48 series an interface, most of them 0 for ever.
 */
#define EXPECTED_CLASSES                                                                                               \
	(1U << CTNET_IPV4_TCP | 1U << CTNET_IPV4_UDP | 1U << CTNET_IPV4_ICMP | 1U << CTNET_IPV6_TCP |                  \
	 1U << CTNET_IPV6_UDP | 1U << CTNET_IPV6_ICMP)

static uint32_t classes_of(const struct traffic *traffic)
{
	uint32_t classes = EXPECTED_CLASSES;

	if (!traffic->known || !traffic->split)
		return 0;
	for (size_t d = 0; d < DIRECTIONS; d++) {
		for (size_t i = 0; i < CTNET_CLASSES; i++) {
			if (traffic->dir[d].by_class[i].packets > 0)
				classes |= 1U << i;
		}
	}
	return classes;
}

/* What is not asked for otherwise is one and the same text. */
static int add_labels(struct prom_row *row, const char *of_netns, uint32_t labels, struct buf *text,
                      struct arena *arena)
{
	const char *all;

	(void)buf_puts(text, of_netns);
	series_labels_key(text, 1U << SERIES_INTERFACE, row->ns, row->name);
	row->whole_key = keep(text, arena);
	row->key = row->whole_key;
	if ((labels & SERIES_KEY) != SERIES_KEY) {
		series_labels_key(text, labels, row->ns, row->name);
		row->key = keep(text, arena);
	}
	all = row->key;
	if (row->key && labels & ~SERIES_KEY) {
		(void)buf_puts(text, row->key);
		series_labels_more(text, labels, row->ns, row->link);
		all = keep(text, arena);
	}
	if (!row->whole_key || !row->key || !all)
		return -ENOMEM;
	row->labels = prom_piece(all);
	return 0;
}

static int add_links(const struct prom_how *how, struct prom_rows *rows, struct prom_group *group, struct buf *text)
{
	const struct netns *ns = group->ns;

	group->rows = rows->links + rows->link_count;
	for (size_t i = 0; i < ns->interface_count; i++) {
		const struct interface *link = &ns->interfaces[i];
		struct prom_row *row = &group->rows[group->row_count];

		if (how->choice && !choice_takes_interface(how->choice, ns, link)) {
			rows->excluded.interfaces++;
			continue;
		}
		*row = (struct prom_row){ .ns = ns, .link = link, .traffic = &link->traffic };
		row->name = name_of(ns, link);
		row->classes = classes_of(row->traffic);
		row->gone = ns->gone || link->gone;
		row->class_labels = rows->class_labels;
		if (add_labels(row, group->labels, how->labels ? how->labels : SERIES_KEY, text, &rows->arena) < 0)
			return -ENOMEM;
		group->row_count++;
	}
	rows->link_count += group->row_count;
	return 0;
}

static int add_infos(struct prom_rows *rows, struct prom_group *group, struct buf *text)
{
	static const struct owner nobody = {
		.kind = OWNER_NONE,
		.name = "",
		.id = "",
		.image = "",
		.pod_name = "",
		.pod_namespace = "",
	};
	const struct owner *owners = group->ns->owner_count > 0 ? group->ns->owners : &nobody;
	size_t count = group->ns->owner_count > 0 ? group->ns->owner_count : 1;

	group->infos = rows->infos + rows->info_count;
	for (size_t i = 0; i < count; i++) {
		(void)buf_puts(text, group->labels);
		series_labels_owner(text, &owners[i]);
		group->infos[i].labels = keep(text, &rows->arena);
		if (!group->infos[i].labels)
			return -ENOMEM;
	}
	group->info_count = count;
	rows->info_count += count;
	return 0;
}

static int add_groups(const struct snapshot *snap, const struct prom_how *how, struct prom_rows *rows)
{
	_cleanup_buf_ struct buf text = BUF_INIT;

	for (size_t i = 0; i < snap->namespace_count; i++) {
		const struct netns *ns = &snap->namespaces[i];
		struct prom_group *group = &rows->groups[rows->group_count];

		if (how->choice && !choice_takes_netns(how->choice, ns)) {
			rows->excluded.namespaces++;
			rows->excluded.interfaces += ns->interface_count;
			continue;
		}
		rows->group_count++;
		group->ns = ns;
		series_labels_netns(&text, ns);
		group->labels = keep(&text, &rows->arena);
		if (!group->labels || add_links(how, rows, group, &text) < 0 || add_infos(rows, group, &text) < 0)
			return -ENOMEM;
	}
	return 0;
}

static int add_bridges(const struct snapshot *snap, const struct prom_how *how, struct prom_rows *rows)
{
	_cleanup_buf_ struct buf text = BUF_INIT;

	for (size_t i = 0; i < snap->bridge_count; i++) {
		const struct bridge *bridge = &snap->bridges[i];
		struct prom_row *row = &rows->bridges[rows->bridge_count];

		if (how->choice && !choice_takes_bridge(how->choice, bridge)) {
			rows->excluded.bridges++;
			continue;
		}
		rows->bridge_count++;
		*row = (struct prom_row){ .traffic = &bridge->traffic, .name = bridge->name };
		row->gone = bridge->gone;
		prom_label(&text, "bridge", row->name);
		row->key = keep(&text, &rows->arena);
		if (!row->key)
			return -ENOMEM;
		row->labels = prom_piece(row->key);
	}
	return 0;
}

static void add_counters(struct counters *sum, const struct counters *more)
{
	sum->total.packets += more->total.packets;
	sum->total.bytes += more->total.bytes;
	sum->segments += more->segments;
	sum->wire_bytes += more->wire_bytes;
	for (size_t i = 0; i < CTNET_CLASSES; i++) {
		sum->by_class[i].packets += more->by_class[i].packets;
		sum->by_class[i].bytes += more->by_class[i].bytes;
	}
}

/* Adds the last counters of @row to those of @first, both gone. The snapshot is const: the sum has memory of its own. */
static int merge_gone(struct prom_row *first, struct prom_row *row, struct arena *arena)
{
	struct traffic *sum = arena_alloc(arena, sizeof(*sum));

	if (!sum)
		return -ENOMEM;
	*sum = *first->traffic;
	sum->known |= row->traffic->known;
	sum->split |= row->traffic->split;
	sum->receive_dropped += row->traffic->receive_dropped;
	for (size_t i = 0; i < DIRECTIONS; i++)
		add_counters(&sum->dir[i], &row->traffic->dir[i]);
	first->traffic = sum;
	first->classes |= row->classes;
	row->fate = FATE_MERGED;
	return 0;
}

static int claim_row(struct label_set *set, struct prom_row *row, struct arena *arena)
{
	struct prom_row *first = label_set_claim(set, row->key, row);

	if (!first)
		return 0;
	if (first->gone && row->gone)
		return merge_gone(first, row, arena);
	row->fate = first->gone ? FATE_WAITS : FATE_LEFT_OUT;
	return 0;
}

/* Those that are gone come first: see struct prom_rows. */
static int unique_rows(struct prom_row *rows, size_t count, struct arena *arena)
{
	struct label_set set;
	int r = label_set_init(&set, count, arena);

	for (int gone = 1; gone >= 0; gone--) {
		for (size_t i = 0; i < count && r == 0; i++) {
			if (rows[i].gone == (gone == 1))
				r = claim_row(&set, &rows[i], arena);
		}
	}
	return r;
}

/* Labels of a group and of an info are never the same text, so one set holds both. */
static void claim_infos(struct label_set *set, struct prom_group *group)
{
	bool taken = label_set_claim(set, group->labels, group) != NULL;

	for (size_t i = 0; i < group->info_count; i++) {
		if (taken || label_set_claim(set, group->infos[i].labels, group))
			group->infos[i].fate = FATE_MERGED;
	}
}

static int unique_infos(struct prom_rows *rows)
{
	struct label_set set;
	int r = label_set_init(&set, rows->group_count + rows->info_count, &rows->arena);

	for (int gone = 1; gone >= 0 && r == 0; gone--) {
		for (size_t i = 0; i < rows->group_count; i++) {
			if (rows->groups[i].ns->gone == (gone == 1))
				claim_infos(&set, &rows->groups[i]);
		}
	}
	return r;
}

static int make_room(const struct snapshot *snap, struct prom_rows *rows)
{
	size_t links = 0;
	size_t infos = 0;

	for (size_t i = 0; i < snap->namespace_count; i++) {
		links += snap->namespaces[i].interface_count;
		infos += snap->namespaces[i].owner_count > 0 ? snap->namespaces[i].owner_count : 1;
	}
	rows->groups = arena_array(&rows->arena, snap->namespace_count, sizeof(*rows->groups));
	rows->links = arena_array(&rows->arena, links, sizeof(*rows->links));
	rows->infos = arena_array(&rows->arena, infos, sizeof(*rows->infos));
	rows->bridges = arena_array(&rows->arena, snap->bridge_count, sizeof(*rows->bridges));
	return rows->groups && rows->links && rows->infos && rows->bridges ? 0 : -ENOMEM;
}

static int add_class_labels(struct prom_rows *rows)
{
	_cleanup_buf_ struct buf text = BUF_INIT;

	for (size_t i = 0; i < CTNET_CLASSES; i++) {
		const char *labels;

		prom_label(&text, "family", class_family((enum ctnet_class)i));
		prom_label(&text, "protocol", class_protocol((enum ctnet_class)i));
		labels = keep(&text, &rows->arena);
		if (!labels)
			return -ENOMEM;
		rows->class_labels[i] = prom_piece(labels);
	}
	return 0;
}

int prom_rows_build(const struct snapshot *snap, const struct prom_how *how, struct prom_rows *rows)
{
	int r = make_room(snap, rows);

	if (r == 0)
		r = add_class_labels(rows);
	if (r == 0)
		r = add_groups(snap, how, rows);
	if (r == 0)
		r = add_bridges(snap, how, rows);
	if (r == 0)
		r = unique_rows(rows->links, rows->link_count, &rows->arena);
	if (r == 0)
		r = unique_rows(rows->bridges, rows->bridge_count, &rows->arena);
	if (r == 0)
		r = unique_infos(rows);
	return r;
}

void prom_rows_free(struct prom_rows *rows)
{
	arena_free(&rows->arena);
}
