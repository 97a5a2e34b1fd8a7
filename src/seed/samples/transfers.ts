import { clause } from './sample.js';

/** Clauses of transfers. What the gaining guild offers is in those for broadcaster and gaining guild only. */

export const threeParties = clause('transfer-parties', {
  en: [
    'Parties',
    'The broadcaster "{{broadcaster}}", the guild "{{guild}}", which is left, and the guild "{{gainingGuild}}", which is joined, in the region {{region}}.',
  ],
  zh: ['当事人', '主播“{{broadcaster}}”，转出公会“{{guild}}”，以及转入公会“{{gainingGuild}}”，所在地区：{{region}}。'],
});

export const moveChosen = clause('move-chosen', {
  condition: 'has(v.transferAt)',
  terms: ['transferAt'],
  en: [
    'Transfer',
    'The broadcaster moves from "{{guild}}" to "{{gainingGuild}}" on {{transferAt}}, or at the end of the cooling-off where that is later. The old membership ends in the instant in which the new one begins.',
  ],
  zh: [
    '转会',
    '主播于 {{transferAt}} 自“{{guild}}”转入“{{gainingGuild}}”；冷静期届满晚于该时间的，于冷静期届满时转入。原会员关系终止之时即新会员关系开始之时。',
  ],
});

export const moveOpen = clause('move-open', {
  condition: '!has(v.transferAt)',
  terms: ['transferAt'],
  en: [
    'Transfer',
    'The broadcaster moves from "{{guild}}" to "{{gainingGuild}}" at the end of the cooling-off. The old membership ends in the instant in which the new one begins.',
  ],
  zh: ['转会', '主播于冷静期届满时自“{{guild}}”转入“{{gainingGuild}}”。原会员关系终止之时即新会员关系开始之时。'],
});

export const transferFee = clause('transfer-fee', {
  condition: 'v.fee > 0',
  terms: ['feeMinor', 'originSharePercent', 'currency'],
  en: [
    'Fee',
    '"{{gainingGuild}}" pays {{fee}} to "{{guild}}". Of it {{originSharePercent}} are for the guilds in which the broadcaster began. Nothing of it is charged to the broadcaster.',
  ],
  zh: [
    '转会费',
    '“{{gainingGuild}}”向“{{guild}}”支付转会费 {{fee}}，其中 {{originSharePercent}} 归主播最初所在的公会。该费用不得由主播承担。',
  ],
});

export const noTransferFee = clause('no-transfer-fee', {
  condition: 'v.fee == 0',
  terms: ['feeMinor', 'originSharePercent', 'currency'],
  en: ['Fee', 'No fee is due for the transfer.'],
  zh: ['转会费', '本次转会无须支付转会费。'],
});

export const offeredMembership = clause('offered-membership', {
  terms: ['guildSharePercent', 'termMonths'],
  en: [
    'Membership in the gaining guild',
    'In "{{gainingGuild}}" the membership runs for {{termMonths}}; the guild receives {{guildSharePercent}} and the broadcaster {{broadcasterSharePercent}} of the gross revenue.',
  ],
  zh: [
    '转入公会的会员关系',
    '在“{{gainingGuild}}”的会员期限为 {{termMonths}}；总收益中，公会分得 {{guildSharePercent}}，主播分得 {{broadcasterSharePercent}}。',
  ],
});

export const certificate = clause('certificate', {
  en: [
    'Certificate and cooling-off',
    'The platform certifies the transfer. For {{coolingOffDays}} after that, ending at the end of the last day in the region, the broadcaster may withdraw without giving a reason.',
  ],
  zh: ['核证与冷静期', '本次转会由平台核证。核证后 {{coolingOffDays}} 内（至所在地区最后一日终了为止），主播可无理由撤回。'],
});

export const codeCoolingOff = clause('code-cooling-off', {
  en: [
    'Cooling-off',
    'For {{coolingOffDays}} after both have signed, ending at the end of the last day in the region, the broadcaster may withdraw without giving a reason, and "{{guild}}" may object on the grounds that the rules list and no others.',
  ],
  zh: [
    '冷静期',
    '双方签署完毕后 {{coolingOffDays}} 内（至所在地区最后一日终了为止），主播可无理由撤回；“{{guild}}”仅可依规则列明的理由提出异议。',
  ],
});

export const pullingOut = clause('pulling-out', {
  en: [
    'If the gaining guild pulls out',
    'If "{{gainingGuild}}" pulls out after the terms stand, the broadcaster chooses between staying with "{{guild}}" and being free.',
  ],
  zh: ['转入公会退出的后果', '条款确定后“{{gainingGuild}}”退出的，主播可选择留在“{{guild}}”，或者成为自由主播。'],
});

export const lock = clause('transfer-lock', {
  condition: 'v.postTransferLockDays > 0',
  en: ['Lock', 'For {{postTransferLockDays}} after the transfer no other transfer of the broadcaster may begin.'],
  zh: ['锁定期', '转会完成后 {{postTransferLockDays}} 内，主播不得再次转会。'],
});

export const releaseParties = clause('release-parties', {
  en: [
    'Parties',
    'The guild "{{guild}}" lets the broadcaster "{{broadcaster}}" go to the guild "{{gainingGuild}}", in the region {{region}}.',
  ],
  zh: ['当事人', '公会“{{guild}}”同意主播“{{broadcaster}}”转入公会“{{gainingGuild}}”，所在地区：{{region}}。'],
});

export const releaseChosen = clause('release-chosen', {
  condition: 'has(v.transferAt)',
  terms: ['transferAt'],
  en: [
    'Release',
    'If the transfer is carried out, the membership in "{{guild}}" ends on {{transferAt}}, or at the end of the cooling-off where that is later.',
  ],
  zh: ['解除', '转会实施的，主播在“{{guild}}”的会员关系于 {{transferAt}} 终止；冷静期届满晚于该时间的，于冷静期届满时终止。'],
});

export const releaseOpen = clause('release-open', {
  condition: '!has(v.transferAt)',
  terms: ['transferAt'],
  en: ['Release', 'If the transfer is carried out, the membership in "{{guild}}" ends at the end of the cooling-off.'],
  zh: ['解除', '转会实施的，主播在“{{guild}}”的会员关系于冷静期届满时终止。'],
});

export const objections = clause('objections', {
  en: [
    'Objections',
    "For {{coolingOffDays}} after the platform's certificate the guild may object, on the grounds that the rules list and no others.",
  ],
  zh: ['异议', '平台核证后 {{coolingOffDays}} 内，公会仅可依规则列明的理由提出异议。'],
});
