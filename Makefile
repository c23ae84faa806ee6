# Hull: every habit of the project as a target. `make help` lists them.
#
# A recipe of more than a few lines is a script in Tools/, so that it can be read, run and tested alone.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.NOTPARALLEL:

# Where `make install` puts things; packagers set DESTDIR.
PREFIX ?= /usr/local
DESTDIR ?=

# Where the programs lie after `make build`, and the root file system after `make rootfs`.
export HULL_BIN := $(CURDIR)/.build/hull/bin
export HULL_ROOTFS := $(CURDIR)/rootfs/out/rootfs

LIBEXEC := $(PREFIX)/libexec/hull
UNITS := $(PREFIX)/lib/systemd/system

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z][a-z0-9-]*:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: ## Install what is missing, build, run containers and show what happened
	@Tools/preflight
	@Tools/deps build
	@Tools/build
	@rootfs/build
	@Tools/demo-pod
	@Tools/demo

.PHONY: test
test: ## Every test: rootfs, pure, kernel and life rings (root)
	@Tools/preflight
	@Tools/deps build test
	@Tools/build
	@Tools/build-tests
	@rootfs/build
	@rootfs/check
	@Tools/test-rings pure kernel life

.PHONY: test-pure
test-pure: ## The pure ring: no root, no kernel, seconds
	@Tools/preflight toolchain
	@Tools/build-tests
	@Tools/test-rings pure

.PHONY: test-kernel
test-kernel: ## The kernel ring: wrappers and cgroups against this kernel (root)
	@Tools/preflight
	@Tools/build-tests
	@Tools/test-rings kernel

.PHONY: test-life
test-life: ## The life ring: real programs, real containers (root)
	@Tools/preflight
	@Tools/deps build test
	@Tools/build
	@Tools/build-tests
	@rootfs/build
	@Tools/test-rings life

RINGS ?= kernel life
.PHONY: test-cgroup2
test-cgroup2: ## Kernel and life rings in a kernel with cgroup v2 only (user-mode Linux)
	@Tools/preflight
	@Tools/deps build test
	@Tools/build
	@Tools/build-tests
	@rootfs/build
	@HULL_CGROUP2_LSM=selinux HULL_FILTER=PodLabelTests Tools/test-cgroup2 life
	@Tools/test-cgroup2 $(RINGS)
	@Tools/test-reboot

.PHONY: test-examples
test-examples: ## Run the manifests of examples/ with images made from Debian packages (root)
	@Tools/preflight
	@Tools/deps build test
	@Tools/build
	@rootfs/build
	@Tools/test-examples

.PHONY: bench
bench: ## Every figure beside its peer in one run, into docs/benchmarks.md (root); BENCH=--quick takes minutes
	@Tools/preflight
	@Tools/deps build bench
	@Tools/build hull-bench journal-bench network-bench
	@rootfs/build
	@Tools/bench-all $(BENCH)

.PHONY: bench-engine
bench-engine: ## Measure containers beside crun and runc (root); options in BENCH, see docs/benchmarks.md
	@Tools/preflight
	@Tools/deps build bench
	@Tools/build hull-bench
	@rootfs/build
	@Tools/bench $(BENCH)

.PHONY: bench-journal
bench-journal: ## Measure the journal beside SQLite, LMDB and etcd, in the directory BENCH
	@Tools/preflight toolchain
	@Tools/deps build bench
	@Tools/build journal-bench
	@Tools/bench-journal $(BENCH)

.PHONY: bench-network
bench-network: ## Measure the network of pods beside the plugins of CNI (root); the number of pods in BENCH
	@Tools/preflight toolchain
	@Tools/deps build bench
	@Tools/build network-bench
	@.build/release/network-bench $(BENCH)

.PHONY: bench-images
bench-images: ## Load and unpack images beside umoci, skopeo and podman (root); options in BENCH
	@Tools/preflight toolchain
	@Tools/deps build bench
	@Tools/build
	@Tools/bench-images $(BENCH)

.PHONY: bench-pods
bench-pods: ## Run, stop and list pods beside podman's kube play (root); options in BENCH
	@Tools/preflight toolchain
	@Tools/deps build bench
	@Tools/build
	@rootfs/build
	@Tools/bench-pods $(BENCH)

.PHONY: mutants
mutants: ## Break the journal in named ways and see that its tests notice (root)
	@Tools/preflight toolchain
	@Tools/mutants

SECONDS ?= 300
.PHONY: soak
soak: ## Kill and stop 20 processes that use one journal, for SECONDS (300), and check all they saw (root)
	@Tools/preflight toolchain
	@Tools/build-tests
	@Tools/soak $(SECONDS)

CYCLES ?= 10000
.PHONY: soak-pods
soak-pods: ## Run and remove CYCLES pods (10000), and see that nothing of the machine has grown (root)
	@Tools/preflight
	@Tools/deps build test
	@Tools/build
	@rootfs/build
	@Tools/soak-pods $(CYCLES)

