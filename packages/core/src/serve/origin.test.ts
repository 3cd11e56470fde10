import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { headerPolicy, headerProblem, isLoopback } from './origin.ts';

const HOST = expect.stringMatching(/^Host is not allowed/);
const ORIGIN = expect.stringMatching(/^Origin is not allowed/);

const policy = headerPolicy('192.168.1.2', 3001, ['Mcp.Example.com', 'proxy:8443'], ['https://App.example.com/', 'vscode-webview://panel']);

/** A request with the headers given, as Node presents it. */
function request(...headers: [string, string][]): IncomingMessage {
  const message = new IncomingMessage(new Socket());
  message.url = '/mcp';
  for (const [name, value] of headers) {
    message.headers[name.toLowerCase()] ??= value;
    message.headersDistinct[name.toLowerCase()] = [...(message.headersDistinct[name.toLowerCase()] ?? []), value];
  }
  return message;
}

describe('Host', () => {
  test.each([
    'localhost:3001',
    'LocalHost:3001',
    '127.0.0.1:3001',
    '[::1]:3001',
    '192.168.1.2:3001',
    'mcp.example.com',
    'MCP.example.com',
    'proxy:8443',
  ])('%s is taken', (host) => {
    expect(headerProblem(request(['Host', host]), policy)).toBeUndefined();
  });

  test.each([
    '',
    'localhost',
    'localhost:3002',
    'localhost:3001.',
    'localhost.:3001',
    'localhost:03001',
    'evil.example.com',
    'evil.example.com:3001',
    'localhost:3001@evil.example.com',
    'evil.example.com#localhost:3001',
    'mcp.example.com:3001',
    'sub.mcp.example.com',
    'proxy',
    '0.0.0.0:3001',
    '127.1:3001',
    '2130706433:3001',
    '::1:3001',
    ' localhost:3001',
  ])('%j is refused', (host) => {
    expect(headerProblem(request(['Host', host]), policy)).toEqual(HOST);
  });

  test('none is refused', () => {
    expect(headerProblem(request(), policy)).toEqual(HOST);
  });

  test('two are refused, even two good ones', () => {
    expect(headerProblem(request(['Host', 'localhost:3001'], ['Host', 'localhost:3001']), policy)).toEqual(HOST);
    expect(headerProblem(request(['Host', 'localhost:3001'], ['host', 'evil']), policy)).toEqual(HOST);
  });

  test('an IPv6 address is bound and named in brackets', () => {
    expect(headerProblem(request(['Host', '[fd00::1]:3001']), headerPolicy('fd00::1', 3001, [], []))).toBeUndefined();
  });
});

describe('Origin', () => {
  test.each(['http://localhost:3001', 'http://127.0.0.1:3001', 'http://[::1]:3001', 'https://app.example.com', 'vscode-webview://panel'])(
    '%s is taken',
    (origin) => {
      expect(headerProblem(request(['Host', 'localhost:3001'], ['Origin', origin]), policy)).toBeUndefined();
    },
  );

  test.each([
    'null',
    '',
    'http://localhost',
    'http://localhost:3002',
    'https://localhost:3001',
    'http://app.example.com',
    'https://app.example.com:8443',
    'https://app.example.com.evil.com',
    'https://evil.com/https://app.example.com',
    'https://app.example.com/',
    'vscode-webview://other',
    'http://mcp.example.com',
  ])('%j is refused', (origin) => {
    expect(headerProblem(request(['Host', 'localhost:3001'], ['Origin', origin]), policy)).toEqual(ORIGIN);
  });
});

test.each(['http://evil.example.com/mcp', 'localhost:3001', '*', '', undefined])('the target %j is refused', (url) => {
  const aimed = Object.assign(request(['Host', 'localhost:3001']), { url });
  expect(headerProblem(aimed, policy)).toBe('The request target must be a path.');
});

test.each([
  ['localhost', true],
  ['127.0.0.1', true],
  ['127.255.0.3', true],
  ['::1', true],
  ['0.0.0.0', false],
  ['::', false],
  ['192.168.1.2', false],
  ['127.0.0.1.evil.com', false],
  ['1127.0.0.1', false],
  ['localhost.evil.com', false],
  ['', false],
])('%s is loopback: %s', (host, loopback) => {
  expect(isLoopback(host)).toBe(loopback);
});

test('on port 80 a name needs no port', () => {
  expect(headerPolicy('127.0.0.1', 80, [], []).hosts).toContain('localhost');
  expect(headerPolicy('127.0.0.1', 8080, [], []).hosts).not.toContain('localhost');
});
