/** Everything here is invented; no person or guild of these names is meant. */
import { defaultParameters, type PolicyParameters } from '../policies/parameters.js';

export interface SampleRegion {
  readonly code: string;
  readonly name: string;
  readonly timeZone: string;
  readonly currency: string;
  readonly locale: string;
  readonly policy: PolicyParameters;
}

/** The legal regions, each run by the domain's table of defaults. */
export const sampleRegions: readonly SampleRegion[] = [
  { code: 'CN', name: 'China', timeZone: 'Asia/Shanghai', currency: 'CNY', locale: 'zh-CN', policy: defaultParameters('CN') },
  {
    code: 'EU',
    name: 'European Union',
    timeZone: 'Europe/Berlin',
    currency: 'EUR',
    locale: 'en',
    policy: defaultParameters('EU'),
  },
  { code: 'JP', name: 'Japan', timeZone: 'Asia/Tokyo', currency: 'JPY', locale: 'en', policy: defaultParameters('JP') },
  {
    code: 'US',
    name: 'United States',
    timeZone: 'America/New_York',
    currency: 'USD',
    locale: 'en',
    policy: defaultParameters('US'),
  },
];

export const sampleGuilds = [
  {
    name: 'Lantern House',
    region: 'EU',
    memberCap: 50,
    staff: [
      { subject: 'olivia', displayName: 'Olivia Sample', role: 'OWNER' },
      { subject: 'amir', displayName: 'Amir Sample', role: 'AGENT' },
      { subject: 'fiona', displayName: 'Fiona Sample', role: 'FINANCE' },
    ],
  },
  {
    name: 'Jade Pavilion',
    region: 'CN',
    memberCap: null,
    staff: [
      { subject: 'owen', displayName: 'Owen Sample', role: 'OWNER' },
      { subject: 'ada', displayName: 'Ada Sample', role: 'AGENT' },
      { subject: 'fred', displayName: 'Fred Sample', role: 'FINANCE' },
    ],
  },
  {
    name: 'Tide Collective',
    region: 'JP',
    memberCap: 10,
    staff: [
      { subject: 'oki', displayName: 'Oki Sample', role: 'OWNER' },
      { subject: 'aoi', displayName: 'Aoi Sample', role: 'AGENT' },
      { subject: 'fumi', displayName: 'Fumi Sample', role: 'FINANCE' },
    ],
  },
] as const;

export const sampleBroadcasters = [
  { subject: 'bela', handle: 'bela-sings', region: 'EU', birthDate: '1998-04-12', verified: true },
  { subject: 'carlo', handle: 'carlo-cooks', region: 'EU', birthDate: '2001-09-30', verified: true },
  { subject: 'dan', handle: 'dan-speedruns', region: 'EU', birthDate: null, verified: false },
  { subject: 'mei', handle: 'mei-paints', region: 'CN', birthDate: '1995-01-20', verified: true },
  { subject: 'lin', handle: 'lin-dances', region: 'CN', birthDate: '2010-06-02', verified: true },
  { subject: 'haru', handle: 'haru-plays', region: 'JP', birthDate: '1999-11-08', verified: true },
] as const;

export const samplePlatform = [
  { subject: 'sam', displayName: 'Sam Sample', role: 'SUPPORT' },
  { subject: 'sol', displayName: 'Sol Sample', role: 'SUPPORT' },
  { subject: 'pia', displayName: 'Pia Sample', role: 'POLICY' },
  { subject: 'pol', displayName: 'Pol Sample', role: 'POLICY' },
  { subject: 'ava', displayName: 'Ava Sample', role: 'AUDITOR' },
] as const;
