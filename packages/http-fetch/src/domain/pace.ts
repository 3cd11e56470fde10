import { setTimeout } from 'node:timers/promises';
import { abortable } from '@touchstone-mcp/core/abortable';
import { ToolError } from '@touchstone-mcp/core/errors';
import { BrokenCircuitError, type CircuitBreakerPolicy, ConsecutiveBreaker, circuitBreaker, handleWhen } from 'cockatiel';
import pLimit, { type LimitFunction } from 'p-limit';

/** Requests that run at the same time, to all hosts and to one. */
const AT_ONCE = 16;
const AT_ONCE_PER_HOST = 4;
/** So many failures in a row, and the host is left alone for so long. */
const FAILURES = 9;
const REST_MS = 30_000;
/** A host that says when to come again is waited for so long at most within a call, and believed so long at most beyond it. */
export const MAX_WAIT_MS = 5_000;
const MAX_HOLD_MS = 300_000;
const MAX_HOSTS = 1_000;

interface Host {
  readonly limit: LimitFunction;
  readonly breaker: CircuitBreakerPolicy;
  /** When the next request may start, and how long after it the one after that. */
  nextAt: number;
  intervalMs: number;
}

/** How requests are spread over time and hosts, so that no host suffers from us and none that is down is asked again and again. */
export class Pace {
  readonly #all = pLimit(AT_ONCE);
  readonly #hosts = new Map<string, Host>();
  readonly #isFailure: (error: unknown) => boolean;

  /** `isFailure` tells what counts against a host from all else that can be thrown. */
  constructor(isFailure: (error: unknown) => boolean) {
    this.#isFailure = isFailure;
  }

  /** Does the work when it is the host's turn. Throws a ToolError where that is too far off, or the host is down. */
  async run<Result>(name: string, signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
    const host = this.#host(name);
    const turn = host.limit(async () => {
      await this.#wait(name, host, signal);
      return await this.#all(async () => {
        signal.throwIfAborted();
        return await host.breaker.execute(work);
      });
    });
    try {
      return await abortable(turn, signal);
    } catch (error) {
      if (!(error instanceof BrokenCircuitError)) throw error;
      throw new ToolError('unavailable', `${name} has failed ${FAILURES} times in a row, and is left alone for a while.`, {
        hint: `Try again in ${REST_MS / 1_000} seconds, or another host.`,
        cause: error,
      });
    }
  }

  /** Has the next request to a host wait for so long. */
  hold(name: string, ms: number): void {
    const host = this.#host(name);
    host.nextAt = Math.max(host.nextAt, Date.now() + Math.min(ms, MAX_HOLD_MS));
  }

  /** Has the requests to a host start so far apart, `MAX_WAIT_MS` at most. */
  space(name: string, ms: number): void {
    this.#host(name).intervalMs = Math.min(ms, MAX_WAIT_MS);
  }

  async #wait(name: string, host: Host, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const now = Date.now();
    const waitMs = host.nextAt - now;
    if (waitMs > MAX_WAIT_MS) {
      throw new ToolError('rate_limited', `${name} has asked not to be asked again so soon.`, {
        hint: `Try again in ${Math.ceil(waitMs / 1_000)} seconds.`,
      });
    }
    host.nextAt = Math.max(host.nextAt, now) + host.intervalMs;
    if (waitMs > 0) await setTimeout(waitMs, undefined, { signal });
  }

  #host(name: string): Host {
    const known = this.#hosts.get(name);
    const host = known ?? {
      limit: pLimit(AT_ONCE_PER_HOST),
      breaker: circuitBreaker(handleWhen(this.#isFailure), { halfOpenAfter: REST_MS, breaker: new ConsecutiveBreaker(FAILURES) }),
      nextAt: 0,
      intervalMs: 0,
    };
    this.#hosts.delete(name);
    this.#hosts.set(name, host);
    for (const [oldest, { limit }] of this.#hosts) {
      if (this.#hosts.size <= MAX_HOSTS) break;
      if (limit.activeCount + limit.pendingCount === 0) this.#hosts.delete(oldest);
    }
    return host;
  }
}
