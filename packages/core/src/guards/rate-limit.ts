import { BurstyRateLimiter, RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { ToolError } from '../errors.ts';

/** Admits one call of a caller, or throws `rate_limited` saying when to come back. */
export type RateLimit = (caller: string) => Promise<void>;

/** All callers together may make this many times the calls of one. */
const TOTAL_FACTOR = 20;

/** Callers are counted in this many buckets: an attacker with endless addresses costs a bounded amount of memory. */
const BUCKETS = 1 << 16;

/** `perMinute` calls for each caller, `burst` more every five minutes. Zero calls a minute means no limit. */
export function createRateLimit(perMinute: number, burst: number): RateLimit {
  if (perMinute === 0) return async () => {};
  const each = new BurstyRateLimiter(
    new RateLimiterMemory({ keyPrefix: 'rate', points: perMinute, duration: 60 }),
    new RateLimiterMemory({ keyPrefix: 'burst', points: burst, duration: 300 }),
  );
  const total = new RateLimiterMemory({ keyPrefix: 'total', points: perMinute * TOTAL_FACTOR, duration: 60 });
  const seed = Math.floor(Math.random() * BUCKETS);
  return async (caller) => {
    try {
      await each.consume(bucketOf(caller, seed));
      await total.consume('all');
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      const seconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
      throw new ToolError('rate_limited', `Too many calls: the limit is ${perMinute} a minute.`, {
        hint: `Wait ${seconds} seconds, then retry.`,
      });
    }
  };
}

/** FNV-1a. The seed differs in every process, so that nobody can choose to share a bucket with somebody else. */
function bucketOf(caller: string, seed: number): string {
  let hash = 0x811c9dc5 ^ seed;
  for (let index = 0; index < caller.length; index++) hash = Math.imul(hash ^ caller.charCodeAt(index), 0x01000193);
  return String((hash >>> 0) % BUCKETS);
}
