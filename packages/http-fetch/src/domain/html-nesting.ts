/** An element that stands open while HTML is read. */
export interface Nested {
  readonly name: string;
}

const PARAGRAPH_ENDS = new Set(
  (
    'address article aside blockquote details div dl fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr main menu nav ol p pre ' +
    'section summary table ul'
  ).split(' '),
);
/** The name of a heading. */
export const HEADING = /^h[1-6]$/;

interface Implied {
  readonly ends: ReadonlySet<string>;
  readonly within: ReadonlySet<string>;
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

const ROWS = words('table');
/** Which open elements a start tag ends when their own end tags are missing, and what it never reaches beyond (HTML, optional tags). */
const IMPLIED: Readonly<Record<string, Implied>> = {
  li: { ends: words('li'), within: words('ul ol menu table td th') },
  dt: { ends: words('dt dd'), within: words('dl table td th') },
  dd: { ends: words('dt dd'), within: words('dl table td th') },
  td: { ends: words('td th'), within: words('tr table') },
  th: { ends: words('td th'), within: words('tr table') },
  tr: { ends: words('tr'), within: ROWS },
  tbody: { ends: words('thead tbody tfoot'), within: ROWS },
  thead: { ends: words('thead tbody tfoot caption colgroup'), within: ROWS },
  tfoot: { ends: words('thead tbody tfoot'), within: ROWS },
  a: { ends: words('a'), within: words('td th table') },
};
const PARAGRAPH: Implied = { ends: words('p'), within: words('table td th caption button') };

/** End tags of anything else do not close a cell that stands open. */
const CELL = words('td th caption table');
const TABLE_PART = words('table thead tbody tfoot tr td th caption');

/** How deep it is when a start tag has ended what it ends without an end tag. */
export function impliedDepth(stack: readonly Nested[], name: string): number {
  const rule = PARAGRAPH_ENDS.has(name) ? PARAGRAPH : IMPLIED[name];
  const depth = rule === undefined ? stack.length : endedDepth(stack, rule);
  const top = stack[depth - 1]?.name;
  return HEADING.test(name) && top !== undefined && HEADING.test(top) ? depth - 1 : depth;
}

function endedDepth(stack: readonly Nested[], { ends, within }: Implied): number {
  for (let depth = stack.length - 1; depth >= 0; depth -= 1) {
    const name = stack[depth]?.name ?? '';
    if (ends.has(name)) return depth;
    if (within.has(name)) break;
  }
  return stack.length;
}

/** The depth at which an end tag leaves the stack; unchanged where nothing of its name is open. */
export function depthOf(stack: readonly Nested[], name: string): number {
  for (let depth = stack.length - 1; depth >= 0; depth -= 1) {
    const open = stack[depth]?.name ?? '';
    // The end of one heading ends any (HTML, "in body").
    if (open === name || (HEADING.test(open) && HEADING.test(name))) return depth;
    if (CELL.has(open) && !TABLE_PART.has(name)) break;
  }
  return stack.length;
}
