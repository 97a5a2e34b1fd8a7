import { clause } from './sample.js';

/** Clauses of agreements between a broadcaster and one guild. */

export const parties = clause('parties', {
  en: [
    'Parties',
    'This agreement is made between the guild "{{guild}}" (the guild) and the broadcaster "{{broadcaster}}" (the broadcaster), in the region {{region}}.',
    'The platform keeps the record of it and is not a party to it, unless it says so below.',
  ],
  zh: [
    '当事人',
    '本协议由公会“{{guild}}”（以下称“公会”）与主播“{{broadcaster}}”（以下称“主播”）在 {{region}} 地区订立。',
    '平台负责保存本协议的记录；除下文另有约定外，平台并非协议当事人。',
  ],
});

export const guardianConsent = clause('guardian-consent', {
  condition: 'v.minor',
  en: [
    'Consent of the guardian',
    'The broadcaster is a minor. This agreement binds nobody before the guardian and the platform have signed it as well.',
    'The broadcaster or the guardian may end the membership at any time, without notice, without a reason and without a fee.',
  ],
  zh: [
    '监护人同意',
    '主播为未成年人。在监护人与平台亦签署本协议之前，本协议对任何一方均不具约束力。',
    '主播或其监护人可随时终止会员关系，无须提前通知，无须说明理由，亦无须支付任何费用。',
  ],
});

export const startChosen = clause('start-chosen', {
  condition: 'has(v.startAt)',
  terms: ['startAt'],
  en: [
    'Start',
    'The membership starts on {{startAt}}, but not before the cooling-off is over. During the cooling-off only the broadcaster can ask for an earlier start.',
  ],
  zh: ['开始时间', '会员关系自 {{startAt}} 起开始，但不早于冷静期届满之时。冷静期内，仅主播可要求提前开始。'],
});

export const startOpen = clause('start-open', {
  condition: '!has(v.startAt)',
  terms: ['startAt'],
  en: [
    'Start',
    'The membership starts at the end of the cooling-off period. During the cooling-off only the broadcaster can ask for an earlier start.',
  ],
  zh: ['开始时间', '会员关系自冷静期届满之时开始。冷静期内，仅主播可要求提前开始。'],
});

export const term = clause('term', {
  condition: 'v.termMonths > 0 && !v.autoRenew',
  terms: ['termMonths'],
  en: [
    'Term',
    'The membership runs for {{termMonths}}, counted in calendar months of the region from its start, and ends with it, without a fee, unless all have signed a renewal by then.',
  ],
  zh: [
    '期限',
    '会员关系的期限为 {{termMonths}}，自开始之日起按所在地区的日历月计算；期满前各方未签署续签协议的，会员关系于期满时终止，无须支付费用。',
  ],
});

export const termGoesOn = clause('term-goes-on', {
  condition: 'v.termMonths > 0 && v.autoRenew',
  terms: ['termMonths'],
  en: [
    'Term',
    'The membership runs for {{termMonths}}, counted in calendar months of the region from its start. When that is over it goes on until somebody ends it.',
  ],
  zh: ['期限', '会员关系的期限为 {{termMonths}}，自开始之日起按所在地区的日历月计算；期满后会员关系继续，直至一方终止。'],
});

export const noTerm = clause('no-term', {
  condition: 'v.termMonths == 0',
  terms: ['termMonths'],
  en: ['No term', 'The membership has no term. It goes on until somebody ends it.'],
  zh: ['无期限', '会员关系不设期限，持续有效，直至一方终止。'],
});

export const revenue = clause('revenue', {
  terms: ['guildSharePercent'],
  en: [
    'Revenue',
    "Of the gross revenue of the broadcaster's channel the guild receives {{guildSharePercent}} and the broadcaster {{broadcasterSharePercent}}.",
    'Gross revenue is what the platform credits to the channel before any fee of the guild. Nothing else may be deducted from the broadcaster’s part.',
  ],
  zh: [
    '收益分配',
    '主播频道的总收益中，公会分得 {{guildSharePercent}}，主播分得 {{broadcasterSharePercent}}。',
    '总收益指平台计入频道、尚未扣除公会任何费用的金额。主播应得部分不得再作其他扣减。',
  ],
});

export const settlement = clause('settlement', {
  en: [
    'Statements and payment',
    'Revenue is settled in cycles of {{settlementCycleDays}}. Both may object to a statement for {{objectionDays}}; what nobody objects to is paid out within {{payoutDays}}.',
    'Only the part that is disputed waits for the dispute. Leaving never waits for money.',
  ],
  zh: [
    '结算与支付',
    '收益按 {{settlementCycleDays}} 的周期结算。双方可在 {{objectionDays}} 内对结算单提出异议；无异议部分于 {{payoutDays}} 内支付。',
    '仅有争议的部分待争议解决后支付。退出公会不以款项结清为前提。',
  ],
});

