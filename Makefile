# make run            set up .venv if necessary, then run the study (make run CORES=8)
# make quick          the same on 2,000 images for two epochs, to see that everything works
# make run TORCH=cpu  the same with PyTorch for the CPU only: about 1 GB instead of 6
# make setup          only set up .venv
# make check          set up the test tools too, lint, and run the tests of single modules
# make test           lint, and run every test that is not slow
# make test-faults    every test with real faults, including the slow ones: about twenty minutes
# make test-slurm     the study on a real SLURM cluster of one node, which it starts: needs root
# make test-versions  the sample study with each Python and with the oldest and newest Snakemake
# make test-aarch64   whether the kernels give the same bits on an emulated ARM processor
# make test-bare      `make run` and .ci/run on a bare Debian, which it sets up: needs root
# make setup-s3       install what studies in S3 need: see docs/cluster.md
# make bench          measure the engines' speed on this machine, into the README's table
# make bench-scaling  measure what studies of up to 1,000 runs cost, into docs/scaling.png
# make evidence       judge the published runs again and remake their pages in docs/
# make verify         train a published run again, compare it bit by bit (RUN=gn/31, ALL=1, STUDY=claims)
# make calibration    simulate how often verdicts are wrong, into docs/calibration.md
# make fidelity       train the reference loop and compare the engines with it, into docs/fidelity.md
# make mutants        find small changes of a subpackage's code that no test notices (ROOM=data)
# make lock           remake the hash-locked requirements from the .in files
# make schema         write the config's schema for editors from its keys
# make clean          delete packages, data, results and caches, after asking (YES=1 does not ask)

PYTHON ?= python3
CORES ?= 4
ROOM ?= statistics
STUDY ?= claims
VENV := .venv
# Packages of `python -m`, not scripts of .venv/bin: those break when the folder is moved.
IN_VENV := $(VENV)/bin/python -m
# Compiled at once, as pip does: where Python may not write, every job would compile PyTorch anew.
# Wheels only, since building a package fetches tools without a hash. One has no wheel: it is built
# with the setuptools that was installed before.
INSTALL := $(IN_VENV) uv pip install --quiet --require-hashes --compile-bytecode \
	--only-binary :all: --no-binary connection-pool --no-build-isolation \
	--python $(VENV)/bin/python
# With TORCH=cpu (uv's --torch-backend), all but PyTorch and its CUDA packages comes from the lock.
PACKAGES := $(if $(TORCH),$(VENV)/without-torch.txt,requirements.txt)
OF_TORCH := (torch|torchvision|triton|nvidia-[^=]*|cuda-[^=]*)
LOCK := $(IN_VENV) uv pip compile --quiet --universal --python-version 3.11 \
	--fork-strategy fewest --generate-hashes --no-annotate --no-header --upgrade

.PHONY: help run quick setup setup-s3 check test test-faults test-slurm test-versions test-aarch64 test-bare lint bench bench-scaling evidence verify fidelity mutants lock schema clean calibration

help:
	@sed -n 's/^# make/make/p' Makefile

run: setup
	@$(IN_VENV) snakemake --cores $(CORES)

quick: setup
	@$(IN_VENV) snakemake --cores $(CORES) --configfile workflow/studies/quick.yaml

setup: $(VENV)/run.stamp

setup-s3: setup
	@$(INSTALL) -r requirements.txt -r workflow/envs/s3.txt

check: setup $(VENV)/test.stamp lint
	@$(IN_VENV) pytest -m "not slow" tests/unit

test: setup $(VENV)/test.stamp lint
	@$(IN_VENV) pytest -m "not slow"

test-faults: setup $(VENV)/test.stamp
	@$(IN_VENV) pytest tests/faults

test-slurm: setup $(VENV)/test.stamp
	@sh tests/system_packages.sh munged=munge slurmctld=slurm-wlm setpriv=util-linux
	@$(IN_VENV) pytest -n 0 tests/cluster

test-versions: setup $(VENV)/test.stamp
	@$(IN_VENV) pytest -n 0 tests/versions

