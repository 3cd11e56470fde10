import { XMLParser } from 'fast-xml-parser';
import { decodeEntities } from './entities.ts';
import { visibleText } from './invisible.ts';

/** An element as the parser gives it: a text, or children and attributes (`@name`) by name. */
export interface XmlElement {
  readonly [name: string]: unknown;
}

/** A document type with declarations of its own: entities that stand for other entities, for files, for addresses. */
const DECLARES = /<!(?:ENTITY|ELEMENT|ATTLIST|NOTATION)|<!DOCTYPE[^>]{0,1000}\[/i;

/** Deeper documents are none of those that are read here. */
const MAX_DEPTH = 60;

/** The tree of a document without prefixes of names. No entity is expanded but characters; undefined where it declares some, or is no XML. */
export function parseXml(xml: string): XmlElement | undefined {
  if (DECLARES.test(xml)) return undefined;
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    removeNSPrefix: true,
    parseTagValue: false,
    parseAttributeValue: false,
    processEntities: false,
    maxNestedTags: MAX_DEPTH,
    stopNodes: ['*.content', '*.encoded', '*.description', '*.summary', '*.title'],
  });
  try {
    const parsed: unknown = parser.parse(xml);
    return isElement(parsed) ? parsed : undefined;
  } catch {
    // Broken, or deeper than any feed. It is given back as it is.
    return undefined;
  }
}

/** All elements of a name, none, one or many. */
export function children(parent: unknown, name: string): readonly unknown[] {
  if (!isElement(parent) || parent[name] === undefined) return [];
  return [parent[name]].flat();
}

/** The first element of a name. */
export function child(parent: unknown, name: string): unknown {
  return children(parent, name)[0];
}

/** The text of the first of some children or attributes that has any, on one line. */
export function textOf(parent: unknown, ...names: string[]): string {
  return visibleText(markupOf(parent, ...names))
    .replace(/\s+/g, ' ')
    .trim();
}

/** The same as it is, which may be HTML: what was escaped once is unescaped once. */
export function markupOf(parent: unknown, ...names: string[]): string {
  const raw = names.map((name) => rawText(child(parent, name))).find((text) => text.trim() !== '') ?? '';
  return raw
    .split(CDATA)
    .map((part, index) => (index % 2 === 0 ? decodeEntities(part) : part))
    .join('');
}

/** With its content in a group, `split` keeps it at the odd places. */
const CDATA = /<!\[CDATA\[([\s\S]*?)\]\]>/;

function rawText(value: unknown): string {
  if (typeof value === 'string') return value;
  return isElement(value) && typeof value['#text'] === 'string' ? value['#text'] : '';
}

/** Whether it has children or attributes. */
export function isElement(value: unknown): value is XmlElement {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