export const coolingOff = clause('cooling-off', {
  condition: 'v.coolingOffDays > 0',
  en: [
    'Cooling-off',
    "For {{coolingOffDays}} after all have signed, counted in the region's time zone and ending at the end of the last day, the broadcaster may withdraw without giving a reason.",
    'Nothing that cannot be taken back is paid or done in that time.',
  ],
  zh: [
    '冷静期',
    '自各方签署完毕起 {{coolingOffDays}} 内（按所在地区时区计算，至最后一日终了为止），主播可无理由撤回。',
    '在此期间，不得支付或实施任何不可撤销的款项或行为。',
  ],
});

export const leaving = clause('leaving', {
  en: [
    'Leaving',
    'Within {{probationDays}} of the start the broadcaster may leave at once. After that the broadcaster may leave with {{noticeDays}} of notice.',
    'Where the guild has given cause, it has {{cureDays}} to put it right, unless the cause is too grave for that; then the broadcaster is released without notice and without a fee.',
  ],
  zh: [
    '退出',
    '自开始之日起 {{probationDays}} 内，主播可随时退出。此后，主播可提前 {{noticeDays}} 通知后退出。',
    '公会存在过错的，应在 {{cureDays}} 内改正，但情节严重不宜改正的除外；未改正的，主播可立即退出，无须通知，亦无须支付费用。',
  ],
});

export const exitFee = clause('exit-fee', {
  condition: 'v.exitFeeCapMonths > 0 && v.minTermMonths > 0 && v.termMonths > 0',
  en: [
    'Leaving before the minimum term is over',
    "Whoever leaves with notice within {{minTermMonths}} of the start, or before a shorter term is over, pays a fee of at most {{exitFeeCapMonths}} times the guild's mean monthly commission, which declines over that time. Its amount is shown before anybody has to decide. Later no fee is due.",
  ],
  zh: [
    '最短期限内退出',
    '自开始之日起 {{minTermMonths}} 内（期限更短的，于期限届满前）经通知退出的，应支付退出费，其上限为公会月均佣金的 {{exitFeeCapMonths}} 倍，并随时间经过递减。费用金额在作出决定之前予以明示。此后退出无须支付费用。',
  ],
});

export const noExitFee = clause('no-exit-fee', {
  condition: 'v.exitFeeCapMonths == 0 || v.minTermMonths == 0 || v.termMonths == 0',
  en: ['No exit fee', 'No fee is due for leaving with notice.'],
  zh: ['无退出费', '经通知退出的，无须支付费用。'],
});

export const nonCompete = clause('non-compete', {
  condition: 'has(v.nonCompeteMonths) && v.nonCompeteMonths > 0',
  terms: ['nonCompeteMonths'],
  en: [
    'Competition',
    'For {{nonCompeteMonths}} after the end of the membership the broadcaster joins no other guild of the same category. This does not hold where the guild was at fault or the broadcaster is a minor.',
  ],
  zh: [
    '竞业限制',
    '会员关系终止后 {{nonCompeteMonths}} 内，主播不得加入同类别的其他公会。公会有过错或主播为未成年人的，不适用本条。',
  ],
});

export const freeAfterwards = clause('free-afterwards', {
  condition: '!has(v.nonCompeteMonths) || v.nonCompeteMonths == 0',
  terms: ['nonCompeteMonths'],
  en: ['Freedom afterwards', 'With the end of the membership the broadcaster is free to join any other guild.'],
  zh: ['退出后的自由', '会员关系终止后，主播可自由加入任何其他公会。'],
});

export const disputes = clause('disputes', {
  en: [
    'Disputes',
    'A dispute is filed with the platform. The other side may answer for {{disputeAnswerDays}}, the platform decides within {{disputeDecisionDays}}, and either side may appeal for {{disputeAppealDays}}. The way to the courts stays open.',
  ],
  zh: [
    '争议解决',
    '争议应向平台提出。对方可在 {{disputeAnswerDays}} 内答辩，平台于 {{disputeDecisionDays}} 内作出决定，任何一方可在 {{disputeAppealDays}} 内申诉。当事人诉诸司法的权利不受影响。',
  ],
});

export const policyApplies = clause('policy', {
  en: [
    'Rules',
    'The policy {{policy}} applies. Where this agreement says less in favour of the broadcaster than the policy or the law, the policy or the law holds.',
    'This agreement and its history are kept for {{retentionYears}}.',
  ],
  zh: [
    '适用规则',
    '本协议适用政策 {{policy}}。本协议对主播的保护低于政策或法律规定的，从其政策或法律规定。',
    '本协议及其过程记录保存 {{retentionYears}}。',
  ],
});
