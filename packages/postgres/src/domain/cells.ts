import { types } from 'pg';
import type { Cell } from './database.ts';

const { BOOL, INT2, INT4, INT8, OID, FLOAT4, FLOAT8, JSON: JSON_TEXT, JSONB } = types.builtins;

/** Arrays of what, by their own type. pg's types know only what is no array. */
const ELEMENTS: Readonly<Record<number, number>> = {
  1000: BOOL,
  1003: types.builtins.TEXT,
  1005: INT2,
  1007: INT4,
  1009: types.builtins.TEXT,
  1016: INT8,
  1021: FLOAT4,
  1022: FLOAT8,
  1028: OID,
};
const TEXT_ARRAY = 1009 as Parameters<typeof types.getTypeParser>[0];

/** Makes a cell of what the server wrote: a JSON scalar where that loses nothing, else the text itself. */
export function cellReader(typeId: number): (text: string) => Cell {
  switch (typeId) {
    case BOOL:
      return (text) => text === 't';
    case INT2:
    case INT4:
    case OID:
      return Number;
    case FLOAT4:
    case FLOAT8:
      return (text) => (Number.isFinite(Number(text)) ? Number(text) : text);
    default:
      return (text) => text;
  }
}

/** The same for statements of our own, whose values are known to be ordinary: int8 where it is safe, and json and arrays as such. */
export function valueReader(typeId: number): (text: string) => unknown {
  const element = ELEMENTS[typeId];
  if (element !== undefined) {
    const read = valueReader(element);
    const elements: (text: string) => (string | null)[] = types.getTypeParser(TEXT_ARRAY);
    return (text) => elements(text).map((item) => (item === null ? null : read(item)));
  }
  if (typeId === INT8) return (text) => (Number.isSafeInteger(Number(text)) ? Number(text) : text);
  if (typeId === JSON_TEXT || typeId === JSONB) return (text) => JSON.parse(text);
  return cellReader(typeId);
}
