import { actHash, canonicalText, detailsHash } from '../verify/chain.js';
import { randomSalt } from './ids.js';
import type { ActEvidence } from './types.js';

/** The record of one act, as it is stored beside the chain. */
export interface Act {
  /** For all who may see the request: what was done and by what means. Canonical JSON. */
  readonly body: string;
  /** For the person and the platform: canonical JSON, erased when its time has come. */
  readonly details: string;
  readonly salt: string;
  readonly detailsHash: string;
  /** What the event in the chain carries. */
  readonly hash: string;
}

const quoted = (text: string): string => JSON.stringify(text);

/** How somebody had logged in is the same for all that they do with one token: its text is made once. */
const authentications = new WeakMap<object, string>();
function textOfAuthentication(authentication: NonNullable<ActEvidence['authentication']>): string {
  let text = authentications.get(authentication);
  if (text === undefined) {
    const { subject: _personal, ...shown } = authentication;
    authentications.set(authentication, (text = canonicalText(shown)));
  }
  return text;
}

/**
 * Every act gets a record, also one of which nothing is known but its operation: that there is none means tampering.
 *
 * Written out by hand, keys in their canonical order (the tests hold it against the canonical text of what it parses to): by way of two
 * objects and their canonical texts an act took 8 µs, a twentieth of a transition; so it takes 3.
 */
export function actOf({
  operation,
  evidence = {},
}: {
  readonly operation: string;
  readonly evidence?: ActEvidence | undefined;
}): Act {
  const { authentication, client, consent, shown, signature, bulk } = evidence;
  let body = '{';
  if (authentication) body += `"authentication":${textOfAuthentication(authentication)},`;
  if (bulk) body += `"bulk":${canonicalText(bulk)},`;
  if (consent) body += `"consent":${canonicalText(consent)},`;
  body += `"operation":${quoted(operation)}`;
  if (shown) body += `,"shown":{"sha256":${quoted(shown.sha256)}}`;
  if (signature) body += `,"signature":{"level":${quoted(signature.level)},"method":${quoted(signature.method)}}`;
  body += '}';
  const details = [];
  if (client)
    details.push(`"address":${quoted(client.address)}`, `"agent":${client.agent === null ? 'null' : quoted(client.agent)}`);
  if (signature?.credentialId !== undefined) details.push(`"credentialId":${quoted(signature.credentialId)}`);
  if (client) details.push(`"requestId":${quoted(client.requestId)}`);
  if (authentication) details.push(`"subject":${quoted(authentication.subject)}`);
  const text = `{${details.join(',')}}`;
  const salt = randomSalt();
  const hashOfDetails = detailsHash(salt, text);
  return { body, details: text, salt, detailsHash: hashOfDetails, hash: actHash(body, hashOfDetails) };
}
