import { ToolError } from '@touchstone-mcp/core/errors';
import { tooLargePdf } from './bounded-buffers.ts';
import { type DecodedText, decodeText, startOf } from './charset.ts';
import { readFeed, readJsonFeed } from './feeds.ts';
import { readHtml, readHtmlAsText } from './html.ts';
import { visibleText } from './invisible.ts';
import { readableJson } from './json.ts';
import { selectJson } from './json-select.ts';
import { MAX_TEXT_BYTES } from './limits.ts';
import { binaryError, isBinary, sniffed } from './media.ts';
import type { Page } from './page.ts';
import { readPdf } from './pdf.ts';
import type { ReadJob } from './read-job.ts';
import { readSitemap } from './sitemap.ts';
import { parseXml } from './xml.ts';

/** Trees of XML and JSON cost ten times their text. */
const MAX_TREE_CHARACTERS = 700_000;

const MAX_SOURCE_CHARACTERS = 1_000_000;

const HTML = /^(?:text\/html|application\/xhtml\+xml)$/;
const XML = /[/+]xml(?:-dtd)?$/;
const JSON_TYPE = /[/+]json$/;
const TEXT =
  /^text\/|^(?:application|image)\/(?:.+\+)?(?:xml|json|javascript|ecmascript|x-sh|toml|yaml|x-yaml|x-ndjson|jsonl|sql|graphql|x-www-form-urlencoded)$|^message\/rfc822$|\+(?:xml|json)$/;

/**
 * Reads a body as what it is: by the type that the server declared, or by its beginning where the server declared none or a vague one. `onDecoded` hears when the bytes of a text are
 * needed no more.
 */
export async function readBody(body: Uint8Array, job: ReadJob, onDecoded = () => {}): Promise<Page> {
  if (sniffed(body) === 'application/pdf') {
    // As text it would mean nothing.
    if (job.plain) throw tooLargePdf();
    return readPdf(body);
  }
  const declaredText = HTML.test(job.mediaType) || TEXT.test(job.mediaType);
  if ((!declaredText && sniffed(body) !== undefined) || isBinary(body, job.charset))
    throw binaryError(job.mediaType || 'an unknown type', job.totalBytes);
  const isStart = job.totalBytes > body.length;
  const decoded = decodeText(body, job.charset, MAX_TEXT_BYTES, job.truncated === true || isStart);
  onDecoded();
  const page = job.format === 'json' ? whole('json', await jsonOf(decoded.text, job)) : pageOf(decoded, { ...job, format: job.format });
  const isCut = decoded.truncated || isStart;
  const notes = isCut ? [...page.notes, `The first ${MAX_TEXT_BYTES} bytes were read.`] : page.notes;
  return { ...page, charset: decoded.charset, truncated: page.truncated || isCut || job.truncated === true, notes };
}

type PageJob = ReadJob & { readonly format: Exclude<ReadJob['format'], 'json'> };

function pageOf({ text }: DecodedText, { mediaType, url, format, plain }: PageJob): Page {
  const kind = kindOf(mediaType, text.slice(0, 1_000).trimStart());
  if (format === 'source') return whole(kind, text);
  if (kind === 'html') return plain ? readHtmlAsText(text, url) : readHtml(text, url, format);
  if (kind === 'json' && !plain) return jsonPage(text, url);
  return kind === 'xml' && !plain ? xmlPage(text, url) : whole(kind, text);
}

const STARTS_LIKE_HTML = /^(?:<!--[\s\S]*?-->\s*)?<(?:!doctype html|html|head|body|h1|p|div|table|title|script|meta)[\s>]/i;
const STARTS_LIKE_XML = /^<(?:\?xml|rss|feed|urlset|sitemapindex)[\s>]/;
/** What servers say of files that they do not know. */
const VAGUE = /^(?:|application\/octet-stream|text\/plain|unknown\/unknown|application\/unknown|\*\/\*)$/;

/** What it is by what the server says; by its beginning only where that says nothing. Feeds are often called text. */
function kindOf(mediaType: string, start: string): Page['kind'] {
  if (HTML.test(mediaType)) return 'html';
  if (JSON_TYPE.test(mediaType)) return 'json';
  if (XML.test(mediaType)) return 'xml';
  if (!VAGUE.test(mediaType)) return 'text';
  if (STARTS_LIKE_XML.test(start)) return 'xml';
  if (mediaType === 'text/plain') return 'text';
  if (STARTS_LIKE_HTML.test(start)) return 'html';
  return /^[[{]/.test(start) ? 'json' : 'text';
}

/** JSON and nothing else: a caller counts on it, and a path on the whole of it. */
async function jsonOf(text: string, { select, plain }: ReadJob): Promise<string> {
  if (text.length <= MAX_TREE_CHARACTERS && !plain) return await selectJson(text, select);
  throw new ToolError('too_large', 'The answer is more than can be read as JSON.', { hint: 'Ask the host for less, or for format text.' });
}

function jsonPage(text: string, url: string): Page {
  const json = text.length > MAX_TREE_CHARACTERS ? undefined : readableJson(text);
  return json === undefined ? whole('json', text) : (readJsonFeed(json.value, url) ?? whole('json', json.content));
}

function xmlPage(text: string, url: string): Page {
  const start = startOf(text, MAX_TREE_CHARACTERS);
  // What is cut ends with a whole tag; the parser closes what is open.
  const xml = parseXml(start.length < text.length ? start.slice(0, start.lastIndexOf('>') + 1) : start);
  const page = xml === undefined ? undefined : (readFeed(xml, url) ?? readSitemap(xml, url));
  if (page === undefined) return whole('xml', text);
  return text.length > MAX_TREE_CHARACTERS
    ? { ...page, truncated: true, notes: [...page.notes, `The first ${MAX_TREE_CHARACTERS} characters were read.`] }
    : page;
}

/** The text as it is, but for what nobody can see. */
function whole(kind: Page['kind'], text: string): Page {
  const content = visibleText(startOf(text, MAX_SOURCE_CHARACTERS).replaceAll('\r\n', '\n'));
  return { kind, content, outline: [], links: [], extracted: true, truncated: text.length > MAX_SOURCE_CHARACTERS, notes: [] };
}
