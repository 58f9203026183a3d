# Lookglass: every target prints what it does.
PYTHON ?= python3
VENV   ?= .venv
EXTRAS ?= cpu,window,export,dev,tensorrt-rtx
SYSTEM ?= tools/debian-packages
BIN    := $(VENV)/bin
SAY     = @printf '\n== %s\n'
export PIP_DISABLE_PIP_VERSION_CHECK = 1
export ORT_DISABLE_TELEMETRY = 1

.PHONY: help demo test test-gpu test-gpu-here test-slow lint bench pictures kinds bench-gpu bench-gpu-here models folds kernels data train clean

help:
	@echo "make demo     set up, dress the sample people, write pictures and a short video"
	@echo "make test     set up everything, pass the tests"
	@echo "make lint     ruff, mypy, clang-format"
	@echo "make bench    frame time and paced loop on this machine, JSON in out/bench"
	@echo "make pictures every sample person in every sample garment, to judge, in out/pictures"
	@echo "make kinds    the sample people in a rendered product of every kind, in out/kinds"
	@echo "make bench-gpu, test-gpu   on a machine with an NVIDIA GPU: kernels and gpu tests"
	@echo "make models   import MediaPipe's person models again"
	@echo "make folds    drape a T-shirt and a shirt and bake their folds again"
	@echo "make kernels  compile the CUDA kernels (needs nvcc or the compiler wheels)"
	@echo "make data train   render training scenes, train for hours"
	@echo "make clean    remove what the targets made"

$(VENV)/bin/python:
	$(SAY) "creating the virtual environment $(VENV)"
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: pyproject.toml | $(VENV)/bin/python
	$(SAY) "installing the runtime (numpy, opencv, onnxruntime)"
	$(BIN)/pip install -q -e '.[cpu]'
	@touch $@

$(VENV)/.all: pyproject.toml packages.txt | $(VENV)/bin/python
	$(SAY) "installing the runtime, the training side and the tools"
	$(SYSTEM)
	$(BIN)/pip install -q -e '.[$(EXTRAS)]'
	@touch $@

demo: $(VENV)/.runtime
	$(SAY) "dressing the sample people; pictures and video go to out/demo"
	$(BIN)/lookglass demo --out out/demo

test: $(VENV)/.all
	$(SAY) "running the tests"
	$(BIN)/python -m pytest -m "not gpu and not slow"

test-slow: $(VENV)/.all
	$(SAY) "running the slow suites"
	$(BIN)/python -m pytest -m slow

# onnxruntime-gpu has onnxruntime's import name: what needs a GPU gets an environment of its own.
ON_GPU = $(MAKE) --no-print-directory VENV=$(VENV)/gpu EXTRAS=gpu,window,export,dev SYSTEM=true

test-gpu:
	+$(ON_GPU) kernels test-gpu-here

test-gpu-here: $(VENV)/.all
	$(SAY) "running the tests that need a GPU"
	$(BIN)/python -m pytest -m gpu

lint: $(VENV)/.all
	$(SAY) "ruff, mypy, clang-format"
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	find kernels -path kernels/build -prune -o \( -name '*.cu' -o -name '*.cuh' -o -name '*.h' -o -name '*.cc' \) -print | xargs -r $(BIN)/clang-format --dry-run --Werror

bench: $(VENV)/.all
	$(SAY) "measuring the frame and the paced loop"
	$(BIN)/python benchmarks/frame/bench.py --out out/bench

pictures: $(VENV)/.all
	$(SAY) "dressing every sample person in every sample garment and outfit"
	$(BIN)/python benchmarks/pictures/judge.py --out out/pictures

kinds: $(VENV)/.all
	$(SAY) "rendering products of every kind and dressing the sample people in them"
	$(BIN)/lookglass-export data --out out/kinds/scenes/tops --stream test_sold --count 11 --workers 2
	$(BIN)/lookglass-export data --out out/kinds/scenes/lower --stream test_lower --count 11 --workers 2
	$(BIN)/lookglass-export data --out out/kinds/scenes/dresses --stream test_dress --count 7 --workers 2
	$(BIN)/python benchmarks/pictures/kinds.py --scenes out/kinds/scenes/* --out out/kinds

bench-gpu:
	+$(ON_GPU) kernels bench-gpu-here

bench-gpu-here: $(VENV)/.all
	$(SAY) "checking and timing the kernels on this GPU"
	$(BIN)/python benchmarks/kernels/bench_gpu.py --out out/bench

models: $(VENV)/.all
	$(SAY) "importing the person models"
	$(BIN)/lookglass-export models --out runtime/lookglass/bundles/default

folds: $(VENV)/.all
	$(SAY) "draping tops and baking their folds; minutes"
	$(BIN)/lookglass-export folds --out runtime/lookglass/finish/folds.png

kernels: $(VENV)/.all
	$(SAY) "compiling the CUDA kernels"
	$(BIN)/python -m lookglass_kernels.build
	$(BIN)/python -m lookglass_kernels.operator_library

data: $(VENV)/.all
	$(SAY) "rendering training scenes into data/train and data/validation"
	$(BIN)/lookglass-export data --out data/train --stream train --count 4000
	$(BIN)/lookglass-export data --out data/validation --stream train --start 900000 --count 24

train: data
	$(SAY) "training; resumes where it stopped"
	$(BIN)/lookglass-export train --scenes data/train --validation data/validation --run runs/default --minutes 120

clean:
	$(SAY) "removing the virtual environment and everything built"
	rm -rf $(VENV) build dist out runtime/*.egg-info .pytest_cache .mypy_cache .ruff_cache
