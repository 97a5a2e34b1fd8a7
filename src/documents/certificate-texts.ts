import { instantTexts, type CertificateAct, type CertificateData } from './certificate.js';
import { wordingFor, type CertificateWording } from './wording.js';

/** A value under a name; `exact`: a hash, an id. */
export interface Fact {
  readonly name: string;
  readonly value: string;
  readonly exact?: boolean;
}

/** The certificate as texts in its order: what its page and its file both show. */
export interface CertificateTexts {
  readonly title: string;
  readonly intro: string;
  readonly facts: readonly Fact[];
  readonly parties: {
    readonly heading: string;
    readonly columns: readonly string[];
    readonly rows: readonly (readonly string[])[];
  };
  readonly agreements: { readonly heading: string; readonly none: string; readonly each: readonly (readonly Fact[])[] };
  /** A cell is a list of lines. */
  readonly acts: {
    readonly heading: string;
    readonly columns: readonly string[];
    readonly rows: readonly (readonly (readonly string[])[])[];
  };
  readonly chain: { readonly heading: string; readonly text: string; readonly facts: readonly Fact[] };
  readonly verify: { readonly heading: string; readonly steps: readonly string[] };
}

export function certificateTexts(data: CertificateData): CertificateTexts {
  const { certificate: say, version } = wordingFor(data.locale);
  const { timeZone } = data.region;
  const both = (instant: string) => {
    const { utc, local } = instantTexts(instant, timeZone);
    return `${utc}, ${local}`;
  };
  const roleOf = (role: string) => say.roles[role] ?? role;
  return {
    title: say.title,
    intro: say.intro,
    facts: [
      { name: say.request, value: data.requestId, exact: true },
      { name: say.kind, value: data.kind },
      { name: say.state, value: data.state },
      { name: say.region, value: `${data.region.name} (${timeZone})` },
      { name: say.opened, value: both(data.openedAt) },
      { name: say.ended, value: data.endedAt === null ? say.running : both(data.endedAt) },
      { name: say.issued, value: both(data.issuedAt) },
    ],
    parties: {
      heading: say.parties,
      columns: [say.party, say.name],
      rows: data.parties.map(({ party, name }) => [roleOf(party), name ?? say.somebody]),
    },
    agreements: {
      heading: say.signed,
      none: say.noAgreement,
      each: data.agreements.map((agreement) => [
        { name: version(agreement.version), value: agreement.title },
        { name: say.drawnUp, value: both(agreement.createdAt) },
        { name: 'SHA-256', value: agreement.sha256, exact: true },
      ]),
    },
    acts: {
      heading: say.acts,
      columns: [say.columns.number, say.columns.when, say.columns.who, say.columns.what, say.columns.how],
      rows: data.acts.map((act) => {
        const { utc, local } = instantTexts(act.at, timeZone);
        const what = say.events[act.event] ?? act.title;
        return [
          [String(act.seq)],
          [utc, local],
          [act.person ?? say.somebody, roleOf(act.authority)],
          act.signed ? [what, say.signedVersion(act.signed.version), `SHA-256 ${act.signed.sha256}`] : [what],
          howOf(act, say),
        ];
      }),
    },
    chain: {
      heading: say.chain,
      text: say.chainText(data.head.seq),
      facts: [{ name: say.head, value: data.head.hash, exact: true }],
    },
    verify: { heading: say.verify, steps: say.steps },
  };
}

function howOf({ evidence }: CertificateAct, say: CertificateWording): readonly string[] {
  if (!evidence) return [say.noMethod];
  const { level, method, consent, sealedBy } = evidence;
  const lines = [level, method, consent, sealedBy === null ? null : say.sealedBy(sealedBy)].filter((line) => line !== null);
  return lines.length > 0 ? lines : [say.noMethod];
}
