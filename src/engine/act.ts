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

/** Every act gets a record, also one of which nothing is known but its operation: that there is none means tampering. */
export function actOf({
  operation,
  evidence = {},
}: {
  readonly operation: string;
  readonly evidence?: ActEvidence | undefined;
}): Act {
  const { authentication, client, consent, shown, signature, bulk } = evidence;
  const body = canonicalText({
    operation,
    ...(authentication && {
      authentication: {
        issuer: authentication.issuer,
        method: authentication.method,
        ...(authentication.amr && { amr: authentication.amr }),
        ...(authentication.acr !== undefined && { acr: authentication.acr }),
        ...(authentication.authTime !== undefined && { authTime: authentication.authTime }),
      },
    }),
    ...(consent && { consent }),
    ...(shown && { shown }),
    ...(signature && { signature: { level: signature.level, method: signature.method } }),
    ...(bulk && { bulk }),
  });
  const details = canonicalText({
    ...(authentication && { subject: authentication.subject }),
    ...client,
    ...(signature?.credentialId !== undefined && { credentialId: signature.credentialId }),
  });
  const salt = randomSalt();
  const hashOfDetails = detailsHash(salt, details);
  return { body, details, salt, detailsHash: hashOfDetails, hash: actHash(body, hashOfDetails) };
}
