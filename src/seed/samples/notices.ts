import { clause } from './sample.js';

/** Clauses of notices: what somebody declares, and nobody has to agree to. The reason of a broadcaster is in none of them. */

export const noticeParties = clause('notice-parties', {
  en: [
    'Who and whom',
    'The broadcaster "{{broadcaster}}" ends the membership in the guild "{{guild}}", in the region {{region}}. It was declared on {{noticeGivenAt}}.',
  ],
  zh: ['当事人', '主播“{{broadcaster}}”终止其在公会“{{guild}}”的会员关系，所在地区：{{region}}。声明时间：{{noticeGivenAt}}。'],
});

export const noticeEnd = clause('notice-end', {
  condition: 'has(v.endsAt)',
  en: ['End', 'The membership ends on {{endsAt}}, whether the guild answers or not.'],
  zh: ['终止时间', '会员关系于 {{endsAt}} 终止，无论公会是否答复。'],
});

export const probation = clause('probation', {
  en: [
    'Ground',
    'The membership has run for no more than {{probationDays}}. In that time the broadcaster may leave at once, without a reason and without a fee.',
  ],
  zh: ['依据', '会员关系存续未超过 {{probationDays}}。在此期间，主播可随时退出，无须理由，亦无须支付费用。'],
});

export const lowActivity = clause('low-activity', {
  en: [
    'Ground',
    'By the activity that was reported for the last month the broadcaster may leave alone, without notice and without a fee.',
  ],
  zh: ['依据', '根据上月报告的活跃度，主播可单方退出，无须提前通知，亦无须支付费用。'],
});

export const noticePeriod = clause('notice-period', {
  en: [
    'Notice',
    'The notice is {{noticeDays}}, counted in the region and ending at the end of the last day. Until then the broadcaster may take it back.',
  ],
  zh: ['通知期', '通知期为 {{noticeDays}}，按所在地区计算，至最后一日终了为止。在此之前，主播可撤回通知。'],
});

export const feeAccepted = clause('fee-accepted', {
  condition: 'v.acceptsExitFee && v.exitFeeCapMonths > 0',
  en: [
    'Exit fee',
    "Where the minimum term with the guild is not over, the broadcaster accepts the exit fee of at most {{exitFeeCapMonths}} times the guild's mean monthly commission. It stands on the statement, and the end does not wait for it.",
  ],
  zh: [
    '退出费',
    '最短期限尚未届满的，主播同意支付退出费，其上限为公会月均佣金的 {{exitFeeCapMonths}} 倍。该费用列入结算单，终止不以其支付为前提。',
  ],
});

export const causeAlleged = clause('cause', {
  en: ['Cause', 'The broadcaster leaves for cause: {{cause}}. Evidence was given with the request.'],
  zh: ['事由', '主播因下列事由退出：{{cause}}。证据已随申请提交。'],
});

export const curing = clause('curing', {
  condition: 'v.curable',
  en: ['Time to cure', 'The guild has {{cureDays}} to put it right. If it does not answer, the broadcaster is released.'],
  zh: ['改正期限', '公会应在 {{cureDays}} 内改正。逾期未答复的，主播即告解除。'],
});

export const ruling = clause('ruling', {
  en: [
    'Decision',
    'If the guild contests the cause, the platform decides within {{disputeDecisionDays}}. Either side may appeal for {{disputeAppealDays}}.',
  ],
  zh: ['裁定', '公会对事由有异议的，由平台于 {{disputeDecisionDays}} 内作出裁定。任何一方可在 {{disputeAppealDays}} 内申诉。'],
});

export const minorLeaves = clause('minor-leaves', {
  en: [
    'Ground',
    'The broadcaster is a minor. The minor or the guardian may end the membership at any time, without notice, without a reason and without a fee.',
  ],
  zh: ['依据', '主播为未成年人。未成年人或其监护人可随时终止会员关系，无须提前通知，无须理由，亦无须支付费用。'],
});

export const noticeRules = clause('notice-rules', {
  en: ['Rules', 'The policy {{policy}} applies. This notice and its history are kept for {{retentionYears}}.'],
  zh: ['适用规则', '适用政策 {{policy}}。本通知及其过程记录保存 {{retentionYears}}。'],
});

export const reversed = clause('reversed', {
  en: [
    'Reversal',
    'The platform reverses the switch that was made by the request {{originalId}} between the broadcaster "{{broadcaster}}" and the guild "{{guild}}", because {{reversalReason}}.',
  ],
  zh: ['撤销', '平台撤销主播“{{broadcaster}}”与公会“{{guild}}”之间由申请 {{originalId}} 完成的变更，原因：{{reversalReason}}。'],
});

export const asBefore = clause('as-before', {
  en: [
    'What follows',
    'The memberships are as they were before it. What was booked in between is corrected by entries of its own; nothing is deleted.',
    'Two agents of the platform have to agree. Either side may dispute the reversal for {{disputeAppealDays}}.',
  ],
  zh: [
    '后果',
    '会员关系恢复至变更之前的状态。其间的账目以冲正分录更正，不作删除。',
    '撤销须经平台两名工作人员一致同意。任何一方可在 {{disputeAppealDays}} 内提出异议。',
  ],
});

export const consenting = clause('consenting', {
  en: [
    'What is consented to',
    'The guardian of the broadcaster "{{broadcaster}}", a minor, consents to {{request}} with the guild "{{guild}}", in the region {{region}}.',
  ],
  zh: [
    '同意事项',
    '主播“{{broadcaster}}”（未成年人）的监护人同意其与公会“{{guild}}”之间的下列事项：{{request}}。所在地区：{{region}}。',
  ],
});

export const consentedTerms = clause('consented-terms', {
  condition: 'has(v.termMonths) && has(v.guildSharePercent)',
  en: [
    'Main terms',
    'The minimum term is {{termMonths}}; the guild receives {{guildSharePercent}} of the gross revenue. The guardian has read the whole text and signs the same one.',
  ],
  zh: ['主要条款', '最短期限为 {{termMonths}}；公会分得总收益的 {{guildSharePercent}}。监护人已阅读全文，并签署同一文本。'],
});

export const consentEnds = clause('consent-ends', {
  en: [
    'Taking it back',
    'The guardian may take the consent back at any time: the membership then ends without notice, without a reason and without a fee. It ends by itself when the broadcaster comes of age, who is then asked again.',
  ],
  zh: [
    '撤回同意',
    '监护人可随时撤回同意；撤回的，会员关系即告终止，无须通知，无须理由，亦无须支付费用。主播成年后，本同意自动失效，并须征询主播本人意见。',
  ],
});
