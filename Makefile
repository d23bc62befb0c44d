# SPDX-License-Identifier: GPL-2.0-only
#
# make             build build/xcap
# make check       install what the tests need (root) and run all of them
# make check-unit  the tests that need no privileges
# make check-live  on the running kernel (root)
# make check-vm    on other kernels, in QEMU (root not needed once the packages are there)
# make quickstart  install what the build needs, build, and capture live traffic (root)
# make verdicts    how many verdicts of the packet filter are libpcap's, in user space and kernel (root)
# make fuzz        coverage-guided fuzzing of the packet filter (clang), FUZZ_SECONDS=60 per target
# make bench       figures on the running kernel (root); make bench-vm: of what needs another one
# make install     to $(DESTDIR)$(PREFIX); make clean
#
# CC=clang, CLANG=clang-16, V=1 (show commands), SHARED=1 (build/xcap-shared, with shared libraries),
# SANITIZE=1 (ASan and UBSan, in build/san).

PREFIX ?= /usr/local
DESTDIR ?=
ifeq ($(origin CC),default)
CC := gcc
endif
CLANG ?= clang
BPFTOOL ?= $(firstword $(wildcard /usr/sbin/bpftool /usr/local/sbin/bpftool) bpftool)
PKG_CONFIG ?= pkg-config
VERSION := $(shell sed -n 's/^\#\# \([0-9][0-9.]*\).*/\1/p' CHANGELOG.md | head -n 1)

B := build$(if $(SANITIZE),/san)
XCAP := $(B)/xcap$(if $(SHARED),-shared)
Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-7s %s\n' $(1) $(2);)

LIBS := -lbpf -lelf -lz -lpcap -ljson-c
WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wno-missing-field-initializers \
	-Werror=incompatible-pointer-types -Werror=implicit-function-declaration
