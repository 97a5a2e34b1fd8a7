import { PublicError } from './public-error.js';

/** The values of the sort key of one row, in the order of the ORDER BY. */
export type CursorKey = readonly (string | number)[];

/** What each part of a key has to look like; a part that goes into SQL as `uuid` or `timestamptz` must never fail there. */
export type CursorPart = 'uuid' | 'instant' | 'integer' | 'digits' | 'text';

const MAX_CURSOR_CHARACTERS = 600;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?Z$/;

const isPart: Readonly<Record<CursorPart, (value: unknown) => boolean>> = {
  uuid: (value) => typeof value === 'string' && /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value),
  instant: (value) => typeof value === 'string' && INSTANT.test(value) && !Number.isNaN(Date.parse(value)),
  integer: (value) => Number.isSafeInteger(value),
  /** xid8 and bigint travel as strings: they exceed a double; 18 digits always fit into both. */
  digits: (value) => typeof value === 'string' && /^\d{1,18}$/.test(value),
  text: (value) => typeof value === 'string' && value.length <= 200 && !value.includes('\0'),
};

export const encodeCursor = (key: CursorKey): string => Buffer.from(JSON.stringify(key)).toString('base64url');

/**
 * The key behind a cursor of this shape. A cursor holds no secret and grants nothing: the rows behind it are chosen again by
 * what the viewer may see, so it is checked, not signed.
 * @throws PublicError BAD_CURSOR
 */
export const decodeCursor = (cursor: string, shape: readonly CursorPart[]): CursorKey => {
  const key = cursor.length <= MAX_CURSOR_CHARACTERS ? parseJson(Buffer.from(cursor, 'base64url').toString('utf8')) : undefined;
  if (!Array.isArray(key) || key.length !== shape.length || !shape.every((part, index) => isPart[part](key[index]))) {
    throw new PublicError('BAD_CURSOR', 'This cursor was not made by this field; take one from `pageInfo` or `edges.cursor`.');
  }
  return key as CursorKey;
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
