/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdint.h>

struct buf;
struct fault;
struct interface;
struct netns;
struct owner;

/** What the series of an interface can be labelled with. */
enum series_label {
	SERIES_NETNS,
	SERIES_OWNER,
	SERIES_INTERFACE,
	SERIES_HOST_INTERFACE,
	SERIES_BRIDGE,
	SERIES_KIND,
	SERIES_CONTAINER_NAME,
	SERIES_CONTAINER_ID,
	SERIES_IMAGE,
	SERIES_POD_NAME,
	SERIES_POD_NAMESPACE,
	SERIES_LABELS,
};

/** Bits (1 << enum series_label), as the README tells them. */
#define SERIES_STANDARD "netns,owner,interface"
#define SERIES_KEY      (1U << SERIES_NETNS | 1U << SERIES_OWNER | 1U << SERIES_INTERFACE)

/**
 * Reads a list of label names, with commas between.
 *
 * netns and interface are needed: without one of them several counters would be one series. Their sum falls when one of them ends, which
 * rate() takes for a reset and counts what is left once more; so the sum is for Prometheus to take, of the rates.
 *
 * @ret: bits; untouched on failure
 * Returns 0, or -EINVAL with @why filled, without the list.
 */
int series_labels_parse(const char *list, uint32_t *ret, struct fault *why);

/** Appends those of SERIES_KEY that are in @labels. @name: of the interface */
void series_labels_key(struct buf *text, uint32_t labels, const struct netns *ns, const char *name);

/** Appends the others that are in @labels. Of several owners the one counts after whom the namespace is called. */
void series_labels_more(struct buf *text, uint32_t labels, const struct netns *ns, const struct interface *link);

/** Appends netns and owner. */
void series_labels_netns(struct buf *text, const struct netns *ns);

/** Appends what an owner is, as ctnet_netns_info tells it. */
void series_labels_owner(struct buf *text, const struct owner *owner);
