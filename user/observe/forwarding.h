/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "model/host_facts.h"

/**
 * Whether the namespace we run in forwards: net.ipv4.ip_forward and net.ipv6.conf.all.forwarding. Single devices may be set otherwise.
 *
 * @proc: "/proc", or where it is mounted
 */
void forwarding_read(const char *proc, enum forwarding *ret_ipv4, enum forwarding *ret_ipv6);
