/** Requests for a prompt that must be refused, and what the refusal says. */
export interface PromptRow {
  why: string;
  /** `params` as they stand on the wire. */
  params: string;
  code: number;
  says: RegExp;
}

const REVIEW = '"name":"review_book"';
const INVALID = -32602;
const MALFORMED = -32600;

export const attacks: readonly PromptRow[] = [
  {
    why: 'an unknown name',
    params: '{"name":"nobody"}',
    code: INVALID,
    says: /^not_found: Unknown prompt: nobody\nThere are: review_book, open_shift\.$/,
  },
  { why: 'a name in capitals', params: '{"name":"REVIEW_BOOK"}', code: INVALID, says: /^not_found: Unknown prompt: REVIEW_BOOK\n/ },
  { why: 'a name of an object’s own', params: '{"name":"__proto__"}', code: INVALID, says: /^not_found: Unknown prompt: __proto__\n/ },
  {
    why: 'a name that hides what follows',
    params: '{"name":"a\\u202eb"}',
    code: INVALID,
    says: /^not_found: Unknown prompt: a\\u\{202e\}b\n/,
  },
  { why: 'a name without end', params: `{"name":"${'x'.repeat(1_000_000)}"}`, code: INVALID, says: /^not_found: Unknown prompt: x{100}\n/ },
  { why: 'no name', params: '{}', code: INVALID, says: /name/ },
  { why: 'a name that is no text', params: '{"name":["review_book"]}', code: INVALID, says: /name/ },
  {
    why: 'no arguments',
    params: `{${REVIEW}}`,
    code: INVALID,
    says: /^invalid_input: .*expected string.*\n.*title\nFix the arguments and ask again\.$/,
  },
  { why: 'an empty argument', params: `{${REVIEW},"arguments":{"title":""}}`, code: INVALID, says: /^invalid_input: .*name a book/ },
  {
    why: 'none of the choices',
    params: `{${REVIEW},"arguments":{"title":"a","tone":"odd"}}`,
    code: INVALID,
    says: /^invalid_input: .*"kind"\|"harsh"/,
  },
  {
    why: 'an unknown argument',
    params: `{${REVIEW},"arguments":{"title":"a","author":"b"}}`,
    code: INVALID,
    says: /^invalid_input: .*Unrecognized key: "author"/,
  },
  {
    why: 'an argument of an object’s own',
    params: `{${REVIEW},"arguments":{"title":"a","constructor":"b"}}`,
    code: INVALID,
    says: /Unrecognized key: "constructor"/,
  },
  {
    why: 'an unknown argument that hides what follows',
    params: `{${REVIEW},"arguments":{"title":"a","b\\u202ec":"d"}}`,
    code: INVALID,
    says: /"b\\u\{202e\}c"/,
  },
  {
    why: 'an argument where there is none',
    params: '{"name":"open_shift","arguments":{"title":"a"}}',
    code: INVALID,
    says: /Unrecognized key: "title"/,
  },
  {
    why: 'a number',
    params: `{${REVIEW},"arguments":{"title":1}}`,
    code: INVALID,
    says: /^invalid_input: .*expected string.*\n.*title\nFix the arguments and ask again\.$/,
  },
  {
    why: 'an object',
    params: `{${REVIEW},"arguments":{"title":{"toString":"a"}}}`,
    code: INVALID,
    says: /^invalid_input: .*expected string.*\n.*title\nFix the arguments and ask again\.$/,
  },
  {
    why: 'a list of arguments',
    params: `{${REVIEW},"arguments":["a"]}`,
    code: INVALID,
    says: /^invalid_input: .*expected object, received array/,
  },
  {
    why: 'an argument that changes a prototype',
    params: `{${REVIEW},"arguments":{"title":"a","__proto__":{"polluted":true}}}`,
    code: MALFORMED,
    says: /no member may be called __proto__/,
  },
  {
    why: 'a prototype as text',
    params: `{${REVIEW},"arguments":{"title":"a","__proto__":"x"}}`,
    code: MALFORMED,
    says: /no member may be called __proto__/,
  },
  {
    why: 'text beyond the budget',
    params: `{${REVIEW},"arguments":{"title":"${'x'.repeat(50_000)}"}}`,
    code: INVALID,
    says: /^too_large: The prompt has 5\d{4} characters; the limit is 40000\.\n/,
  },
  {
    why: 'text that the budget holds until it is made visible',
    params: `{${REVIEW},"arguments":{"title":"${'\\u202e'.repeat(30_000)}"}}`,
    code: INVALID,
    says: /^too_large: /,
  },
];
