import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { actOf } from '../../src/engine/act.js';
import type { ActEvidence } from '../../src/engine/index.js';
import { actHash, canonicalText, detailsHash } from '../../src/verify/index.js';

const text = fc.string({ unit: 'binary' });
const evidence: fc.Arbitrary<ActEvidence> = fc.record(
  {
    authentication: fc.record(
      { issuer: text, subject: text, method: text, amr: fc.array(text), acr: text, authTime: text },
      { requiredKeys: ['issuer', 'subject', 'method'] },
    ),
    client: fc.record({ address: text, agent: fc.option(text), requestId: text }),
    consent: fc.record({ textId: text, version: fc.nat(), locale: text, sha256: text }),
    shown: fc.record({ sha256: text }),
    signature: fc.record({ level: text, method: text, credentialId: text }, { requiredKeys: ['level', 'method'] }),
    bulk: fc.record({ operationId: text, item: fc.nat() }),
  },
  { requiredKeys: [] },
);

test('the record of an act is canonical JSON, holds each thing in its half, and its hash is over both', () => {
  fc.assert(
    fc.property(text, evidence, (operation, given) => {
      const act = actOf({ operation, evidence: given });
      const { authentication, client, signature } = given;
      const { subject, ...shown } = authentication ?? { subject: undefined };
      const { credentialId, ...means } = signature ?? { credentialId: undefined };
      const { client: _client, authentication: _authentication, signature: _signature, ...rest } = given;
      expect(act.body).toBe(
        canonicalText({
          operation,
          ...rest,
          ...(authentication && { authentication: shown }),
          ...(signature && { signature: means }),
        }),
      );
      expect(act.details).toBe(
        canonicalText({ ...client, ...(authentication && { subject }), ...(credentialId !== undefined && { credentialId }) }),
      );
      expect(act.detailsHash).toBe(detailsHash(act.salt, act.details));
      expect(act.hash).toBe(actHash(act.body, act.detailsHash));
      expect(act.salt).toMatch(/^[0-9a-f]{32}$/);
    }),
  );
  expect(actOf({ operation: 'x' })).toMatchObject({ body: '{"operation":"x"}', details: '{}' });
  expect(new Set(Array.from({ length: 1_000 }, () => actOf({ operation: 'x' }).hash)).size).toBe(1_000);
});