CFLAGS ?= -O2 -g
comma := ,
SANFLAGS := $(if $(SANITIZE),-fsanitize=address$(comma)undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
XCFLAGS := -std=gnu11 -D_GNU_SOURCE -DXCAP_VERSION='"$(VERSION)"' $(WARN) -Isrc -Iinclude -I$(B) -MMD -MP $(SANFLAGS)
ARCH := $(shell uname -m)
BPF_ARCH := $(patsubst aarch64,arm64,$(patsubst x86_64,x86,$(ARCH)))
BPFFLAGS := -target bpf -mcpu=v3 -O2 -g -Wall -Wextra -Werror -Wno-unused-parameter -D__TARGET_ARCH_$(BPF_ARCH) \
	    -Ibpf -Iinclude -Ivmlinux -MMD -MP

SRCS := $(wildcard src/*/*.c)
OBJS := $(SRCS:src/%.c=$(B)/obj/%.o)
BPF_SRCS := $(wildcard bpf/*.bpf.c)
BPF_OBJS := $(BPF_SRCS:bpf/%.bpf.c=$(B)/bpf/%.bpf.o)
UNIT_SRCS := $(wildcard tests/unit/test_*.c)
UNIT_BINS := $(UNIT_SRCS:tests/unit/%.c=$(B)/tests/%)
# what the unit tests share
UNIT_LIB := $(patsubst tests/unit/%.c,$(B)/tests/%.o,$(filter-out $(UNIT_SRCS),$(wildcard tests/unit/*.c)))

.PHONY: all check check-unit check-lint check-live check-vm quickstart bench bench-vm install uninstall clean tools vmlinux
.SECONDARY:
.DELETE_ON_ERROR:

all: $(XCAP)

# One sentence for a missing tool, before anything is built.
tools:
	@tests/tools.sh build "$(CC)" "$(CLANG)" "$(BPFTOOL)" "$(PKG_CONFIG)"

$(B)/.tools: tests/tools.sh
	@mkdir -p $(B)
	@tests/tools.sh build "$(CC)" "$(CLANG)" "$(BPFTOOL)" "$(PKG_CONFIG)"
	@touch $@

$(B)/bpf/%.bpf.o: bpf/%.bpf.c Makefile | $(B)/.tools
	@mkdir -p $(@D)
	$(call say,BPF,$<)$(CLANG) $(BPFFLAGS) -c $< -o $@

$(B)/bpf/xcap.o: $(BPF_OBJS)
	$(call say,LINK,$@)$(BPFTOOL) gen object $@ $^

$(B)/xcap.skel.h: $(B)/bpf/xcap.o
	$(call say,SKEL,$@)$(BPFTOOL) gen skeleton $< name xcap_bpf >$@

$(B)/obj/session/object.o $(B)/obj/session/object_load.o: $(B)/xcap.skel.h
$(B)/obj/%.o: src/%.c Makefile CHANGELOG.md | $(B)/.tools
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(XCFLAGS) $(CFLAGS) $(CPPFLAGS) -c $< -o $@

$(B)/libxcap.a: $(OBJS)
	@rm -f $@
	$(call say,AR,$@)$(AR) rcs $@ $^

# The libraries are linked in, all but libc, which resolves the names of hosts: the file runs on a machine that
# has not got them, and starts sooner. Where one is not to be had as an archive they are shared.
# xcap opens no device by libpcap: what would need D-Bus for that stays out.
NO_DBUS := $(foreach f,create findalldevs,-Wl$(comma)--defsym$(comma)dbus_$(f)=abort)
# libbpf puts each relocation into words, which is a fifth of the work of loading the object, for messages that
# xcap does not show: by a function of ours in its place there are none.
NO_WORDS := -Wl$(comma)--defsym$(comma)bpf_core_format_spec=object_load_no_words
LINK = $(CC) $(CFLAGS) $(SANFLAGS) $(LDFLAGS) -o $@ $^
LINK_STATIC = $(LINK) $(NO_DBUS) $(NO_WORDS) -Wl,-Bstatic $(LIBS) -Wl,-Bdynamic
LINK_SHARED = $(LINK) $(LIBS)

$(B)/xcap: $(B)/obj/main.o $(B)/libxcap.a
	$(call say,LD,$@)$(LINK_STATIC) 2>$(B)/.link || \
		{ echo "  not every library is there as an archive ($(B)/.link): they are shared"; $(LINK_SHARED); }

$(B)/xcap-shared: $(B)/obj/main.o $(B)/libxcap.a
	$(call say,LD,$@)$(LINK_SHARED)

$(B)/tests/%.o: tests/unit/%.c Makefile | $(B)/.tools
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(XCFLAGS) -Itests/unit $(CFLAGS) -c $< -o $@

$(B)/tests/%: $(B)/tests/%.o $(UNIT_LIB) $(B)/libxcap.a
	$(call say,LD,$@)$(CC) $(CFLAGS) $(SANFLAGS) $(LDFLAGS) -o $@ $^ -lcmocka $(LIBS)

# Programs of the live tests: they drive what xcap loads, in the kernel.
KERNEL_BINS := $(addprefix $(B)/tests/,filter_kernel filter_fault attach_batch symbol_tables)
KERNEL_LIB := $(addprefix $(B)/tests/,drive.o fake_skb.o filter_data.o filter_random.o pcap_ref.o)

$(B)/tests/%.o: tests/kernel/%.c Makefile | $(B)/.tools
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(XCFLAGS) -Itests/kernel -Itests/unit $(CFLAGS) -c $< -o $@

$(KERNEL_BINS): $(B)/tests/%: $(B)/tests/%.o $(KERNEL_LIB) $(B)/libxcap.a
	$(call say,LD,$@)$(CC) $(CFLAGS) $(SANFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

# The yardstick of `make bench` for the cost of a decision.
$(B)/bench/%.bpf.o: tests/bench/%.bpf.c Makefile | $(B)/.tools
	@mkdir -p $(@D)
	$(call say,BPF,$<)$(CLANG) $(BPFFLAGS) -c $< -o $@

$(B)/bench/%.skel.h: $(B)/bench/%.bpf.o
	$(call say,SKEL,$@)$(BPFTOOL) gen skeleton $< name $* >$@

$(B)/bench/probe_read_filter: tests/bench/probe_read_filter.c $(B)/bench/probe_read_filter.skel.h $(KERNEL_LIB) $(B)/libxcap.a
	$(call say,LD,$@)$(CC) $(XCFLAGS) -I$(B)/bench -Itests/kernel $(CFLAGS) $(LDFLAGS) -o $@ $< $(KERNEL_LIB) $(B)/libxcap.a $(LIBS)

kernel-bins: $(KERNEL_BINS)
.PHONY: kernel-bins

verdicts: unit-bins kernel-bins
	tests/verdicts
.PHONY: verdicts

# Fuzzing: FUZZ_SECONDS per target, on top of the corpus in tests/fuzz/data; what is found stands in build/fuzz.
FUZZ_SECONDS ?= 60
FUZZ_BINS := $(B)/fuzz/fuzz_convert $(B)/fuzz/fuzz_expr
FUZZ_SRCS := $(wildcard src/filter/*.c) $(addprefix src/base/,err.c log.c buf.c util.c) \
	     $(addprefix tests/unit/,fuzz_filter.c filter_scene.c filter_data.c ebpf_run.c pcap_ref.c)

# One sentence where clang came without its fuzzer.
$(B)/fuzz/.tools:
	@mkdir -p $(@D)
	@echo 'int LLVMFuzzerTestOneInput(void); int LLVMFuzzerTestOneInput(void) { return 0; }' | \
		$(CLANG) -fsanitize=fuzzer$(comma)address$(comma)undefined -x c -o /dev/null - 2>/dev/null || \
		{ echo "xcap: $(CLANG) has no libFuzzer: apt-get install libclang-rt-NN-dev of its version" >&2; exit 1; }
	@touch $@

$(B)/fuzz/%: tests/fuzz/%.c $(FUZZ_SRCS) $(wildcard src/filter/*.h tests/unit/*.h tests/fuzz/*.h) | $(B)/fuzz/.tools
	@mkdir -p $(@D)
	$(call say,FUZZ,$@)$(CLANG) -std=gnu11 -D_GNU_SOURCE -g -O1 -fsanitize=fuzzer$(comma)address$(comma)undefined \
		-fno-sanitize-recover=all -DXCAP_VERSION='"$(VERSION)"' -Isrc -Iinclude -Itests/unit -Itests/fuzz -o $@ \
		$< $(FUZZ_SRCS) -lcmocka -lpcap

fuzz: $(FUZZ_BINS)
	@for target in convert expr; do \
		mkdir -p $(B)/fuzz/$$target && echo "fuzz_$$target, $(FUZZ_SECONDS) s" && \
		$(B)/fuzz/fuzz_$$target -max_total_time=$(FUZZ_SECONDS) -max_len=512 -timeout=20 -print_final_stats=1 \
			-dict=tests/fuzz/$$target.dict -artifact_prefix=$(B)/fuzz/ $(B)/fuzz/$$target \
			tests/fuzz/data/$$target >$(B)/fuzz/$$target.log 2>&1 || { tail -n 40 $(B)/fuzz/$$target.log; exit 1; }; \
		grep -E '^stat::(number_of|new_units)' $(B)/fuzz/$$target.log; \
	done
.PHONY: fuzz

# Regenerates vmlinux/vmlinux.h from vmlinux/types.list and the running kernel's BTF.
vmlinux:
	vmlinux/generate.py vmlinux/types.list >vmlinux/vmlinux.h.new && mv vmlinux/vmlinux.h.new vmlinux/vmlinux.h

unit-bins: $(UNIT_BINS)
.PHONY: unit-bins

check-unit: all unit-bins
	tests/run unit

check-lint: all
	tests/run lint

check-live: all
	tests/run live

check-vm: all
	tests/run vm

check:
	tests/tools.sh install check
	$(MAKE) all unit-bins
	tests/run lint unit live vm

quickstart:
	tests/tools.sh install build quickstart
	$(MAKE) all
	tests/quickstart.sh

bench: all $(B)/bench/probe_read_filter
	tests/bench/run

bench-vm: all
	tests/bench/vm

install: all
	install -D -m 755 $(XCAP) $(DESTDIR)$(PREFIX)/sbin/xcap
	install -D -m 644 man/xcap.8 $(DESTDIR)$(PREFIX)/share/man/man8/xcap.8
	install -D -m 644 man/xcap-json.5 $(DESTDIR)$(PREFIX)/share/man/man5/xcap-json.5

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/sbin/xcap $(DESTDIR)$(PREFIX)/share/man/man8/xcap.8 \
		$(DESTDIR)$(PREFIX)/share/man/man5/xcap-json.5

clean:
	rm -rf build

-include $(OBJS:.o=.d) $(BPF_OBJS:.o=.d) $(UNIT_BINS:=.d) $(UNIT_LIB:.o=.d) \
	 $(KERNEL_BINS:=.d) $(KERNEL_LIB:.o=.d) $(B)/bench/probe_read_filter.bpf.d $(B)/obj/main.d
