import { attribute, type MarkupElement } from './markup.ts';
import type { Heading } from './page.ts';

/** Headings that anybody could choose from. Those beyond stay in the text. */
const MAX_HEADINGS = 5_000;

type Begun = Omit<Heading, 'end'>;

/** Collects headings as they are written. */
export interface Outline {
  /** `element` is the heading in the tree, undefined for one that is ours. */
  add(element: MarkupElement | undefined, level: number, text: string, start: number): void;
  /** All of them, when `length` characters have been written. */
  headings(length: number): readonly Heading[];
}

/** An outline without headings. */
export function createOutline(): Outline {
  const begun: Begun[] = [];
  const taken = new Set<string>();
  const repeated = new Map<string, number>();
  /** The slug, or the slug with the next number that no anchor has. */
  const free = (slug: string): string => {
    if (!taken.has(slug)) return slug;
    let number = repeated.get(slug) ?? 0;
    do number += 1;
    while (taken.has(`${slug}-${number}`));
    repeated.set(slug, number);
    return `${slug}-${number}`;
  };
  return {
    add(element, level, text, start) {
      if (begun.length >= MAX_HEADINGS) return;
      const own = element === undefined ? '' : anchorOf(element);
      const anchor = own !== '' && !taken.has(own) ? own : free(slugOf(text));
      taken.add(anchor);
      begun.push({ level, text, anchor, start });
    },
    headings: (length) => withEnds(begun, Math.max(0, length)),
  };
}

/** Every section ends where the next heading of its level or above begins. One pass from the end, however many there are. */
function withEnds(begun: readonly Begun[], length: number): Heading[] {
  const nextStarts = Array.from({ length: 7 }, () => length);
  const ended: Heading[] = [];
  for (const heading of begun.toReversed()) {
    ended.push({ ...heading, end: Math.min(...nextStarts.slice(1, heading.level + 1)) });
    nextStarts[heading.level] = heading.start;
  }
  return ended.toReversed();
}

/** The anchor of the heading, of what is in it, or of the section that begins with it. */
function anchorOf(heading: MarkupElement): string {
  const inside = [heading, ...heading.children].map((element) => attribute(element, 'id') || attribute(element, 'name'));
  const parent = heading.parentNode;
  const around =
    parent?.children[0] === heading && /^(?:section|article|div|header)$/.test(parent.localName) ? attribute(parent, 'id') : '';
  return [...inside, around].find((anchor) => anchor !== '' && anchor.length <= 200) ?? '';
}

function slugOf(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s+/g, '-')
    .slice(0, 80)
    .toWellFormed();
}

/** The section of a page by anchor (with or without `#`) or by the text of its heading: exactly, else in any case, else the only one that contains it. */
export function findSection(outline: readonly Heading[], name: string): Heading | undefined {
  const anchor = name.trim().replace(/^#+\s*/, '');
  const wanted = foldedText(anchor);
  const partial = outline.filter(({ text }) => foldedText(text).includes(wanted));
  return (
    outline.find((heading) => heading.anchor === anchor) ??
    outline.find(({ text }) => text === anchor) ??
    outline.find((heading) => foldedText(heading.text) === wanted || heading.anchor.toLowerCase() === wanted) ??
    (partial.length === 1 && wanted !== '' ? partial[0] : undefined)
  );
}

function foldedText(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
}
