/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <sys/socket.h>

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "model/departed.h"
#include "model/event_log.h"
#include "model/history.h"
#include "model/lines.h"
#include "model/ports.h"
#include "model/query.h"
#include "model/rates.h"
#include "model/view.h"
#include "render/screen.h"

/*
 * What ctnet-top draws, made by hand: each row is there for one thing that a screen must show. All memory is static but for what
 * top_node_open() allocates and top_node_close() frees.
 */

#define TOP_ROWS 9

struct top_node {
	struct snapshot snap;
	struct snapshot before;
	struct netns namespaces[TOP_ROWS], namespaces_before[TOP_ROWS];
	struct interface interfaces[TOP_ROWS], interfaces_before[TOP_ROWS];
	struct owner owners[TOP_ROWS][8];
	struct address addresses[TOP_ROWS];
	struct bridge bridges[2];
	struct device devices[2];
	struct host_facts facts;
	struct address bridge_address;
	struct source sources[4];
	struct loss losses[2];
	struct netns_rate rows[TOP_ROWS];
	struct bridge_rate bridge_rows[2];
	struct rates rates;
	struct history *history, *bridge_history;
	struct departed *departed;
	struct view view;
	const struct netns_rate **selected;
	size_t selected_count;
	struct table_line *lines;
	size_t line_count;
	struct event_log *events;
	struct port_line *ports;
	size_t port_count;
	struct screen screen;
};

static inline void top_row(struct top_node *n, size_t i, const char *name, enum owner_kind kind, const char *bridge,
                           double rx, double tx)
{
	struct netns *ns = &n->namespaces[i];
	struct interface *link = &n->interfaces[i];
	struct traffic *traffic = &link->traffic;

	n->owners[i][0] =
		(struct owner){ kind, name, "0c3ff02115a48d9e", "busybox:latest", "", "", (pid_t)(11384 + i), false };
	*ns = (struct netns){ .inode = 4026532396 + i,
		              .birth = 1000000000ULL * (i + 1),
		              .name = name,
		              .kind = kind,
		              .held_by = "",
		              .owners = n->owners[i],
		              .owner_count = 1,
		              .interfaces = link,
		              .interface_count = 1 };
	*link = (struct interface){ .index = 2,
		                    .kind = LINK_VETH,
		                    .mac = { 0x02, 0x42, 0xac, 0x11, 0x00, (uint8_t)(2 + i) },
		                    .has_mac = true,
		                    .up = true,
		                    .mtu = 1500,
		                    .host_birth = ns->birth,
		                    .port_state = PORT_FORWARDING,
		                    .addresses = &n->addresses[i],
		                    .address_count = 1 };
	n->addresses[i] = (struct address){ AF_INET, 16, { 172, 17, 0, (uint8_t)(2 + i) } };
	(void)snprintf(link->name, sizeof(link->name), "eth0");
	(void)snprintf(link->bridge, sizeof(link->bridge), "%s", bridge);
	link->peer = (struct peer){ .known = true, .netns = 4026531840, .index = (uint32_t)(10 + i) };
	(void)snprintf(link->peer.name, sizeof(link->peer.name), "veth212589%zu", i);
	*traffic = (struct traffic){ .known = true, .split = true };
	for (int d = 0; d < DIRECTIONS; d++) {
		double rate = d == RECEIVE ? rx : tx;
		struct counters *c = &traffic->dir[d];

		c->total = (struct count){ (uint64_t)rate / 10, (uint64_t)(rate * 100) };
		c->by_class[CTNET_IPV4_TCP] = c->total;
		c->segments = c->total.packets * 3;
		n->rows[i].dir[d] = (struct rate){ rate / 1400, rate, rate / 700, rate };
		n->rows[i].by_class[d][CTNET_IPV4_TCP] = rate * 0.9;
		n->rows[i].by_class[d][CTNET_IPV4_UDP] = rate * 0.1;
	}
	n->rows[i].ns = ns;
}

