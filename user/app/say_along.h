/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

struct collector;

/** Says in one line why a running agent's counters are not read (collector_not_along()); nothing where they are, or none runs here. */
void say_along(const struct collector *collector);
