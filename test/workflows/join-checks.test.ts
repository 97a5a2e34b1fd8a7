import { describe, expect, it } from '@jest/globals';
import { advance, begin, type Accepted, type Advance } from '../../workflows/kernel/index.js';
import { join } from '../../workflows/join/index.js';
import {
  agent,
  broadcaster,
  coolingOff,
  drafting,
  finance,
  input,
  type Instance,
  otherTerms,
  owner,
  settlement,
  sha,
  signing,
  START,
  support,
  system,
  terms,
  uuid,
} from './join-fixtures.js';

const codes = (result: Advance) => (result.ok ? [] : result.reasons.map(({ code }) => code));
const propose = (instance: Instance, actor = owner, next: object = otherTerms) =>
  instance.send('PROPOSE_TERMS', actor, { terms: next });
function signedBy(actor = broadcaster): Instance {
  const instance = signing();
  instance.sign(actor);
  return instance;
}
const lastRound = () => drafting({ policy: { ...input.policy, maxDraftRounds: 1 } });

/** For every check: something that it lets through, and something that it alone refuses. */
const cases: Record<string, { allowed: () => Advance; refused: () => Advance; code: string }> = {
  isInitiator: {
    allowed: () => drafting().send('WITHDRAW_REQUEST', broadcaster),
    refused: () => drafting().send('WITHDRAW_REQUEST', owner),
    code: 'ONLY_INITIATOR',
  },
  isAskedParty: {
    allowed: () => signing().send('DECLINE_REQUEST', agent, { reasonCode: 'TERMS' }),
    refused: () => signing().send('DECLINE_REQUEST', broadcaster, { reasonCode: 'TERMS' }),
    code: 'ONLY_ASKED_PARTY',
  },
  isBelowRoundLimit: { allowed: () => propose(drafting()), refused: () => propose(lastRound()), code: 'ROUND_LIMIT' },
  isWithinPolicy: {
    allowed: () => propose(drafting()),
    refused: () => propose(drafting(), owner, { guildSharePercent: 31, termMonths: 12 }),
    code: 'GUILD_SHARE_TOO_HIGH',
  },
  changesTerms: { allowed: () => propose(drafting()), refused: () => propose(drafting(), owner, terms), code: 'TERMS_UNCHANGED' },
  isAnswering: {
    allowed: () => drafting().send('ACCEPT_TERMS', owner, { version: 1 }),
    refused: () => drafting().send('ACCEPT_TERMS', broadcaster, { version: 1 }),
    code: 'OWN_PROPOSAL',
  },
  isForEitherParty: {
    allowed: () => propose(signing(), broadcaster),
    refused: () => signing().send('PROPOSE_TERMS', owner, { terms: otherTerms, as: 'BROADCASTER' }),
    code: 'NOT_YOUR_PARTY',
  },
  isCurrentVersion: {
    allowed: () => drafting().send('ACCEPT_TERMS', owner, { version: 1 }),
    refused: () => drafting().send('ACCEPT_TERMS', owner, { version: 2 }),
    code: 'OUTDATED_VERSION',
  },
  isShownAgreement: {
    allowed: () => signing().sign(owner),
    refused: () => signing().send('SIGN_AGREEMENT', owner, { sha256: sha(9), version: 1 }),
    code: 'DIFFERENT_AGREEMENT',
  },
  hasNotSigned: { allowed: () => signedBy().sign(owner), refused: () => signedBy().sign(broadcaster), code: 'ALREADY_SIGNED' },
  hasSigned: {
    allowed: () => signedBy().send('REVOKE_SIGNATURE', broadcaster),
    refused: () => signedBy().send('REVOKE_SIGNATURE', owner),
    code: 'NOT_SIGNED',
  },
  isProtectedParty: {
    allowed: () => coolingOff().send('WITHDRAW_REQUEST', broadcaster),
    refused: () => coolingOff().send('WITHDRAW_REQUEST', owner),
    code: 'ONLY_PROTECTED_PARTY',
  },
};

