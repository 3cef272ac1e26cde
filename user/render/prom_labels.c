/* SPDX-License-Identifier: GPL-2.0-only */
#include "render/prom_labels.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/fault.h"
#include "model/snapshot.h"
#include "render/prom_text.h"
#include "render/show.h"

static const char *const names[SERIES_LABELS] = {
	[SERIES_NETNS] = "netns",
	[SERIES_OWNER] = "owner",
	[SERIES_INTERFACE] = "interface",
	[SERIES_HOST_INTERFACE] = "host_interface",
	[SERIES_BRIDGE] = "bridge",
	[SERIES_KIND] = "kind",
	[SERIES_CONTAINER_NAME] = "container_name",
	[SERIES_CONTAINER_ID] = "container_id",
	[SERIES_IMAGE] = "image",
	[SERIES_POD_NAME] = "pod_name",
	[SERIES_POD_NAMESPACE] = "pod_namespace",
};

/* ---- reading a list */

static int label_of(const char *name, size_t len)
{
	for (int i = 0; i < SERIES_LABELS; i++) {
		if (strlen(names[i]) == len && memcmp(names[i], name, len) == 0)
			return i;
	}
	return -EINVAL;
}

static int unknown(struct fault *why)
{
	char known[256] = "";
	size_t len = 0;

	for (size_t i = 0; i < SERIES_LABELS; i++)
		len += (size_t)snprintf(known + len, sizeof(known) - len, "%s%s", len ? "," : "", names[i]);
	return fault_set(why, -EINVAL, EXIT_CODE_USAGE, "not a list of labels (there are %s)", known);
}

int series_labels_parse(const char *list, uint32_t *ret, struct fault *why)
{
	uint32_t labels = 0;
	size_t len;

	for (const char *at = list;; at += len + 1) {
		int label;

		len = strcspn(at, ",");
		label = label_of(at, len);
		if (label < 0)
			return unknown(why);
		if (labels & 1U << label)
			return fault_set(why, -EINVAL, EXIT_CODE_USAGE, "%s stands there twice; take one away",
			                 names[label]);
		labels |= 1U << label;
		if (at[len] == '\0')
			break;
	}
	for (unsigned int i = SERIES_NETNS; i <= SERIES_INTERFACE; i++) {
		if (i != SERIES_OWNER && !(labels & 1U << i))
			return fault_set(why, -EINVAL, EXIT_CODE_USAGE,
			                 "without %s several counters would be one series, whose sum falls when one of "
			                 "them ends; keep it, and let Prometheus sum: sum without (%s) (rate(…))",
			                 names[i], names[i]);
	}
	*ret = labels;
	return 0;
}

/* ---- writing them */

static const char *netns_text(const struct netns *ns, char inode[SHOW_DIGITS + 1])
{
	inode[SHOW_DIGITS] = '\0';
	return ns->inode != 0 ? show_digits(ns->inode, inode) : "";
}

void series_labels_key(struct buf *text, uint32_t labels, const struct netns *ns, const char *name)
{
	char inode[SHOW_DIGITS + 1];

	if (labels & 1U << SERIES_NETNS)
		prom_label(text, names[SERIES_NETNS], netns_text(ns, inode));
	if (labels & 1U << SERIES_OWNER)
		prom_label(text, names[SERIES_OWNER], ns->name);
	if (labels & 1U << SERIES_INTERFACE)
		prom_label(text, names[SERIES_INTERFACE], name);
}

void series_labels_netns(struct buf *text, const struct netns *ns)
{
	series_labels_key(text, 1U << SERIES_NETNS | 1U << SERIES_OWNER, ns, "");
}

static bool is_container(enum owner_kind kind)
{
	return kind == OWNER_DOCKER || kind == OWNER_PODMAN || kind == OWNER_CONTAINERD || kind == OWNER_CRIO ||
	       kind == OWNER_LXC || kind == OWNER_NSPAWN;
}

static const char *owner_text(const struct owner *owner, enum series_label label)
{
	switch ((int)label) { /* the others are not an owner's */
	case SERIES_KIND:
		return owner_kind_name(owner->kind);
	case SERIES_CONTAINER_NAME:
		return is_container(owner->kind) ? owner->name : "";
	case SERIES_CONTAINER_ID:
		return owner->id;
	case SERIES_IMAGE:
		return owner->image;
	case SERIES_POD_NAME:
		return owner->pod_name;
	case SERIES_POD_NAMESPACE:
		return owner->pod_namespace;
	default:
		return "";
	}
}

void series_labels_owner(struct buf *text, const struct owner *owner)
{
	for (int i = SERIES_KIND; i < SERIES_LABELS; i++)
		prom_label(text, names[i], owner_text(owner, (enum series_label)i));
}

void series_labels_more(struct buf *text, uint32_t labels, const struct netns *ns, const struct interface *link)
{
	if (labels & 1U << SERIES_HOST_INTERFACE)
		prom_label(text, names[SERIES_HOST_INTERFACE], link->host_birth != 0 ? link->peer.name : "");
	if (labels & 1U << SERIES_BRIDGE)
		prom_label(text, names[SERIES_BRIDGE], link->bridge);
	for (int i = SERIES_KIND; i < SERIES_LABELS; i++) {
		if (labels & 1U << i)
			prom_label(text, names[i],
			           ns->owner_count > 0 ? owner_text(&ns->owners[0], (enum series_label)i) : "");
	}
}
