/* SPDX-License-Identifier: GPL-2.0-only */
#include "model/host_facts.h"

#include "model/order.h"

int default_route_compare(const void *a, const void *b)
{
	const struct default_route *x = a;
	const struct default_route *y = b;

	if (x->family != y->family)
		return ORDER(x->family, y->family);
	if (x->metric != y->metric)
		return ORDER(x->metric, y->metric);
	if (x->index != y->index)
		return ORDER(x->index, y->index);
	if (x->has_gateway != y->has_gateway)
		return ORDER(x->has_gateway, y->has_gateway);
	return x->has_gateway ? address_compare(&x->gateway, &y->gateway) : 0;
}

const char *forwarding_name(enum forwarding forwarding)
{
	static const char *const names[] = {
		[FORWARDING_UNKNOWN] = "not known",
		[FORWARDING_OFF] = "off",
		[FORWARDING_ON] = "on",
	};

	return names[forwarding];
}
