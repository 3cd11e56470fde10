import { randomBytes } from 'node:crypto';
import type { Document } from './document.ts';
import { escapeLine } from './markdown-escape.ts';

const PLAIN_KINDS: readonly Document['kind'][] = ['text', 'xml', 'json'];

/** A type of a few words: a longer one could be a sentence of the host, outside of the marks. */
const NAMED_TYPE = /^[a-z]{1,12}\/(?=.{1,36}$)[a-z0-9]+(?:[.+-][a-z0-9]+){0,3}$/;

/**
 * The text form, in the words of the official fetch server. The page's own words stand between two marks that it cannot know; what is outside of
 * them is ours, or an address.
 */
export function pageText(document: Document): string {
  const { kind, mediaType, url, finalUrl, notes, content, startIndex, nextIndex, version, byline, published } = document;
  const plain = PLAIN_KINDS.includes(kind) && mediaType !== 'text/markdown';
  const ours = [...(finalUrl === undefined ? [] : [`It came from ${finalUrl}`]), ...notes];
  const dateline = startIndex > 0 ? [] : [byline, published].flatMap((fact) => (fact === undefined ? [] : escapeLine(fact)));
  const words = dateline.length === 0 ? content : `[${dateline.join(', ')}]\n\n${content}`;
  return [
    ...(plain
      ? [
          `Content type ${NAMED_TYPE.test(mediaType) ? mediaType : 'unknown'} cannot be simplified to markdown, but here is the raw content:`,
        ]
      : []),
    `Contents of ${url}:`,
    ...(ours.length === 0 ? [] : [`[${ours.join(' ')}]`]),
    ...(content === '' ? (kind === 'image' || kind === 'audio' ? [] : ['<error>No more content available.</error>']) : [marked(words)]),
    ...(nextIndex === undefined
      ? []
      : [
          `\n<error>Content truncated. Call the fetch tool with a start_index of ${nextIndex} to get more content.</error>`,
          `[Add version ${version} to hear of changes.]`,
        ]),
  ].join('\n');
}

/** Words that are not ours, between marks made anew each time, so that they cannot pretend to end before they do. */
export function marked(words: string): string {
  const mark = `untrusted-${randomBytes(6).toString('hex')}`;
  return `<${mark}>\n${words.trimEnd()}\n</${mark}>`;
}
