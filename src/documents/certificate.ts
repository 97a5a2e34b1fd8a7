/** What a certificate of completion tells, as its reader may see it. */
export interface CertificateData {
  /** Of the wording: the agreement's, where there is one. */
  readonly locale: string;
  /** The request's UUID, which is also the name of its chain. */
  readonly requestId: string;
  readonly kind: string;
  readonly state: string;
  readonly region: { readonly name: string; readonly timeZone: string };
  /** Instants are ISO 8601 in UTC. */
  readonly openedAt: string;
  readonly endedAt: string | null;
  readonly issuedAt: string;
  readonly parties: readonly CertificateParty[];
  readonly agreements: readonly CertificateAgreement[];
  readonly acts: readonly CertificateAct[];
  readonly head: { readonly seq: number; readonly hash: string };
  /** Whether what it is about is a sample. */
  readonly sample: boolean;
}

export interface CertificateParty {
  /** E.g. `BROADCASTER`. */
  readonly party: string;
  /** Null: not the reader's to see. */
  readonly name: string | null;
}

export interface CertificateAgreement {
  readonly version: number;
  readonly title: string;
  readonly sha256: string;
  readonly createdAt: string;
}

export interface CertificateAct {
  /** Of the history entry. */
  readonly seq: number;
  readonly at: string;
  readonly event: string;
  /** The machine's title of the event. */
  readonly title: string;
  readonly authority: string;
  readonly person: string | null;
  /** Of the history entry, over its predecessor's. */
  readonly hash: string;
  /** The version whose text was signed, where it was and the reader may read it. */
  readonly signed: { readonly version: number; readonly sha256: string } | null;
  readonly evidence: ActEvidence | null;
}

/** How an act was authenticated, as far as it was recorded. */
export interface ActEvidence {
  /** E.g. `CLICK` or `PASSKEY`. */
  readonly level: string | null;
  /** E.g. of the token: `pwd`, `otp`. */
  readonly method: string | null;
  /** Name and version of the consent text. */
  readonly consent: string | null;
  /** Of the platform's key that sealed the entry. */
  readonly sealedBy: string | null;
}

/** To the second in UTC, and in the region with its offset: deadlines are counted there. */
export function instantTexts(instant: string, timeZone: string): { readonly utc: string; readonly local: string } {
  const date = new Date(instant);
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'longOffset',
  });
  const part = Object.fromEntries(format.formatToParts(date).map(({ type, value }) => [type, value]));
  const { year = '', month = '', day = '', hour = '', minute = '', second = '', timeZoneName = '' } = part;
  const offset = timeZoneName === 'GMT' ? '+00:00' : timeZoneName.replace('GMT', '');
  return {
    utc: `${instant.slice(0, 10)} ${instant.slice(11, 19)} UTC`,
    local: `${year}-${month}-${day} ${hour}:${minute}:${second} ${offset}`,
  };
}
