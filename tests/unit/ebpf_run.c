/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ebpf_run.c - a small eBPF interpreter that trusts nothing (see ebpf_run.h).
 *
 * Only the instructions that the translator may use are known; the rest is a fault, so that a new
 * one is noticed here first.
 */
#include "ebpf_run.h"

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define STACK_SIZE 512
#define STEPS_MAX  2000000

struct vm {
	struct ebpf_run *run;
	uint64_t reg[11];
	bool known[11];
	uint8_t stack[STACK_SIZE] __attribute__((aligned(8)));
	bool stack_known[STACK_SIZE];
	int64_t pc;
	bool done;
};

static void fault(struct vm *vm, const char *what)
{
	if (!vm->run->fault)
		vm->run->fault = what;
	vm->done = true;
}

static uint64_t read_reg(struct vm *vm, int reg)
{
	if (reg > 10 || !vm->known[reg]) {
		fault(vm, "read of a register that was not written");
		return 0;
	}
	return vm->reg[reg];
}

static void write_reg(struct vm *vm, int reg, uint64_t value)
{
	if (reg >= 10) {
		fault(vm, "write to R10 or beyond");
		return;
	}
	vm->reg[reg] = value;
	vm->known[reg] = true;
}

static uint32_t width(int code)
{
	static const uint32_t widths[] = {4, 2, 1, 8};

	return widths[BPF_SIZE(code) >> 3];
}

/* Offset in the stack, or -1. */
static int stack_pos(const struct vm *vm, uint64_t addr, uint32_t size)
{
	uint64_t top = (uint64_t)(uintptr_t)vm->stack + STACK_SIZE;
	uint64_t low = top - vm->run->stack_max;

	if (addr < low || addr > top - size || addr % size)
		return -1;
	return (int)(addr - (uint64_t)(uintptr_t)vm->stack);
}

static void run_ldx(struct vm *vm, const struct bpf_insn *insn)
{
	uint64_t addr = read_reg(vm, insn->src_reg) + (uint64_t)(int64_t)insn->off;
	uint64_t ctx = (uint64_t)(uintptr_t)vm->run->ctx, value = 0;
	uint32_t size = width(insn->code);
	int pos = stack_pos(vm, addr, size);

	if (BPF_MODE(insn->code) != BPF_MEM) {
		fault(vm, "unknown load");
	} else if (pos >= 0) {
		for (uint32_t i = 0; i < size; i++)
			if (!vm->stack_known[(uint32_t)pos + i])
				fault(vm, "read of stack that was not written");
		memcpy(&value, vm->stack + pos, size);
	} else if (addr >= ctx && addr <= ctx + vm->run->ctx_size - size) {
		memcpy(&value, (const void *)(uintptr_t)addr, size);
	} else {
		fault(vm, "read outside the context and the stack");
	}
	write_reg(vm, insn->dst_reg, value);
}

static void run_stx(struct vm *vm, const struct bpf_insn *insn)
{
	uint64_t addr = read_reg(vm, insn->dst_reg) + (uint64_t)(int64_t)insn->off;
	uint64_t value = read_reg(vm, insn->src_reg);
	uint32_t size = width(insn->code);
	int pos = stack_pos(vm, addr, size);

	if (BPF_MODE(insn->code) != BPF_MEM || pos < 0) {
		fault(vm, "write outside the stack");
		return;
	}
	memcpy(vm->stack + pos, &value, size);
	memset(vm->stack_known + pos, true, size);
}

static uint64_t shift_count(bool wide, uint64_t b)
{
	return b & (wide ? 63 : 31);
}

static uint64_t alu(struct vm *vm, int op, bool wide, uint64_t a, uint64_t b)
{
	switch (op) {
	case BPF_MOV:
		return b;
	case BPF_ADD:
		return a + b;
	case BPF_SUB:
		return a - b;
	case BPF_MUL:
		return a * b;
	case BPF_DIV:
		return b ? a / b : 0;
	case BPF_MOD:
		return b ? a % b : a;
	case BPF_AND:
		return a & b;
	case BPF_OR:
		return a | b;
	case BPF_XOR:
		return a ^ b;
	case BPF_LSH:
		return a << shift_count(wide, b);
	case BPF_RSH:
		return a >> shift_count(wide, b);
	case BPF_NEG:
		return -a;
	}
	fault(vm, "unknown arithmetic");
	return 0;
}

static uint64_t operand(struct vm *vm, const struct bpf_insn *insn)
{
	if (BPF_SRC(insn->code) == BPF_X)
		return read_reg(vm, insn->src_reg);
	return (uint64_t)(int64_t)insn->imm;
}

