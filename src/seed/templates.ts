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
};