test-aarch64: setup
	@sh tests/aarch64.sh

test-bare:
	@sh tests/bare_debian.sh

lint: $(VENV)/test.stamp
	@$(IN_VENV) ruff check .
	@$(IN_VENV) ruff format --check .
	@$(IN_VENV) snakefmt --check --compact-diff Snakefile workflow
	@$(IN_VENV) mypy
	@$(IN_VENV) snakemake --lint

bench: setup
	@PYTHONPATH=workflow/scripts $(IN_VENV) benchmarks.bench

evidence: setup
	@PYTHONPATH=workflow/scripts:docs/tools $(IN_VENV) evidence publish

verify: setup
	@PYTHONPATH=workflow/scripts:docs/tools $(IN_VENV) evidence verify $(STUDY) $(RUN) \
		$(if $(ALL),--all) --cores $(CORES)

fidelity: setup
	@PYTHONPATH=workflow/scripts $(IN_VENV) benchmarks.fidelity $(if $(JOBS),--jobs $(JOBS))

bench-scaling: setup
	@PYTHONPATH=workflow/scripts $(IN_VENV) benchmarks.scaling

calibration: setup
	@PYTHONPATH=workflow/scripts $(IN_VENV) benchmarks.calibration

# In a copy with the package at its top, for mutmut names modules by their paths. `cd .mutants` and
# `mutmut show NAME` shows a change that no test noticed.
mutants: setup $(VENV)/test.stamp
	@rm -rf .mutants && mkdir .mutants
	@git ls-files -z | tar --null --files-from=- -cf - | tar -xf - -C .mutants
	@mv .mutants/workflow/scripts/normstudy .mutants
	@cd .mutants && nice -n 19 ../$(IN_VENV) mutmut run "normstudy.$(ROOM).*" && \
		../$(IN_VENV) mutmut results | grep -v "not checked"

schema: setup
	@PYTHONPATH=workflow/scripts $(IN_VENV) normstudy.config.keys > workflow/schemas/config.schema.yaml

lock: $(VENV)/run.stamp
	@$(LOCK) requirements.in -o requirements.txt
	@$(LOCK) workflow/envs/s3.in -o workflow/envs/s3.txt
	@$(LOCK) tests/requirements.in -o tests/requirements.txt
	@$(LOCK) workflow/envs/installer.in -o workflow/envs/installer.txt

clean:
	@YES=$(YES) sh workflow/envs/clean.sh

$(VENV)/bin/python:
	@sh workflow/envs/make_venv.sh $(PYTHON) $(VENV)

# The stamps come last, so that an interrupted installation is taken up again.
$(VENV)/run.stamp: requirements.txt workflow/envs/installer.txt | $(VENV)/bin/python
	@echo "Installing the study's packages into $(VENV) ($(or $(TORCH:%=PyTorch for %),about 6 GB, most of it PyTorch)) …"
	@env -u PIP_USER -u PIP_TARGET -u PIP_PREFIX -u PIP_ROOT $(IN_VENV) pip install --quiet \
		--disable-pip-version-check --only-binary :all: --require-hashes -r workflow/envs/installer.txt
ifdef TORCH
	@sed -E '/^$(OF_TORCH)==/,/[^\\]$$/d' requirements.txt >$(PACKAGES)
endif
	@$(INSTALL) -r $(PACKAGES)
ifdef TORCH
	@$(IN_VENV) uv pip install --quiet --compile-bytecode --only-binary :all: \
		--python $(VENV)/bin/python --torch-backend $(TORCH) \
		$$(grep -E '^$(OF_TORCH)==' requirements.in)
endif
	@touch $@

$(VENV)/test.stamp: tests/requirements.txt $(VENV)/run.stamp
	@echo "Installing the test tools …"
	@sh tests/system_packages.sh chromium=chromium soffice=libreoffice-calc tidy=tidy \
		rsync=rsync /usr/sbin/locale-gen=locales libatomic.so.1=libatomic1
	@$(INSTALL) -r $(PACKAGES) -r tests/requirements.txt
	@touch $@
