import { visibleText } from './invisible.ts';
import { attribute, isElement, type MarkupElement, type MarkupNode } from './markup.ts';

/** How highlighters write the language of a block into a class, the surest first. */
const LANGUAGE_CLASS: readonly RegExp[] = [
  /(?:^|\s)(?:language|lang|highlight-source|code-lang)-([\w+#.-]+)/i,
  /(?:^|\s)brush:\s?([\w+#.-]+)/i,
  /(?:^|\s)highlight-([\w+#.-]+)\s+notranslate/i,
  /(?:^|\s)hljs\s+([\w+#.-]+)/i,
  /(?:^|\s)sourceCode\s+([\w+#.-]+)/,
  /(?:^|\s)([\w+#.-]+)\s+hljs(?:\s|$)/i,
];
const NO_LANGUAGE = /^(?:none|plain|plaintext|text|txt|default|nohighlight|copyable|undefined|code|hljs|notranslate)$/i;

/** Numbers that a page writes beside the lines. */
const GUTTER =
  /(?:^|\s)(?:gutter|linenos?|linenumbers?|line-numbers?(?:-rows)?|lineno|hljs-ln-numbers|rouge-gutter|blob-num|code-line-number)(?:\s|$)/i;
const LINE = new Set(['div', 'p', 'tr', 'li']);

/** A fenced block of the text of <pre>, with the language that it, what it holds or what holds it is said to be in. */
export function fencedCode(pre: MarkupElement): string {
  const code = codeText(pre);
  if (code.trim() === '') return '';
  const fence = '`'.repeat(Math.max(3, longestRun(code) + 1));
  return `${fence}${languageOf(pre)}\n${code}\n${fence}`;
}

/** The text of <pre> as it stands, without numbers of lines. */
export function codeText(pre: MarkupElement): string {
  const parts: string[] = [];
  collect(pre, parts);
  return visibleText(parts.join('')).replace(/^\n+/, '').trimEnd();
}

/** A code span that may hold backticks. */
export function codeSpan(text: string): string {
  const code = visibleText(text).replace(/\s+/g, ' ');
  if (code.trim() === '') return '';
  const run = longestRun(code);
  if (run === 0) return `\`${code.trim()}\``;
  const marks = '`'.repeat(run + 1);
  return `${marks} ${code.trim()} ${marks}`;
}

function collect(node: MarkupNode, parts: string[]): void {
  if (!isElement(node)) {
    parts.push(node.textContent);
    return;
  }
  if (GUTTER.test(attribute(node, 'class'))) return;
  if (node.localName === 'br') parts.push('\n');
  for (const child of node.childNodes) collect(child, parts);
  if (LINE.has(node.localName) && !parts.at(-1)?.endsWith('\n')) parts.push('\n');
}

function languageOf(pre: MarkupElement): string {
  const inner = pre.children.length === 1 ? pre.children : [];
  const around = [pre.parentNode, pre.parentNode?.parentNode].filter((element) => element?.children.length === 1 || holdsOnlyCode(element));
  for (const element of [...inner, pre, ...around]) {
    const found = element === null || element === undefined ? '' : languageIn(element);
    if (found !== '') return found;
  }
  return '';
}

function holdsOnlyCode(element: MarkupElement | null | undefined): boolean {
  return /highlight|code|brush|rouge|shiki|prism/i.test(element?.getAttribute('class') ?? '');
}

function languageIn(element: MarkupElement): string {
  const names = attribute(element, 'class');
  const said = element.getAttribute('data-lang') ?? element.getAttribute('data-language');
  const found = said ?? LANGUAGE_CLASS.map((pattern) => pattern.exec(names)?.[1]).find((name) => name !== undefined) ?? '';
  return NO_LANGUAGE.test(found) || !/^[\w+#.-]{1,30}$/.test(found) ? '' : found.toLowerCase();
}

function longestRun(text: string): number {
  let longest = 0;
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  return longest;
}
