/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/** -1, 0 or 1, as qsort(3) and bsearch(3) want it; a difference would overflow. Evaluates its arguments twice. */
#define ORDER(a, b) (((a) > (b)) - ((a) < (b)))
