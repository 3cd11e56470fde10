import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { ToolError } from '../errors.ts';
import { makeVisible } from './sanitize.ts';

/** Whether a person confirms what a tool wants confirmed. `required` refuses where the client cannot ask, `preferred` goes on, `off` never asks. */
export type ConfirmationPolicy = 'required' | 'preferred' | 'off';

/** What a client says about a question: whether it can ask its user at all, and what came of it. */
export interface Reply {
  canAsk: boolean;
  answer: 'accept' | 'decline' | 'cancel' | undefined;
  /** What came with the question, brought back with the answer. */
  state: string | undefined;
}

/** A question to the person, and what the client must bring back with the answer. */
export interface Question {
  question: string;
  state: string;
}

/** How a call that needs a confirmation may go on. */
export type Consent = 'confirmed' | 'declined' | 'not_asked' | Question;

/** Judges one round of a call: `call` is everything that the answer must belong to. Throws `denied` and `invalid_input`. */
export type AskConsent = (question: string, call: readonly unknown[], reply: Reply) => Consent;

/** How long a person may think. */
const THINKING_SECONDS = 600;

/** A longer question is refused, not cut: its end may be what matters. */
const MAX_QUESTION_CHARS = 2_000;

/**
 * Nothing is kept while the person thinks. The client sends the whole call again with the answer and a seal over the caller, the tool
 * and the arguments that were asked about, so that an answer confirms nothing else (2026-07-28, Multi Round-Trip Requests). Replicas
 * with the same `secret` know each other's seals; without one, a seal is known to this process alone.
 */
export function createConsent(policy: ConfirmationPolicy, secret: string | undefined): AskConsent {
  const key = secret === undefined ? randomBytes(32) : createHmac('sha256', secret).update('confirmation').digest();
  const seal = (expires: string, call: readonly unknown[]) =>
    `${expires}.${createHmac('sha256', key)
      .update(JSON.stringify([expires, ...call]))
      .digest('base64url')}`;
  return (question, call, { canAsk, answer, state }) => {
    if (policy === 'off' || (policy === 'preferred' && !canAsk)) return 'not_asked';
    if (!canAsk) {
      throw new ToolError('denied', 'This call needs the confirmation of a person, and this client cannot ask for one.', {
        hint: 'Tell the user: a client with elicitation can ask; the setting confirmation=preferred does without.',
      });
    }
    if (answer === undefined || state === undefined) {
      return { question: oneLine(question), state: seal(String(now() + THINKING_SECONDS), call) };
    }
    const [expires = ''] = state.split('.', 1);
    if (!same(state, seal(expires, call)) || Number(expires) < now()) {
      throw new ToolError('invalid_input', 'The confirmation is too old, or belongs to another call.', { hint: 'Call again.' });
    }
    return answer === 'accept' ? 'confirmed' : 'declined';
  };
}

function now(): number {
  return Math.floor(Date.now() / 1000);
}

function same(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** An argument with line ends in it could otherwise write a question of its own below ours. */
function oneLine(question: string): string {
  const line = makeVisible(question).replaceAll('\n', '\\n').replaceAll('\r', '\\r');
  if (line.length <= MAX_QUESTION_CHARS) return line;
  throw new ToolError('too_large', 'The arguments are too long to be shown to the person who must confirm them.');
}
