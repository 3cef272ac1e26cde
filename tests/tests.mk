# SPDX-License-Identifier: GPL-2.0-only
# How the tests are built and run. Included by the Makefile at the top.
#
# A C test is tests/TIER/test_NAME.c (cmocka, TAP output), a shell test tests/TIER/test_NAME.sh (tests/lib.sh, TAP output).

.PHONY: check test-programs bench bench-look bench-top bench-fallback soak soak-accuracy soak-engines fuzz
.PHONY: check-style check-build check-unit check-fuzz check-bpf check-netns check-engines check-shop check-vm

# Unit tests and all they link are built with ASan and UBSan, into a tree of their own.
SANITIZE := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
TEST_WARNINGS := -Wall -Wextra -Wshadow -Werror=unused-function -Wno-unused-parameter $(if $(WERROR),-Werror)

UNIT_TESTS := $(patsubst tests/unit/%.c,$(B)/tests/unit/%,$(sort $(wildcard tests/unit/test_*.c)))
BPF_TESTS  := $(patsubst tests/bpf/%.c,$(B)/tests/bpf/%,$(sort $(wildcard tests/bpf/test_*.c)))
NETNS_TOOLS := $(patsubst tests/netns/%.c,$(B)/tests/netns/%,$(sort $(wildcard tests/netns/*.c)))
ASAN_OBJ   := $(LIB_SRC:%.c=$(B)/asan/%.o)

$(B)/asan/%.o: %.c | $(SKELETONS)
	@mkdir -p $(@D)
	$(say) CC-ASAN $<
	$(Q)$(CC) $(COMMON) $(SANITIZE) -isystem $(B)/skel $(LIB_CFLAGS) -MD -MP -c $< -o $@

$(B)/asan/libctnet.a: $(ASAN_OBJ)
	$(Q)rm -f $@ && $(AR) rcsD $@ $(ASAN_OBJ)

# The agent with ASan, UBSan and LeakSanitizer: what it leaves behind at its end is told (tests/netns/test_steady.sh).
$(B)/asan/ctnetd: $(B)/asan/user/app/ctnetd.o $(B)/asan/libctnet.a
	$(say) LINK-ASAN $@
	$(Q)$(CC) $(SANITIZE) $^ $(LIB_LDLIBS) -o $@

$(B)/tests/unit/%: tests/unit/%.c $(B)/asan/libctnet.a
	@mkdir -p $(@D)
	$(say) TEST $@
	$(Q)$(CC) $(COMMON) $(SANITIZE) $(TEST_WARNINGS) -Itests -isystem $(B)/skel $(LIB_CFLAGS) -MD -MP -MF $@.d $< $(B)/asan/libctnet.a -lcmocka $(LIB_LDLIBS) -o $@

$(B)/tests/bpf/%: tests/bpf/%.c $(B)/libctnet.a | $(SKELETONS)
	@mkdir -p $(@D)
	$(say) TEST $@
	$(Q)$(CC) $(COMMON) $(CFLAGS) $(TEST_WARNINGS) -Itests -isystem $(B)/skel $(LIB_CFLAGS) -MD -MP -MF $@.d $< $(B)/libctnet.a -lcmocka $(LIB_LDLIBS) -o $@

# Small programs the netns tests send and receive with.
$(B)/tests/netns/%: tests/netns/%.c
	@mkdir -p $(@D)
	$(say) TEST $@
	$(Q)$(CC) $(COMMON) $(CFLAGS) $(TEST_WARNINGS) -MMD -MP -MF $@.d $< -lmnl -o $@

# tests/vm/test_NAME.c runs inside a machine with another kernel, tests/vm/test_NAME.sh starts one; what the C tests share is
# tests/vm/*_lab.c. tests/vm/run itself runs tsc_khz.
VM_TESTS := $(patsubst tests/vm/%.c,$(B)/tests/vm/%,$(sort $(wildcard tests/vm/test_*.c)))
VM_TOOLS := $(B)/tests/vm/tsc_khz

$(B)/tests/vm/%: tests/vm/%.c $(wildcard tests/vm/*_lab.c) $(B)/libctnet.a | $(SKELETONS)
	@mkdir -p $(@D)
	$(say) TEST $@
	$(Q)$(CC) $(COMMON) $(CFLAGS) $(TEST_WARNINGS) -Itests -isystem $(B)/skel $(LIB_CFLAGS) -MD -MP -MF $@.d $(filter %.c %.a,$^) -lcmocka $(LIB_LDLIBS) -o $@

# Fuzzers and the library under libFuzzer, in a tree of their own. `make fuzz` takes a minute for each, `make check` seconds.
FUZZERS    := $(patsubst tests/fuzz/%.c,$(B)/fuzz/%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
FUZZ_FLAGS := -O1 -g -fno-sanitize-recover=all -fno-omit-frame-pointer
FUZZ_OBJ   := $(LIB_SRC:%.c=$(B)/fuzz/obj/%.o)

$(B)/fuzz/obj/%.o: %.c | $(SKELETONS)
	@mkdir -p $(@D)
	$(say) CC-FUZZ $<
	$(Q)$(CLANG) $(COMMON) $(FUZZ_FLAGS) -fsanitize=fuzzer-no-link,address,undefined -isystem $(B)/skel $(LIB_CFLAGS) -MD -MP -c $< -o $@

$(B)/fuzz/libctnet.a: $(FUZZ_OBJ)
	$(Q)rm -f $@ && $(AR) rcsD $@ $(FUZZ_OBJ)

$(B)/fuzz/%: tests/fuzz/%.c $(B)/fuzz/libctnet.a
	@mkdir -p $(@D)
	$(say) FUZZER $@
	$(Q)$(CLANG) $(COMMON) $(FUZZ_FLAGS) -fsanitize=fuzzer,address,undefined $(TEST_WARNINGS) -Itests $(LIB_CFLAGS) -MMD -MP -MF $@.d $< $(B)/fuzz/libctnet.a $(LIB_LDLIBS) -o $@

# tests/bench/bench_NAME.c measures; what several share is tests/bench/*_lab.c.
BENCHES    := $(patsubst tests/bench/%.c,$(B)/tests/bench/%,$(sort $(wildcard tests/bench/bench_*.c)))

$(B)/tests/bench/%: tests/bench/%.c $(wildcard tests/bench/*_lab.c) $(B)/libctnet.a | $(SKELETONS)
	@mkdir -p $(@D)
	$(say) BENCH $@
	$(Q)$(CC) $(COMMON) $(CFLAGS) $(TEST_WARNINGS) -Itests -isystem $(B)/skel $(LIB_CFLAGS) -MD -MP -MF $@.d $(filter %.c %.a,$^) $(LIB_LDLIBS) -o $@

bench: $(BENCHES)
	@tools/bench $(B)

bench-top: all $(B)/tests/bench/bench_top
	@tools/bench $(B) top

bench-look: all $(B)/tests/bench/bench_look
	@tools/bench $(B) look
	@BUILD=$(abspath $(B)) tests/bench/look_recipe.sh

test-programs: $(BENCHES) $(UNIT_TESTS) $(FUZZERS) $(BPF_TESTS) $(NETNS_TOOLS) $(VM_TESTS) $(VM_TOOLS) $(B)/asan/ctnetd

# ---------------------------------------------------------------- tiers

tests_of = $(sort $(wildcard tests/$(1)/test_*.sh))
run_tests = @BUILD=$(abspath $(B)) tests/run-tests

check:
	@tools/install-deps build test
	@tests/check $(B)

check-style:
	$(run_tests) style $(call tests_of,style)

check-build:
	$(run_tests) build $(call tests_of,build)

check-unit: $(UNIT_TESTS)
	$(run_tests) unit $(UNIT_TESTS)

check-fuzz: $(FUZZERS)
	$(run_tests) fuzz $(call tests_of,fuzz)

fuzz: $(FUZZERS)
	@BUILD=$(abspath $(B)) CTNET_FUZZ_SECONDS=60 tests/fuzz/test_fuzz.sh

check-bpf: $(BPF_TESTS)
	$(run_tests) bpf $(BPF_TESTS)

# run_pool TIER: two at a time, as they wait more than they work; those that say so alone, after the others.
alone    = $(shell grep -l '^\# Alone: ' $(call tests_of,$(1)))
run_pool = @status=0; \
	CTNET_TEST_JOBS=2 BUILD=$(abspath $(B)) tests/run-tests $(1) $(filter-out $(alone),$(call tests_of,$(1))) || status=1; \
	BUILD=$(abspath $(B)) tests/run-tests $(1) $(alone) || status=1; \
	exit $$status

check-netns: all $(NETNS_TOOLS) $(B)/asan/ctnetd
	$(call run_pool,netns)

# An hour's worth of churn and more, in a quarter of an hour: the same tests with larger numbers.
soak: all $(NETNS_TOOLS) $(B)/asan/ctnetd
	@CTNET_BLOCK=700 CTNET_LIVES=3000 CTNET_ROUNDS=50 CTNET_TEST_TIMEOUT=3600 V=1 BUILD=$(abspath $(B)) tests/run-tests soak \
		tests/netns/test_steady.sh tests/netns/test_short_lives.sh tests/netns/test_restart.sh

# Two minutes of mixed traffic and change, by TCX and by clsact; make check takes some seconds of it.
soak-accuracy: all $(NETNS_TOOLS)
	@CTNET_SOAK_SECONDS=60 CTNET_SOAK_MODES="tcx clsact" CTNET_TEST_TIMEOUT=600 V=1 BUILD=$(abspath $(B)) tests/run-tests soak \
		tests/netns/test_accuracy_soak.sh

bench-fallback: all $(NETNS_TOOLS)
	@BUILD=$(abspath $(B)) tests/bench/fallback

check-engines: all $(NETNS_TOOLS)
	$(call run_pool,engines)

# What a Prometheus shop gets with ctnet: rules, the dashboard.
check-shop: all
	$(run_tests) shop $(call tests_of,shop)

# 500 short lives under a real Docker; make check takes 40 of them
soak-engines: all $(NETNS_TOOLS)
	@CTNET_LIVES=500 CTNET_TEST_TIMEOUT=3600 BUILD=$(abspath $(B)) tests/run-tests soak tests/engines/test_docker_lives.sh

check-vm: all $(NETNS_TOOLS) $(VM_TESTS) $(VM_TOOLS) $(BPF_TESTS)
	@CTNET_TEST_JOBS=3 CTNET_TEST_TIMEOUT=1800 BUILD=$(abspath $(B)) tests/run-tests vm $(call tests_of,vm) # emulated: a loaded machine takes its time

## make check-TIER    run one tier: style, build, unit, fuzz, bpf, netns, engines, shop or vm
## make bench         measure what ctnet costs here, in one table; the machine should have nothing else to do (root)
## make bench-look    measure what looking costs with 1,000 containers, and ctnet ls beside docker inspect and ip for 100 (root)
## make bench-top     measure what ctnet-top costs beside 20 and 1,000 namespaces (root)
## make fuzz          run each fuzzer for a minute
## make soak          thousands of short-lived namespaces: nothing lost, mixed up or kept (root)
## make soak-accuracy two minutes of mixed traffic and change: at the end no packet and no byte apart from the kernel's counters (root)
## make bench-fallback  how late and how incomplete births and deaths are seen without kprobes (root)
## make soak-engines  500 containers of a real Docker that live 200 ms each: everybody has a name, nobody another's
