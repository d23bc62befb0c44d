/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cbpf_caret.c - where in a filter expression libpcap's complaint is about (see cbpf_caret.h).
 *
 * A message that quotes a word or a number of the expression is about that word. For "syntax error"
 * the fault is the first token that no continuation makes right: each longer beginning of the
 * expression is tried with a few endings. Words that are not of the language are replaced by an
 * address there, so that nothing is looked up in the DNS.
 */
#include "filter/cbpf_caret.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

#include "base/buf.h"
#include "base/util.h"

/* Longer expressions get no caret at a syntax error: the search tries every token. */
#define TOKENS_MAX 64

/* Nested parentheses and brackets that a trial may put a relation behind; one more puts none. */
#define DEPTH_MAX 8

struct token {
	size_t pos, len;
};

/* pcap-filter(7), without the names of protocols that nobody mistypes. */
static const char *const language[] = {
	"aarp",		"ah",
	"and",		"arp",
	"atalk",	"broadcast",
	"decnet",	"dst",
	"esp",		"ether",
	"fddi",		"gateway",
	"geneve",	"greater",
	"host",		"icmp",
	"icmp6",	"icmptype",
	"icmpcode",	"icmp6type",
	"icmp6code",	"ifindex",
	"ifname",	"igmp",
	"igrp",		"inbound",
	"ip",		"ip6",
	"ipx",		"iso",
	"lat",		"len",
	"less",		"link",
	"llc",		"mask",
	"moprc",	"mopdl",
	"mpls",		"multicast",
	"net",		"netbeui",
	"not",		"or",
	"outbound",	"pim",
	"port",		"portrange",
	"pppoed",	"pppoes",
	"proto",	"protochain",
	"rarp",		"sctp",
	"src",		"stp",
	"tcp",		"tcpflags",
	"tr",		"udp",
	"vlan",		"vrrp",
	"wlan",		"tcp-fin",
	"tcp-syn",	"tcp-rst",
	"tcp-push",	"tcp-ack",
	"tcp-urg",	"tcp-ece",
	"tcp-cwr",	"carp",
	"l1",		"l2",
	"iih",		"lsp",
	"snp",		"csnp",
	"psnp",		"clnp",
	"esis",		"isis",
	"sio",		"opc",
	"dpc",		"sls",
	"hopcount",	"action",
	"reason",	"rnr",
	"rset",		"rulenum",
	"srnr",		"ruleset",
	"type",		"subtype",
	"dir",		"addr1",
	"addr2",	"addr3",
	"addr4",	"ra",
	"ta",		"icmp-echo",
	"icmp-unreach", "icmp-echoreply",
};

static bool is_word_char(char c)
{
	return isalnum((unsigned char)c) || strchr("._-:", c);
}

/* The next token at or after pos: a word, or one other character. */
static bool next_token(const char *expr, size_t pos, struct token *token)
{
	size_t len = 0;

	pos += strspn(expr + pos, " \t\r\n");
	if (!expr[pos])
		return false;
	while (expr[pos + len] && is_word_char(expr[pos + len]))
		len++;
	*token = (struct token){pos, len ? len : 1};
	return true;
}

static bool is_of_language(const char *word, size_t len)
{
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(language); i++)
		if (strlen(language[i]) == len && !strncmp(language[i], word, len))
			return true;
	return false;
}

/* A name that libpcap would look up, or a mistyped word of the language. */
static bool is_foreign(const char *expr, const struct token *token)
{
	return isalpha((unsigned char)expr[token->pos]) && !strchr(expr + token->pos, '\\') &&
	       !memchr(expr + token->pos, ':', token->len) &&
	       !is_of_language(expr + token->pos, token->len);
}

/* Where `word` stands in expr as a whole token, or -1. */
static int find_word(const char *expr, const char *word, size_t len)
{
	struct token token = {0};

	while (len && next_token(expr, token.pos + token.len, &token))
		if (token.len == len && !strncmp(expr + token.pos, word, len))
			return (int)token.pos;
	return -1;
}

/* The text between a pair of quotes in the message. */
static int find_quoted(const char *expr, const char *words, const char quote)
{
	const char *from = strchr(words, quote);
	const char *to = from ? strchr(from + 1, quote) : NULL;
	const char *found;

	if (!to || to == from + 1)
		return -1;
	found = memmem(expr, strlen(expr), from + 1, (size_t)(to - from - 1));
	if (!found)
		return -1;
	if (find_word(expr, from + 1, (size_t)(to - from - 1)) >= 0)
		return find_word(expr, from + 1, (size_t)(to - from - 1));
	return (int)(found - expr);
}

