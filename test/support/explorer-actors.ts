import type { Actor } from '../../workflows/kernel/index.js';
import { uuid } from './samples/sample.js';

/** Everything that somebody may act as. */
export const AUTHORITIES = [
  'BROADCASTER',
  'GUARDIAN',
  'GUILD_OWNER',
  'GUILD_AGENT',
  'GUILD_FINANCE',
  'GAINING_GUILD_OWNER',
  'GAINING_GUILD_AGENT',
  'GAINING_GUILD_FINANCE',
  'SUPPORT',
  'POLICY',
  'AUDITOR',
  'SYSTEM',
  'STAND_IN',
] as const;

/** A person with one authority; `person` tells two of them apart. */
export const actorAs = (authority: string, person = 1): Actor => ({
  id: uuid(1_000 * person + AUTHORITIES.indexOf(authority as never)),
  authorities: [authority],
});

/** Somebody who has nothing to do with the request. */
export const NOBODY: Actor = { id: uuid(999), authorities: [] };