.PHONY: crash
crash: ## Cut the journal off at 200,000 points, and a short soak: what CI does (root)
	@Tools/preflight toolchain
	@Tools/build-tests
	@Tools/crash

.PHONY: lint
lint: ## Format, import directions, banned calls
	@Tools/preflight toolchain
	@Tools/lint

.PHONY: format
format: ## Rewrite the Swift sources in the project's format
	@swift format format --in-place --parallel --recursive Package.swift Sources Tests

.PHONY: deps
deps: ## Install the Debian packages for building, testing and measuring
	@Tools/deps build test bench

.PHONY: build
build: ## Build static, stripped programs into .build/hull/bin
	@Tools/preflight toolchain
	@Tools/deps build
	@Tools/build

.PHONY: rootfs
rootfs: ## Assemble the small root file system into rootfs/out
	@Tools/deps build
	@rootfs/build

# The runtime looks for hull-init beside its own executable, as /proc/self/exe names it, and the kernel resolves symbolic
# links there: so both programs lie in libexec, and only a link in bin.
.PHONY: install
install: ## Install what is built below PREFIX (/usr/local), staged in DESTDIR
	@[ -x '$(HULL_BIN)/hull-runtime' -a -x '$(HULL_BIN)/hull' ] || $(MAKE) --no-print-directory build
	@install -d '$(DESTDIR)$(LIBEXEC)' '$(DESTDIR)$(PREFIX)/bin'
	@Tools/place '$(HULL_BIN)/hull-runtime' '$(DESTDIR)$(LIBEXEC)/hull-runtime'
	@Tools/place '$(HULL_BIN)/hull-init' '$(DESTDIR)$(LIBEXEC)/hull-init'
	@Tools/place '$(HULL_BIN)/hull-keeper' '$(DESTDIR)$(LIBEXEC)/hull-keeper'
	@Tools/place '$(HULL_BIN)/hull' '$(DESTDIR)$(LIBEXEC)/hull'
	@ln -sfn ../libexec/hull/hull-runtime '$(DESTDIR)$(PREFIX)/bin/hull-runtime'
	@ln -sfn ../libexec/hull/hull '$(DESTDIR)$(PREFIX)/bin/hull'
	@install -d '$(DESTDIR)$(UNITS)'
	@sed 's|@LIBEXEC@|$(LIBEXEC)|' Tools/hull-recover.service >'$(DESTDIR)$(UNITS)/hull-recover.service'
	@install -D -m 0644 Tools/apparmor/hull-default '$(DESTDIR)$(PREFIX)/share/hull/hull-default'
	@'$(HULL_BIN)/hull' manual '$(DESTDIR)$(PREFIX)/share/man/man1' >/dev/null
	@install -d '$(DESTDIR)$(PREFIX)/share/bash-completion/completions' '$(DESTDIR)$(PREFIX)/share/zsh/site-functions' '$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d'
	@'$(HULL_BIN)/hull' completion bash >'$(DESTDIR)$(PREFIX)/share/bash-completion/completions/hull'
	@'$(HULL_BIN)/hull' completion zsh >'$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_hull'
	@'$(HULL_BIN)/hull' completion fish >'$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/hull.fish'
	@echo 'installed $(DESTDIR)$(PREFIX)/bin/hull -> ../libexec/hull/hull'
	@echo 'installed $(DESTDIR)$(PREFIX)/bin/hull-runtime -> ../libexec/hull/hull-runtime'
	@echo 'installed $(DESTDIR)$(UNITS)/hull-recover.service: with systemd, "systemctl enable hull-recover" runs pods again after a reboot'

.PHONY: uninstall
uninstall: ## Remove what `make install` put there
	@rm -f '$(DESTDIR)$(PREFIX)/bin/hull' '$(DESTDIR)$(PREFIX)/bin/hull-runtime' '$(DESTDIR)$(LIBEXEC)/hull-runtime' '$(DESTDIR)$(LIBEXEC)/hull-init' '$(DESTDIR)$(LIBEXEC)/hull' '$(DESTDIR)$(LIBEXEC)/hull-keeper' '$(DESTDIR)$(UNITS)/hull-recover.service'
	@rm -f '$(DESTDIR)$(PREFIX)'/share/man/man1/hull.1 '$(DESTDIR)$(PREFIX)'/share/man/man1/hull-*.1 '$(DESTDIR)$(PREFIX)/share/bash-completion/completions/hull' '$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_hull' '$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/hull.fish'
	@rm -f '$(DESTDIR)$(PREFIX)/share/hull/hull-default' && { [ ! -d '$(DESTDIR)$(PREFIX)/share/hull' ] || rmdir --ignore-fail-on-non-empty '$(DESTDIR)$(PREFIX)/share/hull'; }
	@if [ -d '$(DESTDIR)$(LIBEXEC)' ]; then rmdir --ignore-fail-on-non-empty '$(DESTDIR)$(LIBEXEC)'; fi
	@echo 'removed Hull from $(DESTDIR)$(PREFIX)'

.PHONY: clean
clean: ## Remove everything built
	@rm -rf .build rootfs/out
