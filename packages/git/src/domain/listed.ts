/** The share of an answer that its lists may have. */
const SHARE = 0.3;

/** The first of a list, as many as have room in an answer: what has been written must not be called too large because of what is said of it. */
export function listed<Item extends string | { readonly path: string }>(items: readonly Item[], maxResultChars: number): Item[] {
  let room = maxResultChars * SHARE;
  const end = items.findIndex((item) => {
    room -= (typeof item === 'string' ? item : item.path).length + 40;
    return room < 0;
  });
  return items.slice(0, end === -1 ? items.length : end);
}
