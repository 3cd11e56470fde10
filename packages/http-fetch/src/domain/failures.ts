import { type ErrorCode, ToolError } from '@touchstone-mcp/core/errors';
import { errors } from 'undici';

type Meaning = readonly [code: ErrorCode, sentence: string, hint?: string];

const LATER = 'Tell the user; the same call may work later.';
const SLOW = 'Try again later, or another page.';
const TLS = 'It is never fetched without a valid certificate. Tell the user.';

/** What each code of undici, DNS, TCP, TLS, the HTTP parser and zlib means. The sentence follows the name of the host, and nothing follows it. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  ENOTFOUND: ['not_found', 'cannot be found in DNS', 'Check the spelling of the URL.'],
  ENODATA: ['not_found', 'has no address in DNS', 'Check the spelling of the URL.'],
  EAI_NODATA: ['not_found', 'has no address in DNS', 'Check the spelling of the URL.'],
  EAI_NONAME: ['not_found', 'cannot be found in DNS', 'Check the spelling of the URL.'],
  EBADNAME: ['invalid_input', 'is no name that DNS knows'],
  EAI_AGAIN: ['unavailable', 'could not be looked up: DNS does not answer', LATER],
  EAI_FAIL: ['unavailable', 'could not be looked up: DNS failed', LATER],
  ESERVFAIL: ['unavailable', 'could not be looked up: DNS failed', LATER],
  EREFUSED: ['unavailable', 'could not be looked up: DNS refuses', LATER],
  ETIMEOUT: ['unavailable', 'could not be looked up: DNS does not answer', LATER],
  ECONNREFUSED: ['unavailable', 'accepts no connections at this port', LATER],
  ECONNRESET: ['unavailable', 'broke off the connection', LATER],
  EPIPE: ['unavailable', 'broke off the connection', LATER],
  UND_ERR_SOCKET: ['unavailable', 'broke off the connection', LATER],
  ENETUNREACH: ['unavailable', 'cannot be reached from here', LATER],
  EHOSTUNREACH: ['unavailable', 'cannot be reached from here', LATER],
  EADDRNOTAVAIL: ['unavailable', 'cannot be reached from here', LATER],
  ETIMEDOUT: ['timeout', 'does not answer', SLOW],
  UND_ERR_CONNECT_TIMEOUT: ['timeout', 'does not answer', SLOW],
  UND_ERR_HEADERS_TIMEOUT: ['timeout', 'took the request and did not answer in time', SLOW],
  UND_ERR_BODY_TIMEOUT: ['timeout', 'stopped in the middle of its answer', SLOW],
  UND_ERR_HEADERS_OVERFLOW: ['too_large', 'sent more headers than are taken'],
  HPE_HEADER_OVERFLOW: ['too_large', 'sent more headers than are taken'],
  UND_ERR_RES_EXCEEDED_MAX_SIZE: ['too_large', 'sent a larger answer than is taken'],
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: ['unavailable', 'sent another length than it announced', LATER],
  UND_ERR_PRX_TLS: ['unavailable', 'cannot be reached: the proxy shows no valid certificate', TLS],
  UND_ERR_PRX_CONN: ['unavailable', 'cannot be reached: the proxy broke off', LATER],
  // undici's word for 407; nothing else that we send can be an invalid argument.
  UND_ERR_INVALID_ARG: ['unavailable', 'cannot be reached: the proxy wants a password', LATER],
  UND_ERR_ABORTED: ['unavailable', 'cannot be reached: the proxy refuses', LATER],
  CERT_HAS_EXPIRED: ['unavailable', 'shows a certificate that has expired', TLS],
  CERT_NOT_YET_VALID: ['unavailable', 'shows a certificate that is not valid yet', TLS],
  CERT_REVOKED: ['unavailable', 'shows a certificate that was revoked', TLS],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['unavailable', 'shows a certificate that it signed itself', TLS],
  SELF_SIGNED_CERT_IN_CHAIN: ['unavailable', 'shows a certificate of an unknown authority', TLS],
  UNABLE_TO_GET_ISSUER_CERT: ['unavailable', 'shows a certificate of an unknown authority', TLS],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ['unavailable', 'shows a certificate of an unknown authority', TLS],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['unavailable', 'shows a certificate of an unknown authority', TLS],
  ERR_TLS_CERT_ALTNAME_INVALID: ['unavailable', 'shows a certificate for another host', TLS],
  EPROTO: ['unavailable', 'does not speak TLS as it should', TLS],
};

const BY_PREFIX: readonly (readonly [prefix: string, meaning: Meaning])[] = [
  ['HPE_', ['unavailable', 'does not speak HTTP as it should']],
  ['ERR_SSL_', ['unavailable', 'does not speak TLS as it should', TLS]],
  ['ERR_TLS_', ['unavailable', 'does not speak TLS as it should', TLS]],
  ['Z_', ['unavailable', 'sent compressed data that is broken']],
  ['ERR_BROTLI', ['unavailable', 'sent compressed data that is broken']],
  ['ERR__ERROR', ['unavailable', 'sent compressed data that is broken']],
  ['ZSTD_', ['unavailable', 'sent compressed data that is broken']],
];

/** Turns what DNS, a connection or a parser threw into a ToolError about the host. A ToolError stays as it is; what is unknown is thrown on. */
export function hostFailure(error: unknown, host: string): unknown {
  if (error instanceof ToolError) return error;
  const meaning = meaningOf(codeOf(error));
  if (meaning === undefined) return error;
  const [code, sentence, hint] = meaning;
  // A parser's error holds what the host has sent, which is not for the log.
  const cause = error instanceof errors.HTTPParserError ? error.message : error;
  return new ToolError(code, `${host} ${sentence}.`, { ...(hint === undefined ? {} : { hint }), cause });
}

/** What a connection or the parser says when a body ends before its end. */
const BROKEN_OFF =
  /^(?:UND_ERR_RES_CONTENT_LENGTH_MISMATCH|UND_ERR_SOCKET|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|HPE_INVALID_EOF_STATE)$/;

/** Whether an error in the middle of a body says that the host broke off. */
export function isBrokenOff(error: unknown): boolean {
  return BROKEN_OFF.test(codeOf(error) ?? '');
}

/** The code of an error, or of what caused it. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  // It has no code with this version's parser.
  if (error instanceof errors.HTTPParserError) return error.code ?? 'HPE_';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return codeOf(error.cause);
}

function meaningOf(code: string | undefined): Meaning | undefined {
  if (code === undefined) return undefined;
  return MEANINGS[code] ?? BY_PREFIX.find(([prefix]) => code.startsWith(prefix))?.[1];
}
