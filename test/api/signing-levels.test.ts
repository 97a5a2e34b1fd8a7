import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { registry } from '../../workflows/registry.js';
import { startApi, type TestApi } from '../support/api.js';
import { DirectoryFlow } from '../support/directory-flow.js';
import { assertInvariants } from '../support/invariants.js';
import type { RequestAnswer } from '../support/join-flow.js';
import { ORIGIN, ProofFlow, sent, signingSettings } from '../support/proof-flow.js';
import { SoftwareAuthenticator } from '../support/software-authenticator.js';
import type { TestBroadcaster, TestGuild } from '../support/world.js';

const enforced = (signatureLevel: string) => ({ signatureLevel, signatureLevelEnforced: true });

describe('What a signature rests on', () => {
  let api: TestApi;
  let flow: ProofFlow;

  beforeAll(async () => {
    api = await startApi({ signing: signingSettings });
    flow = new ProofFlow(api);
  });
  afterAll(async () => {
    await assertInvariants(api.db.pool('superuser', 1), registry);
    await api.stop();
  });

  /** A request in signing under a policy that enforces this level. */
  async function signing(level: string): Promise<{ guild: TestGuild; who: TestBroadcaster; request: RequestAnswer }> {
    const { guild, who } = await flow.under(enforced(level));
    return { guild, who, request: await flow.signing(who, guild) };
  }
  const mark = async (id: string) =>
    (await flow.signingOf('sam', id)).stages[0]!.groups.find(({ party }) => party === 'BROADCASTER')!.signatures[0];

  describe('a click', () => {
    test('is enough where the policy says so, and where it does not enforce its level', async () => {
      const { who, request } = await signing('CLICK');
      expect(await flow.sign(who.subject, request)).toMatchObject({ state: 'SIGNING' });
      const { guild, who: other } = await flow.under({ signatureLevel: 'ADVANCED' });
      const unenforced = await flow.signing(other, guild);
      expect(await flow.sign(other.subject, unenforced)).toMatchObject({ state: 'SIGNING' });
      expect(await flow.signingOf('sam', unenforced.id)).toMatchObject({ level: null, needs: [] });
    });

    test('is refused where more is needed, with what that is; so it is said beforehand', async () => {
      const { who, request } = await signing('ADVANCED');
      const message =
        'A signature on this agreement (ADVANCED) needs agreement to the consent text and a passkey or a key of your own.';
      expect(await flow.refused(who.subject, 'signAgreement', flow.body(request))).toMatchObject({
        code: 'NOT_ALLOWED',
        reasons: [{ code: 'SIGNATURE_LEVEL', message, field: 'proof' }],
      });
      expect(await flow.signingOf(who.subject, request.id)).toMatchObject({
        level: 'ADVANCED',
        methods: ['PASSKEY', 'EXTERNAL_KEY'],
        consentTextNeeded: true,
        needs: [{ code: 'SIGNATURE_LEVEL', message }],
      });
      const { request: seen } = await api.gql<{ request: { availableActions: { event: string; needs: object[] }[] } }>(
        who.subject,
        'query ($id: ID!) { request(id: $id) { availableActions { event needs { code message } } } }',
        { id: request.id },
      );
      expect(seen.availableActions.find(({ event }) => event === 'SIGN_AGREEMENT')!.needs).toEqual([
        { code: 'SIGNATURE_LEVEL', message },
      ]);
    });

    test('does not become more by saying so: the level is not the client’s to say', async () => {
      const { who, request } = await signing('ADVANCED');
      for (const forged of [{ level: 'ADVANCED' }, { method: 'PASSKEY' }, { proofId: '01900000-0000-7000-8000-000000000001' }]) {
        const input = { version: 1, sha256: request.agreement!.sha256, ...forged };
        const [field] = Object.keys(forged);
        expect(
          await flow.refused(who.subject, 'sendRequestEvent', { requestId: request.id, event: 'SIGN_AGREEMENT', input }),
        ).toMatchObject({ code: 'INVALID_INPUT', reasons: [{ code: 'INVALID_INPUT', field }] });
      }
    });
  });

  describe('consent', () => {
    test('is to the words that were shown, in the newest version, in any language', async () => {
      const { who, guild, request } = await signing('CONSENT_AND_CLICK');
      const consent = await flow.consent(who.subject, 'zh-CN');
      const wrong = { textId: consent.textId, sha256: 'a'.repeat(64) };
      expect(await flow.refusedFor(who.subject, request, { proof: { consent: wrong } })).toEqual(['DIFFERENT_CONSENT_TEXT']);
      expect(await flow.refusedFor(who.subject, request)).toEqual(['SIGNATURE_LEVEL']);
      await flow.do(who.subject, 'signAgreement', flow.body(request, { proof: { consent } }));
      expect(await mark(request.id)).toMatchObject({ level: 'CONSENT_AND_CLICK', method: 'CLICK' });

      const publish = { name: 'ELECTRONIC_SIGNATURE', locale: 'zh-CN', body: '新的同意书。' };
      expect(await flow.ask(guild.owner, 'publishConsentText', publish)).toMatchObject({ code: 'FORBIDDEN' });
      expect(await flow.ask('pia', 'publishConsentText', publish)).toMatchObject({ version: 2 });
      expect(await flow.ask('pia', 'publishConsentText', publish)).toMatchObject({ version: 2 });
      expect(await flow.refusedFor(guild.owner, request, { proof: { consent } })).toEqual(['OUTDATED_CONSENT_TEXT']);
      const newer = await flow.consent(guild.owner, 'zh-CN');
      expect(await flow.do(guild.owner, 'signAgreement', flow.body(request, { proof: { consent: newer } }))).toMatchObject({
        state: 'COOLING_OFF',
      });
    });
  });

  describe('a one-time code', () => {
    test('of an app that was enrolled does with consent, and counts once', async () => {
      const { who, guild, request } = await signing('IDENTITY_AND_CLICK');
      const consent = await flow.consent(who.subject);
      const { secret } = await flow.app(who.subject);
      const code = await flow.code(secret);
      expect(await flow.refusedFor(who.subject, request, { proof: { oneTimeCode: { code } } })).toEqual(['SIGNATURE_LEVEL']);
      // That one is used up, although the signature was refused.
      expect(await flow.refusedFor(who.subject, request, { proof: { consent, oneTimeCode: { code } } })).toEqual([
        'PROOF_INVALID',
      ]);
      const next = await flow.code(secret, 1);
      await flow.do(who.subject, 'signAgreement', flow.body(request, { proof: { consent, oneTimeCode: { code: next } } }));
      expect(await mark(request.id)).toMatchObject({ level: 'IDENTITY_AND_CLICK', method: 'ONE_TIME_CODE' });
      // Somebody else's code is no code of mine.
      expect(
        await flow.refusedFor(guild.owner, request, { proof: { consent, oneTimeCode: { code: await flow.code(secret) } } }),
      ).toEqual(['NO_AUTHENTICATOR']);
    });

    test('is kept encrypted: neither the secret nor anything like it stands in the database', async () => {
      const who = await api.world.broadcaster();
      const { secret } = await flow.app(who.subject);
      const { rows } = await api.db
        .pool('superuser', 1)
        .query<{ secret: string }>('select secret from guildhall.authenticator where principal_id = $1', [who.principalUuid]);
      expect(rows[0]!.secret).toMatch(/^[\w-]{8}\.[\w-]+\.[\w-]+\.[\w-]+$/);
      expect(rows[0]!.secret).not.toContain(secret);
    });

    test('is tried five times in an hour, at the same instant too', async () => {
      const { who, request } = await signing('IDENTITY_AND_CLICK');
      const { secret } = await flow.app(who.subject);
      const consent = await flow.consent(who.subject);
      const tries = await Promise.all(
        Array.from({ length: 8 }, (_, n) =>
          flow.refusedFor(who.subject, request, { proof: { consent, oneTimeCode: { code: `00000${String(n)}`.slice(-6) } } }),
        ),
      );
      expect(tries.flat().sort()).toEqual([
        ...Array<string>(5).fill('PROOF_INVALID'),
        ...Array<string>(3).fill('TOO_MANY_ATTEMPTS'),
      ]);
      const right = { proof: { consent, oneTimeCode: { code: await flow.code(secret) } } };
      expect(await flow.refusedFor(who.subject, request, right)).toEqual(['TOO_MANY_ATTEMPTS']);
      await api.clock.shift(61 * 60_000);
      const again = { proof: { consent, oneTimeCode: { code: await flow.code(secret) } } };
      expect(await flow.do(who.subject, 'signAgreement', flow.body(request, again))).toMatchObject({ state: 'SIGNING' });
    });

    test('sent twice at the same instant counts once', async () => {
      const { who, request } = await signing('IDENTITY_AND_CLICK');
      const { secret } = await flow.app(who.subject);
      const proof = { consent: await flow.consent(who.subject), oneTimeCode: { code: await flow.code(secret) } };
      const answers = await Promise.all([1, 2].map(() => flow.trySign(who.subject, request, { proof })));
      expect(answers.map(({ __typename }) => __typename).sort()).toEqual(['Refusal', 'Request']);
    });

    test('the same command under the same key is the first answer again', async () => {
      const { who, request } = await signing('IDENTITY_AND_CLICK');
      const { secret } = await flow.app(who.subject);
      const proof = { consent: await flow.consent(who.subject), oneTimeCode: { code: await flow.code(secret) } };
      const body = flow.body(request, { proof, idempotencyKey: 'once' });
      const first = await flow.do(who.subject, 'signAgreement', body);
      expect(await flow.do(who.subject, 'signAgreement', body)).toMatchObject({ version: first.version, state: 'SIGNING' });
    });
  });

  describe('a code that is sent', () => {
    test('does with consent; only so many are sent, and one is answered only so often', async () => {
      const { who, request } = await signing('IDENTITY_AND_CLICK');
      const consent = await flow.consent(who.subject);
      const begin = { requestId: request.id, sha256: request.agreement!.sha256, method: 'DELIVERED_CODE' };
      const { id: challengeId } = await flow.ask(who.subject, 'beginSignature', begin);
      const { code, principalId } = sent.at(-1)!;
      expect([principalId, code]).toEqual([who.principalUuid, expect.stringMatching(/^\d{8}$/)]);
      const { rows } = await api.db
        .pool('superuser', 1)
        .query<{ challenge: string }>('select challenge from guildhall.signing_challenge where principal_id = $1', [principalId]);
      expect(rows[0]!.challenge).not.toContain(code);
      const wrong = code === '00000000' ? '00000001' : '00000000';
      for (let n = 0; n < 3; n += 1)
        expect(
          await flow.refusedFor(who.subject, request, { proof: { consent, deliveredCode: { challengeId, code: wrong } } }),
        ).toEqual(['PROOF_INVALID']);
      expect(await flow.refusedFor(who.subject, request, { proof: { consent, deliveredCode: { challengeId, code } } })).toEqual([
        'CHALLENGE_OVER',
      ]);
      const { id: another } = await flow.ask(who.subject, 'beginSignature', begin);
      const proof = { consent, deliveredCode: { challengeId: another, code: sent.at(-1)!.code } };
      await flow.do(who.subject, 'signAgreement', flow.body(request, { proof }));
      expect(await mark(request.id)).toMatchObject({ level: 'IDENTITY_AND_CLICK', method: 'DELIVERED_CODE' });
      for (let n = 0; n < 3; n += 1) await flow.ask(who.subject, 'beginSignature', begin);
      expect(await flow.ask(who.subject, 'beginSignature', begin)).toMatchObject({ code: 'TOO_MANY_CHALLENGES' });
    });

    test('is over after ten minutes, and is nobody else’s', async () => {
      const { who, guild, request } = await signing('IDENTITY_AND_CLICK');
      const consent = await flow.consent(who.subject);
      const begin = { requestId: request.id, sha256: request.agreement!.sha256, method: 'DELIVERED_CODE' };
      const { id: challengeId } = await flow.ask(who.subject, 'beginSignature', begin);
      const deliveredCode = { challengeId, code: sent.at(-1)!.code };
      expect(await flow.refusedFor(guild.owner, request, { proof: { consent, deliveredCode } })).toEqual(['PROOF_INVALID']);
      await api.clock.shift(10 * 60_000);
      expect(await flow.refusedFor(who.subject, request, { proof: { consent, deliveredCode } })).toEqual(['CHALLENGE_OVER']);
    });

    test('is not asked for about a request that one does not see', async () => {
      const { request } = await signing('IDENTITY_AND_CLICK');
      const stranger = await api.world.broadcaster();
      const begin = { requestId: request.id, sha256: request.agreement!.sha256, method: 'DELIVERED_CODE' };
      expect(await flow.ask(stranger.subject, 'beginSignature', begin)).toMatchObject({ code: 'NOT_FOUND' });
    });
  });

  describe('a passkey', () => {
    test('signs the hash of the agreement, which its challenge begins with', async () => {
      const { who, request } = await signing('ADVANCED');
      const consent = await flow.consent(who.subject);
      const device = await flow.passkey(who.subject);
      const passkey = await flow.assertion(who.subject, device, request);
      await flow.do(who.subject, 'signAgreement', flow.body(request, { proof: { consent, passkey } }));
      expect(await mark(request.id)).toMatchObject({ level: 'ADVANCED', method: 'PASSKEY' });
      const { rows } = await api.db
        .pool('superuser', 1)
        .query<{ body: string; public_key: string }>(
          'select body, public_key from guildhall.signature_proof where principal_id = $1',
          [who.principalUuid],
        );
      // Whoever verifies it again needs no authenticator of ours.
      expect(rows[0]!.public_key).toMatch(/^[\w-]{80,}$/);
      const { response } = JSON.parse(rows[0]!.body) as { response: { clientDataJSON: string } };
      const { challenge } = JSON.parse(Buffer.from(response.clientDataJSON, 'base64url').toString()) as { challenge: string };
      expect(Buffer.from(challenge, 'base64url').toString('hex').slice(0, 64)).toBe(request.agreement!.sha256);
    });

    test('does not hold from another page, for another domain, without a person, over another hash, or twice', async () => {
      const { who, request } = await signing('ADVANCED');
      const consent = await flow.consent(who.subject);
      const device = await flow.passkey(who.subject);
      const codes = async (passkey: object) => flow.refusedFor(who.subject, request, { proof: { consent, passkey } });
      for (const as of [
        { origin: 'https://evil.example' },
        { rpId: 'evil.example' },
        { verifiesUser: false },
        { challenge: Buffer.alloc(48).toString('base64url') },
      ])
        expect(await codes(await flow.assertion(who.subject, device, request, as))).toEqual(['PROOF_INVALID']);
      expect(await codes({ ...(await flow.assertion(who.subject, device, request)), response: { id: 'x' } })).toEqual([
        'NO_AUTHENTICATOR',
      ]);
      // Another device that nobody has enrolled answers in the name of the enrolled one.
      const stolen = new SoftwareAuthenticator(ORIGIN);
      const forged = await flow.assertion(who.subject, stolen, request);
      const named = { ...forged, response: { ...forged.response, id: device.credentialId.toString('base64url') } };
      expect(await codes(named)).toEqual(['PROOF_INVALID']);

      const passkey = await flow.assertion(who.subject, device, request);
      await flow.do(who.subject, 'signAgreement', flow.body(request, { proof: { consent, passkey } }));
      await flow.do(who.subject, 'revokeSignature', { requestId: request.id });
      expect(await codes(passkey)).toEqual(['CHALLENGE_OVER']);
    });

    test('answers for one agreement and not for the one that has taken its place', async () => {
      const { who, guild, request } = await signing('ADVANCED');
      const consent = await flow.consent(who.subject);
      const device = await flow.passkey(who.subject);
      const passkey = await flow.assertion(who.subject, device, request);
      await flow.do(guild.owner, 'proposeTerms', { requestId: request.id, terms: { guildSharePercent: 10, termMonths: 6 } });
      const amended = await flow.do(who.subject, 'acceptTerms', { requestId: request.id, agreementVersion: 2 });
      expect(await flow.refusedFor(who.subject, amended, { proof: { consent, passkey } })).toEqual(['PROOF_INVALID']);
    });
  });

  describe('a key of one’s own', () => {
    test.each(['EdDSA', 'ES256', 'PS256'])('signs the hash by a detached JWS: %s', async (alg) => {
      const { who, request } = await signing('ADVANCED');
      const consent = await flow.consent(who.subject);
      const key = await flow.key(who.subject, alg);
      const jws = await flow.jws(key, request.agreement!.sha256, alg);
      const externalKey = { authenticatorId: key.id, jws };
      await flow.do(who.subject, 'signAgreement', flow.body(request, { proof: { consent, externalKey } }));
      expect(await mark(request.id)).toMatchObject({ level: 'ADVANCED', method: 'EXTERNAL_KEY' });
    });

    test('does not hold over another text, by another key, when it is old, or twice', async () => {
      const { who, guild, request } = await signing('ADVANCED');
      const consent = await flow.consent(who.subject);
      const [key, theirs] = [await flow.key(who.subject), await flow.key(guild.owner)];
      const { sha256 } = request.agreement!;
      const codes = (jws: string, authenticatorId = key.id) =>
        flow.refusedFor(who.subject, request, { proof: { consent, externalKey: { authenticatorId, jws } } });
      expect(await codes(await flow.jws(key, 'b'.repeat(64)))).toEqual(['PROOF_INVALID']);
      expect(await codes(await flow.jws(theirs, sha256))).toEqual(['PROOF_INVALID']);
      expect(await codes(await flow.jws(theirs, sha256), theirs.id)).toEqual(['NO_AUTHENTICATOR']);
      expect(await codes(await flow.jws(key, sha256, 'EdDSA', 3_600))).toEqual(['PROOF_INVALID']);
      expect(await codes('nonsense')).toEqual(['PROOF_INVALID']);
      const jws = await flow.jws(key, sha256);
      const proof = { consent, externalKey: { authenticatorId: key.id, jws } };
      await flow.do(who.subject, 'signAgreement', flow.body(request, { proof }));
      await flow.do(who.subject, 'revokeSignature', { requestId: request.id });
      expect(await codes(jws)).toEqual(['PROOF_USED']);
    });
  });

  describe('an authenticator', () => {
    test('is good when it was used once, within its time, and is nobody else’s', async () => {
      const [who, other] = [await api.world.broadcaster(), await api.world.broadcaster()];
      const begun = await flow.ask(who.subject, 'enrolAuthenticator', { kind: 'ONE_TIME_CODE', label: 'Phone' });
      expect(begun.uri).toMatch(/^otpauth:\/\/totp\/Guildhall:Phone\?secret=[A-Z2-7]{32}&issuer=Guildhall/);
      const authenticatorId = begun.authenticator.id;
      const code = await flow.code(begun.secret);
      expect(await flow.ask(other.subject, 'confirmAuthenticator', { authenticatorId, code })).toMatchObject({
        code: 'NOT_FOUND',
      });
      const wrong = code === '000000' ? '000001' : '000000';
      expect(await flow.ask(who.subject, 'confirmAuthenticator', { authenticatorId, code: wrong })).toMatchObject({
        code: 'PROOF_INVALID',
      });
      await api.clock.shift(11 * 60_000);
      const late = await flow.code(begun.secret);
      expect(await flow.ask(who.subject, 'confirmAuthenticator', { authenticatorId, code: late })).toMatchObject({
        code: 'ENROLMENT_EXPIRED',
      });
      expect(await flow.remove(other.subject, authenticatorId)).toMatchObject({ code: 'NOT_FOUND' });
    });

    test('a passkey is registered from the right page, and once', async () => {
      const [who, other] = [await api.world.broadcaster(), await api.world.broadcaster()];
      const begun = await flow.ask(who.subject, 'enrolAuthenticator', { kind: 'PASSKEY', label: 'Laptop' });
      const authenticatorId = begun.authenticator.id;
      const device = new SoftwareAuthenticator(ORIGIN);
      const evil = device.create(begun.passkeyOptions, { origin: 'https://evil.example' });
      expect(await flow.ask(who.subject, 'confirmAuthenticator', { authenticatorId, passkey: evil })).toMatchObject({
        code: 'PROOF_INVALID',
      });
      const passkey = device.create(begun.passkeyOptions);
      expect((await flow.ask(who.subject, 'confirmAuthenticator', { authenticatorId, passkey })).__typename).toBe(
        'Authenticator',
      );
      const twice = await flow.ask(other.subject, 'enrolAuthenticator', { kind: 'PASSKEY', label: 'Laptop' });
      expect(
        await flow.ask(other.subject, 'confirmAuthenticator', {
          authenticatorId: twice.authenticator.id,
          passkey: device.create(twice.passkeyOptions),
        }),
      ).toMatchObject({ code: 'PROOF_INVALID' });
    });

    test('a private key and a weak one are refused', async () => {
      const who = await api.world.broadcaster();
      const enrol = async (publicKey: object) =>
        (await flow.ask(who.subject, 'enrolAuthenticator', { kind: 'EXTERNAL_KEY', label: 'Card', publicKey })).code;
      const { jwk } = await flow.key(who.subject);
      expect(await enrol({ ...jwk, d: 'AAAA' })).toBe('PRIVATE_KEY');
      expect(await enrol({ kty: 'oct', k: 'AAAA' })).toBe('PRIVATE_KEY');
      expect(await enrol({ kty: 'RSA', n: 'AQAB', e: 'AQAB' })).toBe('KEY_NOT_USABLE');
      expect(await enrol({})).toBe('KEY_NOT_USABLE');
    });

    test('edge case 16: the first one signs at once, a later one only when the lock of a changed identity is over', async () => {
      const { who, guild, request } = await signing('ADVANCED');
      const consent = await flow.consent(who.subject);
      const first = await flow.passkey(who.subject);
      const later = await flow.passkey(who.subject);
      const locked = await flow.refused(
        who.subject,
        'signAgreement',
        flow.body(request, { proof: { consent, passkey: await flow.assertion(who.subject, later, request) } }),
      );
      expect(locked).toMatchObject({ code: 'AUTHENTICATOR_LOCKED' });
      const days = (Date.parse(locked.reasons[0]!.until!) - (await api.clock.now()).getTime()) / 86_400_000;
      expect(days).toBeGreaterThan(6.9);
      expect(days).toBeLessThanOrEqual(7);
      const passkey = await flow.assertion(who.subject, first, request);
      await flow.do(who.subject, 'signAgreement', flow.body(request, { proof: { consent, passkey } }));

      // Removing the old one does not make the new one the first.
      const { authenticators } = await api.gql<{ authenticators: { id: string; lockedAtFirst: boolean }[] }>(
        who.subject,
        '{ authenticators { id lockedAtFirst } }',
      );
      expect(authenticators.map(({ lockedAtFirst }) => lockedAtFirst)).toEqual([false, true]);
      for (const { id } of authenticators) await flow.remove(who.subject, id);
      const newest = await flow.passkey(who.subject);
      await flow.do(who.subject, 'revokeSignature', { requestId: request.id });
      const again = { consent, passkey: await flow.assertion(who.subject, newest, request) };
      expect(await flow.refusedFor(who.subject, request, { proof: again })).toEqual(['AUTHENTICATOR_LOCKED']);
      expect((await flow.signing(await api.world.broadcaster(), guild)).state).toBe('SIGNING');
      await api.pass(6.9 * 86_400_000);
      expect(
        await flow.refusedFor(who.subject, request, {
          proof: { consent, passkey: await flow.assertion(who.subject, newest, request) },
        }),
      ).toEqual(['AUTHENTICATOR_LOCKED']);
      await api.pass(0.11 * 86_400_000);
      const over = { consent, passkey: await flow.assertion(who.subject, newest, request) };
      expect(await flow.do(who.subject, 'signAgreement', flow.body(request, { proof: over }))).toMatchObject({
        state: 'SIGNING',
      });
    });
  });

  test('an erased person leaves nothing that could sign, and the evidence of what was', async () => {
    const { who, request } = await signing('ADVANCED');
    const consent = await flow.consent(who.subject);
    const passkey = await flow.assertion(who.subject, await flow.passkey(who.subject), request);
    await flow.do(who.subject, 'signAgreement', flow.body(request, { proof: { consent, passkey } }));
    await flow.do(who.subject, 'withdrawRequest', { requestId: request.id });
    const directory = new DirectoryFlow(api);
    await directory.do('sam', 'requestErasure', { broadcasterId: who.id });
    await directory.do('sam', 'completeErasure', { broadcasterId: who.id });
    const pool = api.db.pool('superuser', 1);
    const left = await pool.query(
      `select label, secret, credential_id, public_key, removed_at is not null as removed from guildhall.authenticator where principal_id = $1`,
      [who.principalUuid],
    );
    expect(left.rows).toEqual([{ label: 'erased', secret: null, credential_id: null, public_key: null, removed: true }]);
    const proofs = await pool.query('select from guildhall.signature_proof where principal_id = $1 and public_key is not null', [
      who.principalUuid,
    ]);
    expect(proofs.rowCount).toBe(1);
  });

  test('no viewer reads secrets, challenges or proofs, whatever their role', async () => {
    const pool = api.db.pool('app', 1);
    for (const table of ['authenticator', 'signing_challenge', 'signature_attempt', 'signature_proof'])
      await expect(pool.query(`select * from guildhall.${table}`)).rejects.toThrow('permission denied');
  });

  test('a proof is never changed', async () => {
    const pool = api.db.pool('superuser', 1);
    await expect(pool.query(`update guildhall.signature_proof set level = 'ADVANCED'`)).rejects.toThrow();
    await expect(pool.query('delete from guildhall.signature_proof')).rejects.toThrow();
  });
});
