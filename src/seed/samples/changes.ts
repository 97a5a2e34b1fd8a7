import { clause } from './sample.js';

/** Clauses of agreements that change, prolong or end a membership. */

export const newTerm = clause('new-term', {
  terms: ['termMonths'],
  en: ['Term', 'The term is {{termMonths}}, counted from the day from which the running term counts.'],
  zh: ['期限', '期限为 {{termMonths}}，自现行期限的起算日起计算。'],
});

export const inForceChosen = clause('in-force-chosen', {
  condition: 'has(v.startAt)',
  terms: ['startAt'],
  en: [
    'From when',
    'The new terms are in force from {{startAt}}, or from the last signature where that is later. What was earned before is shared by the old terms.',
  ],
  zh: ['生效时间', '新条款自 {{startAt}} 起生效；最后签署时间晚于该时间的，自最后签署时起生效。此前的收益按原条款分配。'],
});

export const inForceOnSignature = clause('in-force-on-signature', {
  condition: '!has(v.startAt)',
  terms: ['startAt'],
  en: ['From when', 'The new terms are in force from the last signature on. What was earned before is shared by the old terms.'],
  zh: ['生效时间', '新条款自最后签署时起生效。此前的收益按原条款分配。'],
});

export const restStands = clause('rest-stands', {
  en: ['What stays', 'Everything else stays as it was agreed.'],
  zh: ['其他约定', '其余约定不变。'],
});

export const renewedTerm = clause('renewed-term', {
  terms: ['termMonths'],
  en: [
    'Term',
    'The membership runs for another {{termMonths}}. They begin when the running term and the cooling-off period are over.',
  ],
  zh: ['续展期限', '会员关系续展 {{termMonths}}，自现行期限及冷静期均届满之时起计算。'],
});

export const renewedFrom = clause('renewed-from', {
  condition: 'has(v.startAt)',
  terms: ['startAt'],
  en: ['Chosen start', 'The new term does not begin before {{startAt}}, which the parties have chosen.'],
  zh: ['约定的开始时间', '续展期限不早于双方约定的 {{startAt}} 开始。'],
});

export const renewalCoolingOff = clause('renewal-cooling-off', {
  condition: 'v.coolingOffDays > 0',
  en: [
    'Cooling-off',
    'For {{coolingOffDays}} after all have signed, ending at the end of the last day in the region, the broadcaster may withdraw without giving a reason; the old terms then stand.',
  ],
  zh: [
    '冷静期',
    '自各方签署完毕起 {{coolingOffDays}} 内（至所在地区最后一日终了为止），主播可无理由撤回；撤回的，原条款继续有效。',
  ],
});

export const endChosen = clause('end-chosen', {
  condition: 'has(v.leaveAt)',
  terms: ['leaveAt'],
  en: ['End', 'The membership ends on {{leaveAt}}. Where that has passed when all have signed, it ends with the last signature.'],
  zh: ['终止时间', '会员关系于 {{leaveAt}} 终止；各方签署完毕时该时间已过的，于最后签署时终止。'],
});

export const endOnSignature = clause('end-on-signature', {
  condition: '!has(v.leaveAt)',
  terms: ['leaveAt'],
  en: ['End', 'The membership ends when all have signed.'],
  zh: ['终止时间', '会员关系于各方签署完毕时终止。'],
});

export const released = clause('released', {
  en: [
    'Release',
    'With the end the broadcaster is free to join any other guild. No notice and no exit fee is due, and no restriction of competition goes on.',
  ],
  zh: ['解除', '会员关系终止后，主播可自由加入任何其他公会；无须提前通知，无须支付退出费，亦不再受竞业限制。'],
});

export const finalStatement = clause('final-statement', {
  en: [
    'Money',
    'What is owed up to the end is settled by a statement, to which both may object for {{objectionDays}}; what nobody objects to is paid within {{payoutDays}}. The end does not wait for it.',
  ],
  zh: [
    '款项结清',
    '截至终止之时的款项以结算单结清，双方可在 {{objectionDays}} 内提出异议；无异议部分于 {{payoutDays}} 内支付。终止不以此为前提。',
  ],
});

export const takingBack = clause('taking-back', {
  en: ['Taking back', 'Until the end the broadcaster may take this agreement back; the membership then goes on unchanged.'],
  zh: ['撤回', '终止之前，主播可撤回本协议；撤回的，会员关系不变。'],
});
