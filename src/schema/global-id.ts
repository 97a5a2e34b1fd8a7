const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const TYPE = /^[A-Z][A-Za-z]{0,59}$/;
const MAX_ID_CHARACTERS = 200;

export interface GlobalId {
  readonly type: string;
  /** Lower-case, with hyphens. */
  readonly uuid: string;
}

/** A Relay global id: opaque to clients, unique over all types. */
export const encodeGlobalId = (type: string, uuid: string): string => Buffer.from(`${type}:${uuid}`).toString('base64url');

/** Undefined for anything that `encodeGlobalId` did not make; for people an id that does not exist and one that cannot are the same. */
export const parseGlobalId = (id: string): GlobalId | undefined => {
  if (id.length > MAX_ID_CHARACTERS) return undefined;
  const [type = '', uuid = '', ...rest] = Buffer.from(id, 'base64url').toString('latin1').split(':');
  const made = rest.length === 0 && TYPE.test(type) && UUID.test(uuid);
  // Compared with its own encoding: base64 decoders skip what they do not know, and one thing would have many ids.
  return made && encodeGlobalId(type, uuid) === id ? { type, uuid } : undefined;
};

/** The uuid of an id of this type, else undefined: the caller answers as for an id that nobody has. */
export const decodeGlobalId = (type: string, id: string): string | undefined => {
  const parsed = parseGlobalId(id);
  return parsed?.type === type ? parsed.uuid : undefined;
};