static inline void top_fill_rows(struct top_node *n)
{
	top_row(n, 0, "shop/web-0", OWNER_POD, "cni0", 101.5e6, 11.5e6);
	top_row(n, 1, "db", OWNER_DOCKER, "docker0", 50.1e6, 26.2e6);
	top_row(n, 2, "box", OWNER_DOCKER, "docker0", 2.7e6, 1.01e6);
	n->owners[2][1] = (struct owner){ OWNER_DOCKER, "side", "9d9a77", "side:1", "", "", 11999, false };
	n->namespaces[2].owner_count = 2;
	top_row(n, 3, "calico/api-7f", OWNER_POD, "", 1.4e6, 0.15e6);
	n->interfaces[3].traffic.midlife = true;
	top_row(n, 4, "blue", OWNER_NETNS, "br-lab", 0, 0);
	n->namespaces[4].held = true;
	n->namespaces[4].held_by = "mount /run/netns/blue";
	top_row(n, 5, "lonely", OWNER_DOCKER, "", 0, 0);
	n->namespaces[5].interface_count = 0;
	top_row(n, 6, "build-4711", OWNER_DOCKER, "docker0", 0.4e6, 1500);
	n->namespaces[6].gone = true;
	top_row(n, 7, "", OWNER_NONE, "", 0, 0);
	n->namespaces[7].interface_count = 0;
	n->namespaces[7].owner_count = 0;
	n->namespaces[7].held = true;
	n->namespaces[7].held_by = "mount /run/netns/cni-8f21";
	top_row(n, 8, "中文容器的名字很长", OWNER_PODMAN, "docker0", 12, 34);
	n->interfaces[8].up = false;
}

static inline void top_fill_rest(struct top_node *n)
{
	static const char *const docker_ports[] = { "veth2125891", "veth2125892", "veth2125898", "tap0" };
	static const char *const cni_ports[] = { "veth2125890" };
	struct bridge *docker = &n->bridges[0];
	struct bridge *cni = &n->bridges[1];

	*docker = (struct bridge){ .name = "docker0", .index = 3, .host_birth = 1, .up = true, .mtu = 1500 };
	docker->ports = docker_ports;
	docker->port_count = ARRAY_SIZE(docker_ports);
	n->bridge_address = (struct address){ AF_INET, 16, { 172, 17, 0, 1 } };
	docker->addresses = &n->bridge_address;
	docker->address_count = 1;
	docker->traffic.known = true;
	*cni = (struct bridge){ .name = "cni0", .index = 4, .host_birth = 2, .mtu = 1500 };
	cni->ports = cni_ports;
	cni->port_count = ARRAY_SIZE(cni_ports);
	n->bridge_rows[0] =
		(struct bridge_rate){ .bridge = docker, .dir = { { 10, 1000, 10, 1000 }, { 20, 5e6, 20, 5e6 } } };
	n->bridge_rows[1] = (struct bridge_rate){ .bridge = cni };
	n->devices[0] = (struct device){ .name = "docker0", .index = 3, .kind = LINK_BRIDGE, .up = true, .mtu = 1500 };
	n->devices[0].addresses = docker->addresses;
	n->devices[0].address_count = 1;
	n->devices[1] =
		(struct device){ .name = "veth2125892", .index = 12, .kind = LINK_VETH, .up = true, .mtu = 1500 };
	n->devices[1].master = 3;
	n->devices[1].port_state = PORT_FORWARDING;
	n->facts = (struct host_facts){ FORWARDING_ON, FORWARDING_ON, .routes_known = true };
	n->sources[0] = (struct source){ "traffic", "tcx", "", true, false };
	n->sources[1] = (struct source){ "lifecycle", "kprobe", "", true, false };
	n->sources[2] = (struct source){ "netlink", "ok", "", true, false };
	n->sources[3] = (struct source){ "docker", "absent", "no Docker on this node", false, false };
	n->losses[0] = (struct loss){ "no_row", 0 };
	n->losses[1] = (struct loss){ "events", 0 };
	n->snap = (struct snapshot){ .time = 1764000000.5,
		                     .now = 3600 * 1000000000ULL,
		                     .observing_inode = 4026531840,
		                     .devices = n->devices,
		                     .device_count = ARRAY_SIZE(n->devices),
		                     .sources = n->sources,
		                     .source_count = ARRAY_SIZE(n->sources),
		                     .namespaces = n->namespaces,
		                     .namespace_count = TOP_ROWS,
		                     .bridges = n->bridges,
		                     .bridge_count = ARRAY_SIZE(n->bridges),
		                     .lifecycle = { .exact = true },
		                     .alive = 8,
		                     .held = 2,
		                     .losses = n->losses,
		                     .loss_count = ARRAY_SIZE(n->losses) };
	n->rates = (struct rates){ .seconds = 2,
		                   .time = n->snap.time,
		                   .snap = &n->snap,
		                   .namespaces = n->rows,
		                   .namespace_count = TOP_ROWS,
		                   .bridges = n->bridge_rows,
		                   .bridge_count = ARRAY_SIZE(n->bridge_rows),
		                   .total = { { 1, 155e6, 1, 1 }, { 1, 38.75e6, 1, 1 } } };
}

