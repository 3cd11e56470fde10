/**
 * What an HTTP client may send that is no proper request, byte for byte: the runner adds nothing but what `usual` says. `{port}` stands
 * for the server's port in targets and headers. What the body says is the business of messages.ts; what a client does over time, of
 * http-clients.test.ts.
 */
export interface HttpRow {
  id: string;
  why: string;
  /** A good call of `echo_text` unless changed: in the older era, or as the current specification wants it. */
  usual?: 'legacy' | 'modern';
  method?: string;
  target?: string;
  /** In place of, or beside, the usual ones; null leaves one out. */
  headers?: Record<string, string | null>;
  /** Further header lines, as they are. */
  lines?: readonly string[];
  /** In place of the whole request. */
  raw?: string;
  /** In place of the protocol version in `params._meta`. */
  version?: string;
  body?: string | (() => string);
  /** The status; `closed` where the connection ends without an answer. */
  status: number | 'closed';
  /** The JSON-RPC code of the refusal. */
  error?: number;
}

/** Threats to this layer that wait for what this server does not have yet. @public for its readers */
export const waiting = {
  'TR-017': 'no sessions: the rows below show that an id allocates nothing',
  'TR-018': 'no sessions: as above',
  'TR-020': 'no OAuth yet: one static bearer token',
  'TR-023': 'no OAuth yet',
  'TR-024': 'no OAuth yet',
  'ST-007': 'no roots yet',
  'CO-010': 'no scopes yet',
  'CO-012': 'packaging: CI and the release workflow',
  'CO-013': 'packaging: the container image',
  'CO-016': 'no schemas of others are read',
};

const COOKIE_PAGE = { origin: 'https://evil.com' };
const chunked = { 'transfer-encoding': 'chunked', 'content-length': null };
const batch = (...ids: number[]) => JSON.stringify(ids.map((id) => ({ jsonrpc: '2.0', id, method: 'ping' })));

