/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ctext_so.c - compiling and loading the C text of filters (see ctext_so.h).
 */
#include "ctext_so.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <dlfcn.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "filter/ctext.h"

#ifdef __SANITIZE_ADDRESS__
#define SANITIZE "-fsanitize=address,undefined"
#else
#define SANITIZE "-O1"
#endif

static bool run_compiler(const char *source, const char *object)
{
	const char *cc = getenv("CC");
	char *const argv[] = {(char *)(cc ? cc : "cc"),
			      "-std=c99",
			      "-Wall",
			      "-Wextra",
			      "-Werror",
			      SANITIZE,
			      "-shared",
			      "-fPIC",
			      "-o",
			      (char *)object,
			      (char *)source,
			      NULL};
	int status;
	pid_t pid;

	if (posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ))
		fail_msg("cannot run the C compiler '%s'", argv[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void path_of(const struct ctext_so *so, const char *name, char *path, size_t size)
{
	snprintf(path, size, "%s/%s", so->folder, name);
}

bool ctext_so_compiles(const char *path)
{
	return run_compiler(path, "/dev/null");
}

void ctext_so_begin(struct ctext_so *so)
{
	char path[64];

	*so = (struct ctext_so){.folder = "/tmp/xcap-ctext.XXXXXX"};
	assert_non_null(mkdtemp(so->folder));
	path_of(so, "filters.c", path, sizeof(path));
	so->source = fopen(path, "w");
	assert_non_null(so->source);
	fprintf(so->source, "#include <stdint.h>\n\n");
	ctext_print_helpers(so->source);
}

void ctext_so_add(struct ctext_so *so, const struct cbpf_prog *prog)
{
	char name[32];

	snprintf(name, sizeof(name), "match_%u", so->n++);
	fprintf(so->source, "static ");
	assert_int_equal(ctext_print_function(prog, name, so->source), 0);
}

void ctext_so_load(struct ctext_so *so)
{
	char source[64], object[64];

	/* so that be16() and be32() are used, whatever the filters are */
	fprintf(so->source, "uint32_t used(const uint8_t *p);\n"
			    "uint32_t used(const uint8_t *p)\n{\n\treturn be16(p) + be32(p);\n}\n");
	fprintf(so->source, "extern int (*const matches[])(const uint8_t *, uint32_t, uint32_t);\n"
			    "int (*const matches[])(const uint8_t *, uint32_t, uint32_t) = {\n");
	for (uint32_t i = 0; i < so->n; i++)
		fprintf(so->source, "\tmatch_%u,\n", i);
	fprintf(so->source, "};\n");
	assert_int_equal(fclose(so->source), 0);
	path_of(so, "filters.c", source, sizeof(source));
	path_of(so, "filters.so", object, sizeof(object));
	assert_true(run_compiler(source, object));
	so->handle = dlopen(object, RTLD_NOW);
	if (!so->handle)
		fail_msg("%s", dlerror());
	so->functions = dlsym(so->handle, "matches");
	assert_non_null(so->functions);
}

bool ctext_so_match(const struct ctext_so *so, uint32_t i, const uint8_t *packet, uint32_t caplen,
		    uint32_t len)
{
	int verdict = so->functions[i](packet, caplen, len);

	assert_true(verdict == 0 || verdict == 1);
	return verdict;
}

void ctext_so_end(struct ctext_so *so)
{
	static const char *const names[] = {"filters.c", "filters.so"};
	char path[64];

	dlclose(so->handle);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		path_of(so, names[i], path, sizeof(path));
		assert_int_equal(unlink(path), 0);
	}
	assert_int_equal(rmdir(so->folder), 0);
}