static void run_alu(struct vm *vm, const struct bpf_insn *insn)
{
	bool wide = BPF_CLASS(insn->code) == BPF_ALU64;
	int op = BPF_OP(insn->code);
	uint64_t a, b;

	if (op == BPF_END) {
		a = read_reg(vm, insn->dst_reg);
		if (wide || (insn->imm != 16 && insn->imm != 32))
			fault(vm, "unknown byte swap");
		write_reg(vm, insn->dst_reg,
			  insn->imm == 16 ? be16toh((uint16_t)a) : be32toh((uint32_t)a));
		return;
	}
	a = op == BPF_MOV ? 0 : read_reg(vm, insn->dst_reg);
	b = operand(vm, insn);
	if (!wide) {
		a = (uint32_t)a;
		b = (uint32_t)b;
	}
	a = alu(vm, op, wide, a, b);
	write_reg(vm, insn->dst_reg, wide ? a : (uint32_t)a);
}

static void run_call(struct vm *vm, const struct bpf_insn *insn)
{
	uint64_t ctx = read_reg(vm, BPF_REG_1);
	uint64_t offset = read_reg(vm, BPF_REG_2), size = read_reg(vm, BPF_REG_3);

	if (insn->src_reg != BPF_PSEUDO_CALL) {
		fault(vm, "unknown call");
		return;
	}
	write_reg(
		vm, BPF_REG_0,
		(uint64_t)vm->run->load(vm->run->arg, (const void *)(uintptr_t)ctx, offset, size));
	for (int i = BPF_REG_1; i <= BPF_REG_5; i++)
		vm->known[i] = false;
}

static bool compare(struct vm *vm, int op, uint64_t a, uint64_t b)
{
	switch (op) {
	case BPF_JEQ:
		return a == b;
	case BPF_JNE:
		return a != b;
	case BPF_JGT:
		return a > b;
	case BPF_JGE:
		return a >= b;
	case BPF_JLT:
		return a < b;
	case BPF_JLE:
		return a <= b;
	case BPF_JSET:
		return a & b;
	case BPF_JSLT:
		return (int64_t)a < (int64_t)b;
	}
	fault(vm, "unknown jump");
	return false;
}

static void run_jmp(struct vm *vm, const struct bpf_insn *insn)
{
	bool narrow = BPF_CLASS(insn->code) == BPF_JMP32;
	uint64_t a, b;

	if (!narrow && BPF_OP(insn->code) == BPF_EXIT) {
		vm->run->result = read_reg(vm, BPF_REG_0);
		vm->done = true;
	} else if (!narrow && BPF_OP(insn->code) == BPF_CALL) {
		run_call(vm, insn);
	} else if (!narrow && BPF_OP(insn->code) == BPF_JA) {
		vm->pc += insn->off;
	} else {
		a = read_reg(vm, insn->dst_reg);
		b = operand(vm, insn);
		if (narrow && BPF_OP(insn->code) == BPF_JSLT)
			fault(vm, "unknown jump");
		if (narrow ? compare(vm, BPF_OP(insn->code), (uint32_t)a, (uint32_t)b)
			   : compare(vm, BPF_OP(insn->code), a, b))
			vm->pc += insn->off;
	}
}

static void run_insn(struct vm *vm, const struct bpf_insn *insn)
{
	switch (BPF_CLASS(insn->code)) {
	case BPF_LDX:
		run_ldx(vm, insn);
		break;
	case BPF_STX:
		run_stx(vm, insn);
		break;
	case BPF_ALU:
	case BPF_ALU64:
		run_alu(vm, insn);
		break;
	case BPF_JMP:
	case BPF_JMP32:
		run_jmp(vm, insn);
		break;
	default:
		fault(vm, "unknown instruction");
	}
}

void ebpf_run(struct ebpf_run *run)
{
	struct vm vm = {.run = run};

	run->fault = NULL;
	run->result = 0;
	vm.reg[BPF_REG_1] = (uint64_t)(uintptr_t)run->ctx;
	vm.reg[BPF_REG_10] = (uint64_t)(uintptr_t)vm.stack + STACK_SIZE;
	vm.known[BPF_REG_1] = vm.known[BPF_REG_10] = true;
	for (run->steps = 0; !vm.done; run->steps++) {
		if (vm.pc < 0 || vm.pc >= run->len)
			fault(&vm, "jump out of the program");
		else if (run->steps == STEPS_MAX)
			fault(&vm, "the program does not end");
		else
			run_insn(&vm, &run->insns[vm.pc++]);
	}
}