/* "illegal port number 99999 > 65535" */
static int find_number(const char *expr, const char *words)
{
	for (const char *p = words; *p; p += strcspn(p, " ")) {
		size_t len;

		p += strspn(p, " ");
		len = strcspn(p, " ");
		if (isdigit((unsigned char)*p) && find_word(expr, p, len) >= 0)
			return find_word(expr, p, len);
	}
	return -1;
}

/* A word of the language that was probably meant: near, and people get the first letter right. */
static const char *near_word(const char *expr, const struct token *token)
{
	char word[32];
	size_t found[8], n;

	if (token->len < 3 || token->len >= sizeof(word))
		return NULL;
	memcpy(word, expr + token->pos, token->len);
	word[token->len] = '\0';
	n = util_near_names(word, language, UTIL_ARRAY_SIZE(language), found,
			    UTIL_ARRAY_SIZE(found));
	for (size_t i = 0; i < n; i++)
		if (language[found[i]][0] == word[0])
			return language[found[i]];
	return NULL;
}

/*
 * A trial is the expression up to the end of tokens[n - 1], with names replaced, then `ending`,
 * then what closes its open parentheses and brackets, with "= 1" behind `relation_at` of these.
 */
static void build_trial(struct buf *b, const char *expr, const struct token *tokens, size_t n,
			const char *ending, size_t relation_at)
{
	char closers[TOKENS_MAX];
	size_t depth = 0;

	buf_reset(b);
	for (size_t i = 0; i < n; i++) {
		size_t gap = i ? tokens[i - 1].pos + tokens[i - 1].len : 0;
		char c = expr[tokens[i].pos];

		buf_add(b, expr + gap, tokens[i].pos - gap);
		if (is_foreign(expr, &tokens[i]))
			buf_add_str(b, "1.2.3.4");
		else
			buf_add(b, expr + tokens[i].pos, tokens[i].len);
		if (c == '(' || c == '[')
			closers[depth++] = c == '(' ? ')' : ']';
		else if (depth && c == closers[depth - 1])
			depth--;
	}
	buf_add_str(b, ending);
	for (size_t i = 0; i <= depth; i++) {
		if (i == relation_at)
			buf_add_str(b, " = 1");
		if (i < depth)
			buf_add_char(b, closers[depth - 1 - i]);
	}
}

static bool can_go_on(const char *expr, const struct token *tokens, size_t n,
		      cbpf_caret_grammar_fn is_grammatical, void *arg)
{
	static const char *const endings[] = {
		"",    " 1",	" tcp",	 " 1.2.3.4", " 1:2:3:4:5:6", "= 1",
		"[1]", "& tcp", "| tcp", "> 1",	     "< 1",
	};
	struct buf b;
	bool ok = false;

	buf_init(&b);
	for (size_t i = 0; i < UTIL_ARRAY_SIZE(endings) && !ok; i++) {
		for (size_t relation_at = 0; relation_at <= DEPTH_MAX && !ok; relation_at++) {
			build_trial(&b, expr, tokens, n, endings[i], relation_at);
			ok = buf_failed(&b) || is_grammatical(buf_str(&b), arg);
		}
	}
	buf_fini(&b);
	return ok;
}

static void find_syntax_error(struct cbpf_caret *caret, const char *expr,
			      cbpf_caret_grammar_fn is_grammatical, void *arg)
{
	struct token tokens[TOKENS_MAX];
	size_t n = 0, bad = 0, at;

	while (n < TOKENS_MAX &&
	       next_token(expr, n ? tokens[n - 1].pos + tokens[n - 1].len : 0, &tokens[n]))
		n++;
	if (n == TOKENS_MAX)
		return;
	while (bad < n && can_go_on(expr, tokens, bad + 1, is_grammatical, arg))
		bad++;
	caret->pos = bad < n ? (int)tokens[bad].pos : (int)strlen(expr);
	/* "tcp prot 80": the grammar stumbles over 80, the user over the word before it */
	for (at = bad < n ? bad + 1 : n; at > 0 && at + 1 > bad; at--) {
		const struct token *token = &tokens[at - 1];

		if (!is_foreign(expr, token) || !near_word(expr, token))
			continue;
		caret->near = near_word(expr, token);
		caret->pos = (int)token->pos;
	}
}

void cbpf_caret_find(struct cbpf_caret *caret, const char *expr, const char *words,
		     cbpf_caret_grammar_fn is_grammatical, void *arg)
{
	*caret = (struct cbpf_caret){.pos = -1};
	if (strstr(words, "syntax error")) {
		find_syntax_error(caret, expr, is_grammatical, arg);
		return;
	}
	caret->pos = find_quoted(expr, words, '\'');
	if (caret->pos < 0)
		caret->pos = find_quoted(expr, words, '"');
	if (caret->pos < 0)
		caret->pos = find_number(expr, words);
}
