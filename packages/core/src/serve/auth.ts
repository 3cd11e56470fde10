import { createHash, timingSafeEqual } from 'node:crypto';

/** Who sent a request: what is counted, logged and, with scopes, allowed. */
export interface Identity {
  caller: string;
  scopes: string[];
}

/** Why a request is refused: the status and the WWW-Authenticate header (RFC 6750, section 3). */
export interface Challenge {
  status: 401 | 403;
  challenge: string;
}

/** Judges the Authorization header of one HTTP request. The place where OAuth stands as well. */
export type Authenticate = (authorization: string | undefined) => Promise<Identity | Challenge>;

/** One bearer token for everybody, compared in constant time. */
export function bearerToken(expected: string): Authenticate {
  const digest = sha256(expected);
  return async (authorization) => {
    const presented = /^Bearer +([\x21-\x7e]+) *$/i.exec(authorization ?? '')?.[1];
    if (presented === undefined) return { status: 401, challenge: 'Bearer realm="mcp"' };
    // Digests have one length, whatever was presented.
    if (!timingSafeEqual(sha256(presented), digest)) return { status: 401, challenge: 'Bearer realm="mcp", error="invalid_token"' };
    return { caller: 'token', scopes: [] };
  };
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
