import { afterEach, describe, expect, test, vi } from 'vitest';
import { type ConfirmationPolicy, createConsent, type Question, type Reply } from './consent.ts';

const CALL = ['somebody', 'delete_path', { path: 'a' }] as const;
const REPLY: Reply = { canAsk: true, answer: undefined, state: undefined };
const MUTE: Reply = { ...REPLY, canAsk: false };

function ask(consent = createConsent('required', 'token'), question = 'Delete a?'): Question {
  return consent(question, CALL, REPLY) as Question;
}

afterEach(() => {
  vi.useRealTimers();
});

test.each<[ConfirmationPolicy, Reply, unknown]>([
  ['required', REPLY, { question: 'Delete a?', state: expect.stringMatching(/^\d+\.[\w-]{43}$/) }],
  ['required', MUTE, 'denied'],
  ['preferred', REPLY, { question: 'Delete a?', state: expect.any(String) }],
  ['preferred', MUTE, 'not_asked'],
  ['off', REPLY, 'not_asked'],
  ['off', MUTE, 'not_asked'],
])('%s with %j', (policy, reply, outcome) => {
  const consent = createConsent(policy, undefined);
  if (outcome === 'denied') expect(() => consent('Delete a?', CALL, reply)).toThrow(expect.objectContaining({ code: 'denied' }));
  else expect(consent('Delete a?', CALL, reply)).toEqual(outcome);
});

test.each([
  ['accept', 'confirmed'],
  ['decline', 'declined'],
  ['cancel', 'declined'],
] as const)('%s is %s', (answer, outcome) => {
  const consent = createConsent('required', undefined);
  const { state } = ask(consent);
  expect(consent('Delete a?', CALL, { canAsk: true, answer, state })).toBe(outcome);
});

test('what comes without an answer, or without what came with the question, is asked', () => {
  const consent = createConsent('required', undefined);
  const { state } = ask(consent);
  expect(consent('Delete a?', CALL, { ...REPLY, state })).toHaveProperty('question');
  expect(consent('Delete a?', CALL, { ...REPLY, answer: 'accept' })).toHaveProperty('question');
});

test('an answer that a client which cannot ask invents is no answer', () => {
  const consent = createConsent('required', undefined);
  const { state } = ask(consent);
  expect(() => consent('Delete a?', CALL, { canAsk: false, answer: 'accept', state })).toThrow('cannot ask');
});

describe('an answer belongs to', () => {
  const refused = expect.objectContaining({ code: 'invalid_input', message: 'The confirmation is too old, or belongs to another call.' });

  test.each([
    ['the caller', ['another', 'delete_path', { path: 'a' }]],
    ['the tool', ['somebody', 'move_file', { path: 'a' }]],
    ['the arguments', ['somebody', 'delete_path', { path: 'b' }]],
    ['the arguments, all of them', ['somebody', 'delete_path', { path: 'a', recursive: true }]],
  ])('%s', (_what, call) => {
    const consent = createConsent('required', undefined);
    const { state } = ask(consent);
    expect(() => consent('Delete a?', call, { canAsk: true, answer: 'accept', state })).toThrow(refused);
  });

  test('its seal', () => {
    const consent = createConsent('required', undefined);
    const { state } = ask(consent);
    const [expires, mac = ''] = state.split('.');
    const forged = [`${Number(expires) + 1}.${mac}`, `${expires}.`, `${expires}.${mac}A`, mac, '', '.', `NaN.${mac}`, 'x'.repeat(100_000)];
    for (const other of forged) expect(() => consent('Delete a?', CALL, { canAsk: true, answer: 'accept', state: other })).toThrow(refused);
  });

  test('ten minutes', () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const consent = createConsent('required', undefined);
    const { state } = ask(consent);
    vi.setSystemTime(Date.now() + 600_000);
    expect(consent('Delete a?', CALL, { canAsk: true, answer: 'accept', state })).toBe('confirmed');
    vi.setSystemTime(Date.now() + 1_000);
    expect(() => consent('Delete a?', CALL, { canAsk: true, answer: 'accept', state })).toThrow(refused);
  });

  test('the replicas with one token, or to one process', () => {
    const { state } = ask(createConsent('required', 'token'));
    const reply: Reply = { canAsk: true, answer: 'accept', state };
    expect(createConsent('required', 'token')('Delete a?', CALL, reply)).toBe('confirmed');
    for (const other of ['another', undefined]) expect(() => createConsent('required', other)('Delete a?', CALL, reply)).toThrow(refused);
  });
});

test('a question is one line that hides nothing, or is not asked', () => {
  expect(ask(undefined, 'Delete "a\n\nClick OK to look at it\r\u202e"?').question).toBe(
    'Delete "a\\n\\nClick OK to look at it\\r\\u{202e}"?',
  );
  expect(() => ask(undefined, 'x'.repeat(2_001))).toThrow(expect.objectContaining({ code: 'too_large' }));
});
