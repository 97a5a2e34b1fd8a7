/** What the options of enumerations are called in a sentence, by language. */

type Labels = Readonly<Record<string, Readonly<Record<string, string>>>>;

export const causes = {
  UNPAID: { en: 'income was not paid', zh: '未支付收入' },
  PAID_LATE: { en: 'income was paid late', zh: '迟延支付收入' },
  GUARANTEE_BROKEN: { en: 'a guaranteed income was not kept', zh: '未履行保底收入承诺' },
  CONTRACT_BREACH: { en: 'the agreement was breached', zh: '违反协议' },
  HARASSMENT: { en: 'harassment', zh: '骚扰' },
  DECEIT: { en: 'deceit', zh: '欺诈' },
  FORCED_QUOTA: { en: 'a quota was forced on the broadcaster', zh: '强制要求完成指标' },
  HEALTH_ENDANGERED: { en: 'health was endangered', zh: '危害健康' },
} as const satisfies Labels;

export const reversalReasons = {
  FORGED: { en: 'a signature was forged', zh: '签名系伪造' },
  ERRONEOUS: { en: 'it was made in error', zh: '操作有误' },
  COURT_ORDER: { en: 'a court has ordered it', zh: '法院裁定' },
} as const satisfies Labels;

/** What a guardian may be asked to consent to. */
export const consentedTo = {
  JOIN: { en: 'joining a guild', zh: '加入公会' },
  AMEND: { en: 'a change of the terms of membership', zh: '变更会员条款' },
  RENEW: { en: 'the renewal of a membership', zh: '续签会员协议' },
  LEAVE_MUTUAL: { en: 'the end of a membership by agreement', zh: '协商终止会员关系' },
  TRANSFER_AGREED: { en: 'a transfer to another guild', zh: '转会' },
  TRANSFER_PORTABLE: { en: 'a transfer to another guild with a code', zh: '凭转会码转会' },
} as const satisfies Labels;
