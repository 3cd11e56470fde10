import { INITIALIZE, type Message } from '../harness.ts';

/** What a client may say first. `answers` are the ids that must be answered, each with a JSON-RPC code or `ok`. */
export interface OpeningRow {
  id: string;
  why: string;
  opening: readonly (Message | string)[];
  answers: Readonly<Record<string, number | 'ok'>>;
}

const request = (id: number | string, method: string, params: Record<string, unknown> = {}): Message => ({
  jsonrpc: '2.0',
  id,
  method,
  params,
});
const initialize = (id: number, more = {}) => request(id, 'initialize', { ...INITIALIZE, ...more });
const envelope = (protocolVersion: unknown) => ({
  _meta: {
    'io.modelcontextprotocol/protocolVersion': protocolVersion,
    'io.modelcontextprotocol/clientInfo': INITIALIZE.clientInfo,
    'io.modelcontextprotocol/clientCapabilities': {},
  },
});
const echo = { name: 'echo_text', arguments: { text: 'x' } };
const initialized: Message = { jsonrpc: '2.0', method: 'notifications/initialized' };

export const openings: readonly OpeningRow[] = [
  { id: 'ST-005', why: 'a call before initialize', opening: [request(1, 'tools/call', echo)], answers: { 1: 'ok' } },
  { id: 'ST-005', why: 'a list before initialize', opening: [request(1, 'tools/list'), initialize(2)], answers: { 1: 'ok', 2: 'ok' } },
  {
    id: 'ST-005',
    why: 'initialize twice',
    opening: [initialize(1), initialize(2), request(3, 'ping')],
    answers: { 1: 'ok', 2: 'ok', 3: 'ok' },
  },
  {
    id: 'ST-005',
    why: 'all at once, without waiting',
    opening: [initialize(1), initialized, request(2, 'tools/call', echo)],
    answers: { 1: 'ok', 2: 'ok' },
  },
  { id: 'ST-005', why: 'initialize without params', opening: [request(1, 'initialize'), initialize(2)], answers: { 1: -32603, 2: 'ok' } },
  { id: 'ST-005', why: 'an answer first', opening: [{ jsonrpc: '2.0', id: 1, result: {} }, request(2, 'ping')], answers: { 2: 'ok' } },
  { id: 'ST-005', why: 'initialized first', opening: [initialized, request(2, 'ping')], answers: { 2: 'ok' } },
  { id: 'ST-005', why: 'rubbish first', opening: ['GET / HTTP/1.1', 'Host: x', '', initialize(2)], answers: { null: -32700, 2: 'ok' } },
  { id: 'TR-007', why: 'an unknown version', opening: [initialize(1, { protocolVersion: '1999-01-01' })], answers: { 1: 'ok' } },
  {
    id: 'TR-007',
    why: 'the current era',
    opening: [request(1, 'tools/call', { ...echo, ...envelope('2026-07-28') })],
    answers: { 1: 'ok' },
  },
  {
    id: 'TR-007',
    why: 'an unknown era',
    opening: [request(1, 'tools/list', envelope('1999-01-01')), request(2, 'ping')],
    answers: { 1: -32022, 2: 'ok' },
  },
  {
    id: 'TR-007',
    why: 'an era that is a number',
    opening: [request(1, 'tools/list', envelope(5)), request(2, 'ping')],
    answers: { 1: -32602, 2: 'ok' },
  },
  {
    id: 'TR-007',
    why: 'one era, then the other',
    opening: [request(1, 'tools/list', envelope('2026-07-28')), initialize(2), request(3, 'tools/list', envelope('2026-07-28'))],
    answers: { 1: 'ok', 2: -32022, 3: 'ok' },
  },
];