/* Two seconds before: less by what the rates say. */
static inline void top_fill_before(struct top_node *n)
{
	n->before = n->snap;
	n->before.namespaces = n->namespaces_before;
	for (size_t i = 0; i < TOP_ROWS; i++) {
		n->namespaces_before[i] = n->namespaces[i];
		n->namespaces_before[i].interfaces = &n->interfaces_before[i];
		n->interfaces_before[i] = n->interfaces[i];
		for (int d = 0; d < DIRECTIONS; d++) {
			struct counters *c = &n->interfaces_before[i].traffic.dir[d];

			c->total.bytes -= (uint64_t)(n->rows[i].dir[d].bytes * n->rates.seconds);
			c->total.packets -= (uint64_t)(n->rows[i].dir[d].packets * n->rates.seconds);
		}
	}
}

/* A minute, two seconds a round; each row goes up and down in its own step. */
static inline void top_fill_history(struct top_node *n)
{
	for (unsigned round = 0; round < 30; round++) {
		history_advance(n->history, 2, round == 29 ? 3 : 0, round == 29 ? 2 : 0);
		for (size_t i = 0; i < TOP_ROWS; i++) {
			double up = 0.2 + (double)((round * (i + 3)) % 9) / 10;
			double bytes[DIRECTIONS] = { n->rows[i].dir[RECEIVE].bytes * up,
				                     n->rows[i].dir[TRANSMIT].bytes * up };

			(void)history_add(n->history, row_key_of(n->rows[i].ns), bytes);
		}
		history_settle(n->history);
		history_advance(n->bridge_history, 2, 0, 0);
		(void)history_add(n->bridge_history, row_key_of_bridge(&n->bridges[0]),
		                  (double[]){ 1000 * (round % 5), 0 });
		history_settle(n->bridge_history);
	}
}

/* Chooses the rows as the view says. */
static inline void top_select(struct top_node *n)
{
	const struct rates *rates = departed_rates(n->departed);
	struct lines_from from = { .rates = rates, .tree = n->view.tree, .folds = &n->view.folds };

	free(n->selected);
	free(n->lines);
	free(n->ports);
	if (query_select(rates, n->view.filter, n->view.sort, n->view.reverse, &n->selected, &n->selected_count) < 0)
		abort();
	from.rows = n->selected;
	from.count = n->selected_count;
	if (lines_list(&from, &n->lines, &n->line_count) < 0 || ports_list(rates, &n->ports, &n->port_count) < 0)
		abort();
	n->screen.lines = n->lines;
	n->screen.line_count = n->line_count;
	n->screen.row_count = n->selected_count;
	n->screen.ports = n->ports;
	n->screen.port_count = n->port_count;
}

static inline struct top_node *top_node_open(void)
{
	struct top_node *n = calloc(1, sizeof(*n));

	/* wcwidth(3) knows wide characters in a UTF-8 locale only */
	if (!n || !setlocale(LC_CTYPE, "C.UTF-8") || history_new(100, &n->history) < 0 ||
	    history_new(100, &n->bridge_history) < 0 || departed_new(10, 8, &n->departed) < 0 ||
	    event_log_new(8, &n->events) < 0)
		abort();
	top_fill_rows(n);
	top_fill_rest(n);
	top_fill_before(n);
	top_fill_history(n);
	view_init(&n->view, SORT_TOTAL, false, 2000000000ULL);
	if (departed_update(n->departed, &n->rates) < 0)
		abort();
	n->screen = (struct screen){ .rates = departed_rates(n->departed),
		                     .before = &n->before,
		                     .view = &n->view,
		                     .history = n->history,
		                     .bridge_history = n->bridge_history,
		                     .departed = n->departed,
		                     .events = n->events,
		                     .facts = &n->facts,
		                     .notice = "",
		                     .host = "node-7",
		                     .fault = "" };
	top_select(n);
	return n;
}

static inline void top_node_close(struct top_node *n)
{
	free(n->selected);
	free(n->lines);
	free(n->ports);
	event_log_free(n->events);
	departed_free(n->departed);
	history_free(n->history);
	history_free(n->bridge_history);
	free(n);
}

/* Fits the view to a frame and draws it, as the program does. */
static inline void top_draw(struct top_node *n, struct frame *frame, size_t lines, size_t columns)
{
	if (frame_resize(frame, lines, columns) < 0)
		abort();
	screen_settle(&n->screen, frame, &n->view);
	screen_render(&n->screen, frame);
}
