import { joinTemplate } from './world.js';

/** Sample texts by kind of request; nobody has to accept their wording, a template version is written by policy staff. */
export const templates: Readonly<Record<string, string>> = {
  JOIN: joinTemplate,
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
