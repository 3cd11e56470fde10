/**
 * What a client may send in place of a proper message: as an HTTP body and as a line of stdin. `expect` is the JSON-RPC code of the
 * refusal, the code of a tool's error, `ok` for a result, or `silence` where nothing must answer.
 */
export interface MessageRow {
  id: string;
  why: string;
  raw: string | Buffer | (() => string | Buffer);
  expect: number | 'ok' | 'silence' | 'invalid_input';
  /** The id of the answer; 1 unless it says otherwise. */
  to?: string | number | null;
  /** The HTTP status, where it is not 400 for a refusal, 200 for an answer and 202 for silence. */
  status?: number;
}

/** A call of `echo_text` with raw JSON as arguments. */
const echo = (args: string, more = '') =>
  `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo_text","arguments":${args}${more}}}`;
const ping = (id: string) => `{"jsonrpc":"2.0","id":${id},"method":"ping"}`;
const count = (items: string) =>
  `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"count_items","arguments":{"items":${items}}}}`;
const bytes = (...parts: (string | number[])[]) => Buffer.concat(parts.map((part) => Buffer.from(part as string)));

export const messages: readonly MessageRow[] = [
  // Not JSON
  { id: 'TR-027', why: 'words', raw: 'hello', expect: -32700, to: null },
  { id: 'TR-027', why: 'half a message', raw: '{"jsonrpc":"2.0","id":1,', expect: -32700, to: null },
  { id: 'TR-027', why: 'two messages at once', raw: `${ping('1')}${ping('2')}`, expect: -32700, to: null },
  { id: 'TR-027', why: 'a comment', raw: `${ping('1')}//`, expect: -32700, to: null },
  { id: 'TR-027', why: 'NaN', raw: ping('NaN'), expect: -32700, to: null },
  { id: 'TR-027', why: 'a NUL', raw: `${ping('1')}\0`, expect: -32700, to: null },
  { id: 'TR-027', why: 'UTF-16', raw: Buffer.from(ping('1'), 'utf16le'), expect: -32700, to: null },
  { id: 'TR-027', why: 'no UTF-8', raw: bytes('{"jsonrpc":"2.0","id":1,"method":"', [0xff, 0xfe], '"}'), expect: -32700, to: null },
  {
    id: 'TR-027',
    why: 'an overlong "/" (0xc0 0xaf)',
    raw: bytes(echo('{"text":"').slice(0, -2), [0xc0, 0xaf], '"}}}'),
    expect: -32700,
    to: null,
  },
  {
    id: 'TR-027',
    why: 'a surrogate as UTF-8 (CESU-8)',
    raw: bytes(echo('{"text":"').slice(0, -2), [0xed, 0xa0, 0xbd], '"}}}'),
    expect: -32700,
    to: null,
  },
  { id: 'TR-027', why: 'a byte order mark is passed over', raw: `\ufeff${ping('1')}`, expect: 'ok' },
  { id: 'TR-027', why: 'white space around it', raw: ` \t${ping('1')} \r`, expect: 'ok' },
  // Not a message
  { id: 'TR-013', why: 'null', raw: 'null', expect: -32600, to: null },
  { id: 'TR-013', why: 'a number', raw: '1', expect: -32600, to: null },
  { id: 'TR-013', why: 'a string', raw: '"ping"', expect: -32600, to: null },
  { id: 'TR-013', why: 'nothing in it', raw: '{}', expect: -32600, to: null },
  { id: 'TR-013', why: 'another version', raw: '{"jsonrpc":"1.0","id":1,"method":"ping"}', expect: -32600 },
  { id: 'TR-013', why: 'a version that is a number', raw: '{"jsonrpc":2.0,"id":1,"method":"ping"}', expect: -32600 },
  { id: 'TR-013', why: 'no method', raw: '{"jsonrpc":"2.0","id":1}', expect: -32600 },
  { id: 'TR-013', why: 'a member too many', raw: '{"jsonrpc":"2.0","id":1,"method":"ping","extra":1}', expect: -32600 },
  { id: 'TR-013', why: 'request and answer in one', raw: '{"jsonrpc":"2.0","id":1,"method":"ping","result":{}}', expect: -32600 },
  // Ids
  { id: 'TR-013', why: 'id null', raw: ping('null'), expect: -32600, to: null },
  { id: 'TR-013', why: 'id an object', raw: ping('{}'), expect: -32600, to: null },
  { id: 'TR-013', why: 'id a list', raw: ping('[1]'), expect: -32600, to: null },
  { id: 'TR-013', why: 'id true', raw: ping('true'), expect: -32600, to: null },
  { id: 'TR-013', why: 'id infinite', raw: ping('1e400'), expect: -32600, to: null },
  { id: 'TR-013', why: 'id a fraction', raw: ping('1.5'), expect: -32600, to: null },
  { id: 'TR-013', why: 'id beyond exact integers', raw: ping('9007199254740993'), expect: -32600, to: null },
  { id: 'TR-013', why: 'id huge', raw: () => ping(`"${'x'.repeat(1_000_000)}"`), expect: -32600, to: null },
  { id: 'TR-013', why: 'id of 256 characters', raw: ping(`"${'x'.repeat(256)}"`), expect: 'ok', to: 'x'.repeat(256) },
  { id: 'TR-013', why: 'id empty', raw: ping('""'), expect: 'ok', to: '' },
  { id: 'TR-013', why: 'id named like a member of every object', raw: ping('"__proto__"'), expect: 'ok', to: '__proto__' },
  { id: 'ST-004', why: 'id with line ends of Unicode', raw: ping('"a\u0085b\u2028c"'), expect: 'ok', to: 'a\u0085b\u2028c' },
  { id: 'TR-013', why: 'id 0', raw: ping('0'), expect: 'ok', to: 0 },
  {
    id: 'TR-013',
    why: 'id twice in one message: the last counts',
    raw: '{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}',
    expect: 'ok',
    to: 2,
  },
  // Methods and params
  { id: 'TR-013', why: 'method a number', raw: '{"jsonrpc":"2.0","id":1,"method":5}', expect: -32600 },
  { id: 'TR-013', why: 'method null', raw: '{"jsonrpc":"2.0","id":1,"method":null}', expect: -32600 },
  { id: 'TR-013', why: 'method of 1 MB', raw: () => `{"jsonrpc":"2.0","id":1,"method":"${'m'.repeat(1 << 20)}"}`, expect: -32600 },
  { id: 'TR-013', why: 'method unknown', raw: '{"jsonrpc":"2.0","id":1,"method":"nope"}', expect: -32601, status: 200 },
  { id: 'TR-013', why: 'method empty', raw: '{"jsonrpc":"2.0","id":1,"method":""}', expect: -32601, status: 200 },
  { id: 'TR-013', why: 'method constructor', raw: '{"jsonrpc":"2.0","id":1,"method":"constructor"}', expect: -32601, status: 200 },
  { id: 'TR-013', why: 'method __proto__', raw: '{"jsonrpc":"2.0","id":1,"method":"__proto__"}', expect: -32601, status: 200 },
  { id: 'TR-013', why: 'params a list', raw: '{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}', expect: -32600 },
  { id: 'TR-013', why: 'params null', raw: '{"jsonrpc":"2.0","id":1,"method":"ping","params":null}', expect: -32600 },
  { id: 'TR-013', why: 'params text', raw: '{"jsonrpc":"2.0","id":1,"method":"ping","params":"x"}', expect: -32600 },
  { id: 'TR-013', why: '_meta a number', raw: echo('{"text":"x"}', ',"_meta":5'), expect: -32600 },
  { id: 'TR-013', why: 'progressToken an object', raw: echo('{"text":"x"}', ',"_meta":{"progressToken":{}}'), expect: -32600 },
  {
    id: 'TR-013',
    why: 'traceparent that is none',
    raw: echo('{"text":"x"}', String.raw`,"_meta":{"traceparent":"00-\n{}"}`),
    expect: 'ok',
  },
  // Tools
  { id: 'TR-013', why: 'no params for a call', raw: '{"jsonrpc":"2.0","id":1,"method":"tools/call"}', expect: -32602, status: 200 },
  { id: 'TR-013', why: 'a call with a member too many', raw: echo('{"text":"x"}').replace('"id"', '"extra":1,"id"'), expect: -32600 },
  { id: 'TR-013', why: 'a call and its answer in one', raw: echo('{"text":"x"}').replace('"id"', '"result":{},"id"'), expect: -32600 },
  { id: 'TR-013', why: 'a call and an error in one', raw: echo('{"text":"x"}').replace('"id"', '"error":{},"id"'), expect: -32600 },
  {
    id: 'TR-013',
    why: 'a call without a tool',
    raw: '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{}}',
    expect: -32602,
    status: 200,
  },
  { id: 'TR-013', why: 'a call with null for _meta', raw: echo('{"text":"x"}', ',"_meta":null'), expect: -32600 },
  { id: 'TR-013', why: 'a list with a member too many', raw: '{"jsonrpc":"2.0","id":1,"method":"tools/list","extra":1}', expect: -32600 },
  { id: 'TR-013', why: 'a list and its answer in one', raw: '{"jsonrpc":"2.0","id":1,"method":"tools/list","result":{}}', expect: -32600 },
  {
    id: 'TR-013',
    why: 'a cursor that is a number (the code is the SDK’s)',
    raw: '{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"cursor":5}}',
    expect: -32603,
    status: 200,
  },
  { id: 'TR-013', why: 'a list, plainly', raw: '{"jsonrpc":"2.0","id":1,"method":"tools/list"}', expect: 'ok' },
  {
    id: 'TR-013',
    why: 'a list with an id to be escaped',
    raw: JSON.stringify({ jsonrpc: '2.0', id: '"\\\n</script>', method: 'tools/list' }),
    expect: 'ok',
    to: '"\\\n</script>',
  },
  {
    id: 'TR-013',
    why: 'tool name a number',
    raw: '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":5}}',
    expect: -32602,
    status: 200,
  },
  { id: 'TR-013', why: 'arguments a list', raw: echo('[]'), expect: -32602, status: 200 },
  { id: 'TR-013', why: 'arguments null', raw: echo('null'), expect: -32602, status: 200 },
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'nope', '', '\\u0000', 'echo_text ', 'ECHO_TEXT'].map((name) => ({
    id: 'TR-012',
    why: `tool called "${name}"`,
    raw: `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"${name}","arguments":{"text":"x"}}}`,
    expect: -32602,
    status: 200,
  })),
  {
    id: 'TR-012',
    why: 'no arguments',
    raw: '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo_text"}}',
    expect: 'invalid_input',
  },
  { id: 'TR-012', why: 'an argument too many', raw: echo('{"text":"x","texts":"y"}'), expect: 'invalid_input' },
  {
    id: 'TR-012',
    why: 'an argument called constructor',
    raw: echo('{"text":"x","constructor":{"prototype":{"polluted":1}}}'),
    expect: 'invalid_input',
  },
  { id: 'TR-012', why: 'an argument called toString', raw: echo('{"text":"x","toString":null}'), expect: 'invalid_input' },
  { id: 'TR-012', why: 'an object where text belongs', raw: echo('{"text":{"toString":"x"}}'), expect: 'invalid_input' },
  { id: 'TR-012', why: 'an argument called __proto__', raw: echo('{"text":"x","__proto__":{"polluted":1}}'), expect: -32600 },
  { id: 'TR-012', why: '__proto__ spelled with an escape', raw: echo('{"text":"x","\\u005f_proto__":{"polluted":1}}'), expect: -32600 },
  { id: 'TR-012', why: '__proto__ deep in the arguments', raw: count('[{"a":{"__proto__":{"polluted":1}}}]'), expect: -32600 },
  { id: 'TR-012', why: '__proto__ in _meta', raw: echo('{"text":"x"}', ',"_meta":{"__proto__":{"polluted":1}}'), expect: -32600 },
  {
    id: 'TR-012',
    why: '__proto__ beside the method',
    raw: '{"jsonrpc":"2.0","id":1,"method":"ping","__proto__":{"polluted":1}}',
    expect: -32600,
  },
  { id: 'TR-012', why: 'constructor.prototype as data', raw: count('[{"constructor":{"prototype":{"polluted":1}}}]'), expect: 'ok' },
  // Size and depth
  { id: 'TR-010', why: '1.3 million elements in 4 MB', raw: () => count(`[${'"",'.repeat(1_300_000)}""]`), expect: -32600 },
  {
    id: 'TR-010',
    why: '500 thousand keys',
    raw: () => echo(`{${Array.from({ length: 300_000 }, (_, key) => `"${key}":0`).join()}}`),
    expect: -32600,
  },
  { id: 'TR-010', why: '10 thousand lists in lists', raw: () => count(`[${'[[]],'.repeat(9_999)}[]]`), expect: -32600 },
  { id: 'TR-010', why: 'a few elements less than too many', raw: () => count(`[${'0,'.repeat(9_000)}0]`), expect: 'ok' },
  { id: 'TR-010', why: 'nested 70 deep', raw: count('['.repeat(70) + ']'.repeat(70)), expect: -32600 },
  { id: 'TR-010', why: 'nested a million deep', raw: () => count('['.repeat(1_000_000) + ']'.repeat(1_000_000)), expect: -32600 },
  {
    id: 'TR-010',
    why: 'objects nested 100 thousand deep',
    raw: () => count(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`),
    expect: -32600,
  },
  { id: 'TR-010', why: 'a list of lists as a whole', raw: () => '['.repeat(100_000) + ']'.repeat(100_000), expect: -32600, to: null },
  { id: 'TR-010', why: 'numbers of 100 thousand digits', raw: () => count(`[${'9'.repeat(100_000)}]`), expect: 'ok' },
  // To nobody
  { id: 'ST-005', why: 'an answer to nothing', raw: '{"jsonrpc":"2.0","id":7,"result":{}}', expect: 'silence' },
  { id: 'ST-005', why: 'an error to nothing', raw: '{"jsonrpc":"2.0","id":7,"error":{"code":1,"message":"x"}}', expect: 'silence' },
  { id: 'ST-005', why: 'an unknown notification', raw: '{"jsonrpc":"2.0","method":"notifications/nope"}', expect: 'silence' },
  { id: 'ST-005', why: 'a request method without id', raw: '{"jsonrpc":"2.0","method":"tools/list"}', expect: 'silence' },
  { id: 'ST-005', why: 'initialized again', raw: '{"jsonrpc":"2.0","method":"notifications/initialized"}', expect: 'silence' },
  {
    id: 'ST-005',
    why: 'cancel of nothing',
    raw: '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":99}}',
    expect: 'silence',
  },
  { id: 'ST-005', why: 'cancel without params', raw: '{"jsonrpc":"2.0","method":"notifications/cancelled"}', expect: 'silence' },
  {
    id: 'ST-005',
    why: 'cancel of an object',
    raw: '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":{"a":1}}}',
    expect: 'silence',
  },
  {
    id: 'ST-005',
    why: 'progress that nobody asked for',
    raw: '{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":1,"progress":1}}',
    expect: 'silence',
  },
  {
    id: 'ST-005',
    why: 'a notification with a request id',
    raw: '{"jsonrpc":"2.0","id":1,"method":"notifications/initialized"}',
    expect: -32601,
    status: 200,
  },
  // Text that is no text
  { id: 'ST-004', why: 'U+2028 and U+2029 as they are', raw: echo('{"text":"a\u2028b\u2029c"}'), expect: 'ok' },
  { id: 'ST-004', why: 'a line end, escaped', raw: echo(String.raw`{"text":"a\nb\r\nc"}`), expect: 'ok' },
  { id: 'ST-004', why: 'half a surrogate pair', raw: echo(String.raw`{"text":"\ud83d"}`), expect: 'ok' },
  { id: 'ST-004', why: 'an escape sequence of terminals', raw: echo(String.raw`{"text":"\u001b[2J\u0007"}`), expect: 'ok' },
];