export const http: readonly HttpRow[] = [
  { id: 'TR-001', why: 'the usual request', status: 200 },
  { id: 'TR-001', why: 'a name of this machine', headers: { host: 'LocalHost:{port}' }, status: 200 },
  { id: 'TR-001', why: 'the IPv6 loopback address', headers: { host: '[::1]:{port}' }, status: 200 },
  ...[
    'evil.com:{port}',
    '127.0.0.1.nip.io:{port}',
    'localhost@evil',
    'localhost:{port}@evil.com',
    'evil.com@localhost:{port}',
    '[::1]:3001',
    'localhost',
    'localhost:',
    'localhost:1{port}',
    'localhost:0{port}',
    'localhost.:{port}',
    'localhost.evil.com:{port}',
    '0.0.0.0:{port}',
    '127.1:{port}',
    '2130706433:{port}',
    '127.0.0.2:{port}',
    '[::ffff:127.0.0.1]:{port}',
    'localhost:{port},evil.com',
    'localhost:{port} evil.com',
    'localhost:{port}/mcp',
    'constructor',
    '',
  ].map((host) => ({ id: 'TR-001', why: `Host: ${host}`, headers: { host }, status: 403 })),
  { id: 'TR-001', why: 'no Host', headers: { host: null }, status: 403 },
  { id: 'TR-001', why: 'no Host in HTTP/1.0', raw: 'POST /mcp HTTP/1.0\r\nContent-Type: application/json\r\n\r\n', status: 403 },
  { id: 'TR-001', why: 'no Host in HTTP/0.9', raw: 'GET /mcp\r\n\r\n', status: 403 },
  { id: 'TR-001', why: 'two Hosts', lines: ['Host: evil.com'], status: 403 },
  { id: 'TR-001', why: 'the same Host twice', lines: ['Host: 127.0.0.1:{port}'], status: 403 },
  { id: 'TR-001', why: 'a target with another host', target: 'http://evil.com/mcp', status: 403 },
  { id: 'TR-001', why: 'a target with a host', target: 'http://127.0.0.1:{port}/mcp', status: 403 },
  { id: 'TR-001', why: 'a target that is a host', method: 'CONNECT', target: '127.0.0.1:{port}', status: 'closed' },

  { id: 'TR-002', why: 'its own origin', headers: { origin: 'http://localhost:{port}' }, status: 200 },
  ...[
    'https://evil.com',
    'null',
    '',
    'http://localhost.evil.com',
    'http://localhost:9999',
    'http://localhost',
    'https://localhost:{port}',
    'http://localhost:{port}.evil.com',
    'http://localhost:{port}/',
    'http://evil.com#http://localhost:{port}',
    'http://user@localhost:{port}',
    'HTTP://LOCALHOST:{port}',
    'file://',
    'chrome-extension://abcdefghijklmnop',
    'http://localhost:{port}, https://evil.com',
    '*',
  ].map((origin) => ({ id: 'TR-002', why: `Origin: ${origin}`, headers: { origin }, status: 403 })),
  { id: 'TR-002', why: 'two origins', headers: { origin: 'http://localhost:{port}' }, lines: ['Origin: https://evil.com'], status: 403 },

  {
    id: 'TR-003',
    why: 'preflight of a foreign page',
    method: 'OPTIONS',
    headers: { ...COOKIE_PAGE, 'access-control-request-method': 'POST' },
    status: 403,
  },
  {
    id: 'TR-003',
    why: 'preflight for a private network',
    method: 'OPTIONS',
    headers: { ...COOKIE_PAGE, 'access-control-request-private-network': 'true' },
    status: 403,
  },
  { id: 'TR-003', why: 'preflight of a page of its own', method: 'OPTIONS', headers: { origin: 'http://localhost:{port}' }, status: 204 },

  ...[
    'text/plain',
    'text/plain; application/json',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonx',
    'application/json-patch+json',
    'application/json, text/plain',
    'text/json',
    '',
  ].map((type) => ({ id: 'TR-004', why: `Content-Type: ${type}`, headers: { 'content-type': type }, status: 415 })),
  { id: 'TR-004', why: 'no Content-Type, as a beacon may', headers: { 'content-type': null }, status: 415 },
  { id: 'TR-004', why: 'a parameter', headers: { 'content-type': 'Application/JSON ; charset=utf-8' }, status: 200 },

  { id: 'TR-006', why: 'the usual request of the current era', usual: 'modern', status: 200 },
  { id: 'TR-006', why: 'no Mcp-Method', usual: 'modern', headers: { 'mcp-method': null }, status: 400, error: -32020 },
  { id: 'TR-006', why: 'no Mcp-Name', usual: 'modern', headers: { 'mcp-name': null }, status: 400, error: -32020 },
  { id: 'TR-006', why: 'forged Mcp-Method', usual: 'modern', headers: { 'mcp-method': 'tools/list' }, status: 400, error: -32020 },
  { id: 'TR-006', why: 'forged Mcp-Name', usual: 'modern', headers: { 'mcp-name': 'fail_hard' }, status: 400, error: -32020 },
  { id: 'TR-006', why: 'Mcp-Method in capitals', usual: 'modern', headers: { 'mcp-method': 'TOOLS/CALL' }, status: 400, error: -32020 },
  { id: 'TR-006', why: 'Mcp-Method twice', usual: 'modern', lines: ['Mcp-Method: tools/call'], status: 400, error: -32020 },
  { id: 'TR-006', why: 'Mcp-Name twice', usual: 'modern', lines: ['Mcp-Name: fail_hard'], status: 400, error: -32020 },
  { id: 'TR-006', why: 'Mcp-Name encoded wrongly', usual: 'modern', headers: { 'mcp-name': '=?base64?!!?=' }, status: 400, error: -32020 },
  { id: 'TR-006', why: 'a bare CR in a header', lines: ['Mcp-Param-Region: a\rHost: evil.com'], status: 400 },
  { id: 'TR-006', why: 'a NUL in a header', lines: ['Mcp-Param-Region: a\0b'], status: 400 },
  { id: 'TR-006', why: 'a folded header', lines: ['Mcp-Param-Region: a', ' b'], status: 400 },
  { id: 'TR-006', why: 'a header without a name', lines: [': x'], status: 400 },
  { id: 'TR-006', why: 'a header called __proto__', lines: ['__proto__: polluted', 'constructor: x'], status: 200 },
  { id: 'TR-006', why: 'a header of 20 kB', headers: { 'x-big': 'x'.repeat(20_000) }, status: 431 },
  { id: 'TR-006', why: 'thousands of headers', lines: Array.from({ length: 3_000 }, (_, index) => `X${index}:`), status: 431 },

  { id: 'TR-007', why: 'an unknown version', headers: { 'mcp-protocol-version': '1999-01-01' }, status: 400 },
  { id: 'TR-007', why: 'words for a version', headers: { 'mcp-protocol-version': '__proto__' }, status: 400 },
  {
    id: 'TR-007',
    why: 'two versions',
    headers: { 'mcp-protocol-version': '2025-11-25' },
    lines: ['Mcp-Protocol-Version: 2025-06-18'],
    status: 400,
  },
  {
    id: 'TR-007',
    why: 'the current version, without _meta',
    headers: { 'mcp-protocol-version': '2026-07-28' },
    status: 400,
    error: -32602,
  },
  { id: 'TR-007', why: 'no version header', usual: 'modern', headers: { 'mcp-protocol-version': null }, status: 400, error: -32020 },
  {
    id: 'TR-007',
    why: 'header and _meta differ',
    usual: 'modern',
    headers: { 'mcp-protocol-version': '2025-11-25' },
    status: 400,
    error: -32020,
  },
  { id: 'TR-007', why: 'unknown in _meta', usual: 'modern', version: '1999-01-01', status: 400, error: -32020 },
  {
    id: 'TR-007',
    why: 'unknown in both',
    usual: 'modern',
    version: '1999-01-01',
    headers: { 'mcp-protocol-version': '1999-01-01' },
    status: 400,
    error: -32022,
  },
  { id: 'TR-007', why: 'a batch of the first era', body: batch(1, 2), status: 200 },
  { id: 'TR-007', why: 'a batch later', headers: { 'mcp-protocol-version': '2025-06-18' }, body: batch(1, 2), status: 400, error: -32600 },
  { id: 'TR-007', why: 'a batch now', usual: 'modern', body: batch(1, 2), status: 400, error: -32600 },
  { id: 'TR-007', why: 'nothing in a batch', body: '[]', status: 400, error: -32600 },
  { id: 'TR-007', why: 'a batch in a batch', body: `[${batch(1)}]`, status: 400, error: -32600 },
  { id: 'TR-007', why: 'one id twice in a batch', body: batch(1, 2, 1), status: 400, error: -32600 },
  { id: 'TR-007', why: 'a batch of thousands', body: batch(...Array(3_000).keys()), status: 400, error: -32600 },

  { id: 'TR-008', why: '5 MB', body: () => ' '.repeat(5 << 20), status: 413, error: -32600 },
  {
    id: 'TR-008',
    why: '5 MB in chunks, without a length',
    headers: chunked,
    body: () => `500000\r\n${' '.repeat(5 << 20)}\r\n0\r\n\r\n`,
    status: 413,
    error: -32600,
  },
  {
    id: 'TR-008',
    why: 'a length of 1 GB, and nothing sent',
    headers: { 'content-length': '1073741824' },
    body: '',
    status: 413,
    error: -32600,
  },
  { id: 'TR-008', why: 'a length beyond numbers', headers: { 'content-length': '9'.repeat(400) }, status: 400 },
  { id: 'TR-008', why: '110 kB, which Express refuses', body: () => `${batch(1).slice(1, -1)}${' '.repeat(110_000)}`, status: 200 },
  { id: 'TR-008', why: 'a compressed body', headers: { 'content-encoding': 'gzip' }, status: 415, error: -32600 },
  {
    id: 'TR-008',
    why: 'identity, which is no compression, either',
    headers: { 'content-encoding': 'identity' },
    status: 415,
    error: -32600,
  },
  { id: 'TR-008', why: 'no body', body: '', status: 400, error: -32700 },

  { id: 'TR-017', why: 'a session id of its own', headers: { 'mcp-session-id': '00000000-0000-4000-8000-000000000000' }, status: 200 },
  { id: 'TR-017', why: 'a session id in the current era', usual: 'modern', headers: { 'mcp-session-id': 'x' }, status: 200 },
  {
    id: 'TR-017',
    why: 'a stream for a session',
    method: 'GET',
    headers: { 'mcp-session-id': 'x', accept: 'text/event-stream' },
    status: 405,
  },
  { id: 'TR-017', why: 'a stream to resume', method: 'GET', headers: { 'last-event-id': '1', accept: 'text/event-stream' }, status: 405 },
  { id: 'TR-018', why: 'the end of a session of somebody', method: 'DELETE', headers: { 'mcp-session-id': 'x' }, status: 405 },

  ...['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND', 'QUERY'].map((method) => ({
    id: 'TR-026',
    why: method,
    method,
    status: 405,
  })),
  { id: 'TR-026', why: 'a method of its own', method: 'MCP', status: 400 },
  ...[
    '/',
    '//mcp',
    '/mcp/',
    '/mcp/../x',
    '/x/../mcp',
    '/./mcp',
    '/%6dcp',
    '/mcp%00',
    '/mcp?a=b',
    '/mcp#x',
    '/MCP',
    '/mcp;x',
    '//evil.com/mcp',
    '/.well-known/oauth-protected-resource/../mcp',
    '/healthz/../mcp',
    '/healthz?x',
    '/__proto__',
  ].map((target) => ({ id: 'TR-026', why: target, target, status: 404 })),
  { id: 'TR-026', why: 'the target *', method: 'OPTIONS', target: '*', status: 403 },
  { id: 'TR-026', why: 'a target with a NUL', target: '/mcp\0', status: 400 },
  { id: 'TR-026', why: 'Content-Length and Transfer-Encoding', headers: { 'transfer-encoding': 'chunked' }, status: 400 },
  { id: 'TR-026', why: 'two lengths', lines: ['Content-Length: 3'], status: 400 },
  { id: 'TR-026', why: 'two lengths in one', headers: { 'content-length': '5, 5' }, status: 400 },
  { id: 'TR-026', why: 'a length below zero', headers: { 'content-length': '-1' }, status: 400 },
  { id: 'TR-026', why: 'a length in hexadecimal', headers: { 'content-length': '0x10' }, status: 400 },
  { id: 'TR-026', why: 'a length with a sign', headers: { 'content-length': '+5' }, status: 400 },
  { id: 'TR-026', why: 'an unknown transfer encoding', headers: { ...chunked, 'transfer-encoding': 'xchunked' }, status: 400 },
  { id: 'TR-026', why: 'chunked, but not last', headers: { ...chunked, 'transfer-encoding': 'chunked, identity' }, status: 400 },
  { id: 'TR-026', why: 'a space before the colon', lines: ['Transfer-Encoding : chunked'], status: 400 },
  { id: 'TR-026', why: 'a chunk size that is none', headers: chunked, body: 'zz\r\n{}\r\n0\r\n\r\n', status: 400 },
  { id: 'TR-026', why: 'a chunk size beyond numbers', headers: chunked, body: `${'f'.repeat(20)}\r\n{}`, status: 400 },
  { id: 'TR-026', why: 'a chunk longer than it says', headers: chunked, body: '1\r\n{}\r\n0\r\n\r\n', status: 400 },
  { id: 'TR-026', why: 'lines that end in LF', raw: 'POST /mcp HTTP/1.1\nHost: 127.0.0.1:{port}\n\n', status: 400 },
  { id: 'TR-026', why: 'Expect: 100-continue', headers: { expect: '100-continue' }, status: 417 },
  { id: 'TR-026', why: 'another expectation', headers: { expect: 'the unexpected' }, status: 417 },
  {
    id: 'TR-026',
    why: 'Upgrade to WebSocket',
    headers: { upgrade: 'websocket', connection: 'Upgrade', 'sec-websocket-key': 'x' },
    status: 400,
  },
  {
    id: 'TR-026',
    why: 'Upgrade to HTTP/2',
    headers: { upgrade: 'h2c', connection: 'Upgrade, HTTP2-Settings', 'http2-settings': '' },
    status: 400,
  },
  { id: 'TR-026', why: 'HTTP/2 at once', raw: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', status: 400 },
  { id: 'TR-026', why: 'HTTP/3.0', raw: 'POST /mcp HTTP/3.0\r\nHost: 127.0.0.1:{port}\r\n\r\n', status: 400 },
  { id: 'TR-026', why: 'TLS', raw: '\x16\x03\x01\x00\xc8\x01\x00\x00\xc4\x03\x03', status: 400 },
  { id: 'TR-026', why: 'another protocol', raw: 'SSH-2.0-OpenSSH_9.9\r\n', status: 400 },
];
