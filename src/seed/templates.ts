import { joinTemplate } from './world.js';

/** Of a transfer by agreement, for broadcaster and gaining guild. */
const transfer = `TRANSFER AGREEMENT (SAMPLE)
Reference {{agreementId}}, version {{version}}, drawn up {{date}}

1. Parties. The broadcaster "{{broadcaster}}", the guild "{{guild}}", which is left, and the guild "{{gainingGuild}}", which is joined, in the region {{region}}.
2. Transfer. The broadcaster moves from one guild to the other {{start}}: the old membership ends in the instant in which the new one begins.
3. Fee. "{{gainingGuild}}" pays {{feeMinor}} (in the smallest units of {{currency}}) to "{{guild}}"; of it {{originSharePercent}} % are for the guilds of origin.
4. Membership. In "{{gainingGuild}}" the membership runs for {{termMonths}} months; the guild receives {{guildSharePercent}} % of the gross revenue.
5. Certificate and cooling-off. The platform certifies the transfer; for {{coolingOffDays}} days after that, ending at the end of the last day, the broadcaster
   may withdraw without giving a reason.
6. Rules. The policy {{policy}} applies.
`;

/** Of a transfer by agreement, for the guild that is left: it does not say what the broadcaster is offered. */
const release = `RELEASE FOR A TRANSFER (SAMPLE)
Reference {{agreementId}}, version {{version}}, drawn up {{date}}

1. Parties. The guild "{{guild}}" lets the broadcaster "{{broadcaster}}" go to the guild "{{gainingGuild}}", in the region {{region}}.
2. Transfer. The membership in "{{guild}}" ends {{start}}, if the transfer is carried out.
3. Fee. "{{gainingGuild}}" pays {{feeMinor}} (in the smallest units of {{currency}}) to "{{guild}}"; of it {{originSharePercent}} % are for the guilds of origin.
4. Objections. For {{coolingOffDays}} days after the platform's certificate the guild may object, on the grounds that the rules list and no others.
5. Rules. The policy {{policy}} applies.
`;

/** Of a transfer with a code. */
const portable = `TRANSFER WITH A CODE (SAMPLE)
Reference {{agreementId}}, version {{version}}, drawn up {{date}}

1. Parties. The broadcaster "{{broadcaster}}" and the guild "{{gainingGuild}}", in the region {{region}}.
2. Transfer. The broadcaster moves from the guild "{{guild}}" to "{{gainingGuild}}" {{start}}.
3. Membership. It runs for {{termMonths}} months; the guild receives {{guildSharePercent}} % of the gross revenue.
4. Cooling-off. For {{coolingOffDays}} days after both have signed, ending at the end of the last day, the broadcaster may withdraw without giving a reason,
   and "{{guild}}" may object on the grounds that the rules list.
5. Rules. The policy {{policy}} applies.
`;

/** The texts of agreements, by name of the template. */
export const sampleTemplates: Readonly<Record<string, string>> = {
  JOIN: joinTemplate,
  TRANSFER: transfer,
  TRANSFER_RELEASE: release,
  TRANSFER_PORTABLE: portable,
  LEAVE_MUTUAL: `AGREEMENT TO END A MEMBERSHIP (SAMPLE)
Reference {{agreementId}}, version {{version}}, drawn up {{date}}

1. Parties. The guild "{{guild}}" and the broadcaster "{{broadcaster}}", in the region {{region}}.
2. End. The membership ends at the chosen time; where none is chosen, or it has passed by then, when all have signed. Chosen time: {{chosen}}.
3. Release. With the end the broadcaster is free to join any other guild. No notice and no exit fee is due.
4. Money. What is owed up to the end is settled by a statement that both may object to; the end does not wait for it.
5. Taking back. Until the end the broadcaster may take this agreement back; the membership then goes on unchanged.
6. Rules. The policy {{policy}} applies.
`,
  AMEND: `CHANGE OF A MEMBERSHIP AGREEMENT (SAMPLE)
Reference {{agreementId}}, version {{version}}, drawn up {{date}}

1. Parties. The guild "{{guild}}" and the broadcaster "{{broadcaster}}", in the region {{region}}.
2. Revenue. Of the gross revenue of the broadcaster's channel the guild receives {{guildSharePercent}} % and the broadcaster {{broadcasterSharePercent}} %.
3. Term. The term is {{termMonths}} months, counted from the day from which the running term counts.
4. From when. The new terms are in force from the chosen time on; where none is chosen, or it has passed by then, from the last signature on.
   Chosen time: {{chosen}}. What was earned before is shared by the old terms.
5. Rules. Everything else stays as it was agreed. The policy {{policy}} applies.
`,
  RENEW: `RENEWAL OF A MEMBERSHIP AGREEMENT (SAMPLE)
Reference {{agreementId}}, version {{version}}, drawn up {{date}}

1. Parties. The guild "{{guild}}" and the broadcaster "{{broadcaster}}", in the region {{region}}.
2. Term. The membership runs for another {{termMonths}} months. They begin when the running term and the cooling-off period are over, or at
   the chosen time where that is later. Chosen time: {{chosen}}.
3. Revenue. From then on the guild receives {{guildSharePercent}} % and the broadcaster {{broadcasterSharePercent}} % of the gross revenue of the
   broadcaster's channel.
4. Cooling-off. For {{coolingOffDays}} days after all have signed, counted in the region's time zone and ending at the end of the last day, the
   broadcaster may withdraw without giving a reason; the old terms then stand.
5. Rules. The policy {{policy}} applies.
`,
};