describe('The checks of JOIN', () => {
  it('are all tried here, but for those that only the machine itself asks', () => {
    const laterVersions = ['mayStandFor', 'isTheirTurn', 'isOfLevel'];
    expect([...Object.keys(cases), ...laterVersions, 'isEligible', 'isSignedByAll'].sort()).toEqual(
      Object.keys(join.checks).sort(),
    );
  });

  it.each(Object.entries(cases))(
    '%s lets through what it should and refuses the rest with its code',
    (_name, { allowed, refused, code }) => {
      expect(allowed()).toMatchObject({ ok: true });
      const refusal = refused();
      expect(refusal).toMatchObject({ ok: false, code: 'NOT_ALLOWED' });
      expect(codes(refusal)).toEqual([code]);
    },
  );

  it('hold for a counter-offer in drafting and for new terms in signing alike', () => {
    expect(codes(propose(drafting(), broadcaster))).toEqual(['OWN_PROPOSAL']);
    expect(codes(propose(signing({ policy: { ...input.policy, maxDraftRounds: 1 } })))).toEqual(['ROUND_LIMIT']);
    expect(codes(propose(signing(), owner, { guildSharePercent: 31, termMonths: 12 }))).toEqual(['GUILD_SHARE_TOO_HIGH']);
    expect(codes(propose(signing(), owner, terms))).toEqual(['TERMS_UNCHANGED']);
  });

  it('take a rendered text for the version that was asked for, and no other', () => {
    const first = begin(join, input, START) as Accepted;
    const rendered = (version: number) =>
      advance(
        join,
        first.snapshot,
        { type: 'AGREEMENT_RENDERED', at: START, actor: system, version, sha256: sha(1), agreementId: uuid(1) },
        'effect',
      );
    expect(codes(rendered(2))).toEqual(['OUTDATED_VERSION']);
    expect(rendered(1)).toMatchObject({ ok: true, state: 'drafting' });
  });

  it('name every violation of the policy at once', () => {
    expect(codes(propose(drafting(), owner, { guildSharePercent: 99, termMonths: 1 }))).toEqual([
      'GUILD_SHARE_TOO_HIGH',
      'TERM_TOO_SHORT',
    ]);
    expect(codes(propose(drafting(), owner, { guildSharePercent: 31, termMonths: 13 }))).toEqual([
      'GUILD_SHARE_TOO_HIGH',
      'TERM_TOO_LONG',
    ]);
  });

  it('are asked only of who has the authority', () => {
    expect(signing().sign(finance)).toMatchObject({ ok: false, code: 'FORBIDDEN' });
    expect(signing().sign(support)).toMatchObject({ ok: false, code: 'FORBIDDEN' });
    expect(drafting().send('VOID_REQUEST', owner, { reasonCode: 'FRAUD' })).toMatchObject({ ok: false, code: 'FORBIDDEN' });
    expect(drafting().send('SWITCHED', support, { membershipId: uuid(1) })).toMatchObject({ ok: false, code: 'FORBIDDEN' });
  });

  it('leave acts of another state to the state', () => {
    expect(drafting().sign(owner)).toMatchObject({ ok: false, code: 'WRONG_STATE' });
    expect(coolingOff().send('DECLINE_REQUEST', owner, { reasonCode: 'TERMS' })).toMatchObject({
      ok: false,
      code: 'WRONG_STATE',
    });
    expect(coolingOff().send('REVOKE_SIGNATURE', owner)).toMatchObject({ ok: false, code: 'WRONG_STATE' });
    expect(settlement().send('WITHDRAW_REQUEST', broadcaster)).toMatchObject({ ok: false, code: 'WRONG_STATE' });
  });

  it('let support void a request wherever it rests', () => {
    for (const instance of [drafting(), signing(), coolingOff(), settlement()]) {
      expect(instance.send('VOID_REQUEST', support, { reasonCode: 'FRAUD', annexId: uuid(1), annexHash: sha(1) })).toMatchObject({
        state: 'voided',
        done: true,
      });
    }
  });
});
