import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { advance, describe as described, explain, SYSTEM_ACTOR, type Json } from '../../workflows/kernel/index.js';
import { registry } from '../../workflows/registry.js';
import { actorAs } from '../support/explorer-actors.js';
import type { Golden } from '../support/golden.js';
import { slugOf } from '../support/samples/load.js';
import { MEMBERSHIP } from '../support/samples/request.js';
import { sha, uuid } from '../support/samples/sample.js';

/**
 * A consent that no longer holds at the switch, in every kind that a guardian signs: from instances that were stored before those
 * kinds asked for it.
 */

const KINDS = ['JOIN', 'AMEND', 'RENEW', 'LEAVE_MUTUAL', 'TRANSFER_AGREED', 'TRANSFER_PORTABLE'] as const;
/** Where the new consent leads: what came between the signatures and the switch comes again. */
const AFTER: Readonly<Record<(typeof KINDS)[number], string>> = {
  JOIN: 'coolingOff',
  AMEND: 'settlement',
  RENEW: 'coolingOff',
  LEAVE_MUTUAL: 'settlement',
  TRANSFER_AGREED: 'certification',
  TRANSFER_PORTABLE: 'coolingOff',
};
const SWITCHES = ['switchMembership', 'amendMembership', 'endMembership', 'transferMembership'];
const GUARDIAN_ID = uuid(70);

const asksAgain = registry.filter(({ events }) => 'CONSENT_NEEDED' in events);

interface Context {
  readonly [key: string]: Json;
  readonly signatures: Readonly<Record<string, Json>>;
  readonly parties: readonly string[];
}

describe.each(KINDS)('%s', (kind) => {
  const definition = asksAgain.find((candidate) => candidate.kind === kind)!;

  function stored(): Golden {
    const file = new URL(`./golden/${slugOf(definition)}/settlement.json`, import.meta.url);
    return JSON.parse(readFileSync(file, 'utf8')) as Golden;
  }
  /** The same instance, as it would be had the broadcaster been a minor: the guardian takes part and has signed. */
  function ofMinor(): Golden {
    const golden = stored();
    const { context } = golden.snapshot as unknown as { context: Context };
    const signatures = { ...context.signatures, GUARDIAN: { by: GUARDIAN_ID, at: golden.at } };
    const parties = ['BROADCASTER', 'GUARDIAN', ...context.parties.slice(1)];
    return { ...golden, snapshot: { ...(golden.snapshot as object), context: { ...context, minor: true, signatures, parties } } };
  }
  const contextOf = (snapshot: Json) => (snapshot as unknown as { context: Context }).context;
  const step = (snapshot: Json, event: object, at: string, source: 'timer' | 'effect') => {
    const result = advance(definition, snapshot, { ...event, at, actor: SYSTEM_ACTOR } as never, source);
    if (!result.ok) throw new Error(JSON.stringify(result.reasons));
    return { ...result, snapshot: JSON.parse(JSON.stringify(result.snapshot)) as Json };
  };
  const switching = ({ snapshot, timers: [timer] }: Golden) =>
    step(snapshot, { type: timer!.event, dueAt: timer!.dueAt }, timer!.dueAt, 'timer');
  const answered = (golden: Golden, answer: object) =>
    step(switching(golden).snapshot, answer, golden.timers[0]!.dueAt, 'effect');

  it.each([
    ['somebody of age', stored, { minor: false, guardianId: null }],
    ['a minor', ofMinor, { minor: true, guardianId: GUARDIAN_ID }],
  ] as const)('tells the switch who consented: %s', (_who, golden, consent) => {
    const [made] = switching(golden()).effects.filter(({ type }) => SWITCHES.includes(type));
    expect(made!.params).toMatchObject({ consent });
    expect(definition.effects[made!.type]!.params.safeParse(made!.params).error).toBeUndefined();
  });

  it('goes to its end where the consent stands', () => {
    const { state } = answered(stored(), { type: 'SWITCHED', membershipId: MEMBERSHIP });
    expect(['completed', 'stating', 'withdrawable']).toContain(state);
  });

  it('asks whoever has come of age again, alone, and the guardian no more', () => {
    const golden = ofMinor();
    const { snapshot, state } = answered(golden, { type: 'CONSENT_NEEDED', minor: false });
    const { parties, signatures, minor, switchAt } = contextOf(snapshot);
    expect([state, minor, switchAt]).toEqual(['signing', false, null]);
    expect(parties).toEqual(contextOf(stored().snapshot).parties);
    expect(Object.keys(signatures).sort()).toEqual(
      Object.keys(contextOf(stored().snapshot).signatures)
        .filter((party) => party !== 'BROADCASTER')
        .sort(),
    );
    expect(described(definition, snapshot).awaits).toEqual(['BROADCASTER']);
    const { agreement, version } = contextOf(snapshot) as unknown as { agreement: { sha256: string }; version: number };
    const signing = { type: 'SIGN_AGREEMENT', version, sha256: agreement.sha256, at: golden.timers[0]!.dueAt };
    const sign = (by: string, sha256 = signing.sha256) =>
      advance(definition, snapshot, { ...signing, sha256, actor: actorAs(by) }, 'outside');
    expect(sign('GUARDIAN')).toMatchObject({ ok: false });
    expect(sign('BROADCASTER', sha(999))).toMatchObject({ ok: false, code: 'NOT_ALLOWED' });
    expect(sign('BROADCASTER')).toMatchObject({ ok: true, state: AFTER[kind] });
  });

  it('asks both again where another guardian has to consent, and ends like any signing when they are silent', () => {
    const { snapshot, effects, armed } = answered(ofMinor(), { type: 'CONSENT_NEEDED', minor: true });
    expect(contextOf(snapshot).signatures).not.toHaveProperty('GUARDIAN');
    expect(described(definition, snapshot).awaits).toEqual(
      expect.arrayContaining(['BROADCASTER', 'GUARDIAN', ...(kind === 'JOIN' ? ['PLATFORM'] : [])]),
    );
    const told = effects.map(({ params }) => params as { template?: string; audience: string[] });
    expect(told.find(({ template }) => template === 'CONSENT_NEEDED')?.audience).toEqual(
      expect.arrayContaining(['BROADCASTER', 'GUARDIAN', 'GUILD']),
    );
    expect(armed.map(({ name }) => name.split('.')[2])).toEqual(['signatureWindow']);
    expect(explain(definition, snapshot, armed).silence).toContain('Expired');
  });
});

it('is asked by exactly the kinds that a guardian signs', () => {
  expect(asksAgain.map((definition) => definition.kind).sort()).toEqual([...KINDS].sort());
  const signed = registry.filter(
    ({ kind, version, events }) => 'SIGN_AGREEMENT' in events && !(kind === 'JOIN' && version === 1),
  );
  expect(asksAgain).toEqual(signed);
});
