import * as changes from './changes.js';
import * as membership from './membership.js';
import * as notices from './notices.js';
import type { SampleTemplate } from './sample.js';
import * as transfers from './transfers.js';

export { frameOf, type SampleClause, type SampleTemplate } from './sample.js';

const { guardianConsent, policyApplies, revenue, nonCompete, disputes } = membership;
const { noticeParties, noticeEnd, noticeRules } = notices;

/** Every template that a request or a notice asks for. */
export const sampleTemplates: readonly SampleTemplate[] = [
  {
    name: 'JOIN',
    en: 'Membership agreement',
    zh: '会员协议',
    clauses: [
      membership.parties,
      guardianConsent,
      membership.startChosen,
      membership.startOpen,
      membership.term,
      membership.termGoesOn,
      membership.noTerm,
      revenue,
      membership.settlement,
      membership.coolingOff,
      membership.leaving,
      membership.exitFee,
      membership.noExitFee,
      nonCompete,
      membership.freeAfterwards,
      disputes,
      policyApplies,
    ],
  },
  {
    name: 'AMEND',
    en: 'Change of a membership agreement',
    zh: '会员协议变更',
    clauses: [
      membership.parties,
      guardianConsent,
      revenue,
      changes.newTerm,
      nonCompete,
      changes.inForceChosen,
      changes.inForceOnSignature,
      changes.restStands,
      policyApplies,
    ],
  },
  {
    name: 'RENEW',
    en: 'Renewal of a membership agreement',
    zh: '会员协议续签',
    clauses: [
      membership.parties,
      guardianConsent,
      changes.renewedTerm,
      changes.renewedFrom,
      revenue,
      nonCompete,
      changes.renewalCoolingOff,
      changes.restStands,
      policyApplies,
    ],
  },
  {
    name: 'LEAVE_MUTUAL',
    en: 'Agreement to end a membership',
    zh: '协商终止会员关系协议',
    clauses: [
      membership.parties,
      guardianConsent,
      changes.endChosen,
      changes.endOnSignature,
      changes.released,
      changes.finalStatement,
      changes.takingBack,
      policyApplies,
    ],
  },
  {
    name: 'TRANSFER',
    en: 'Transfer agreement',
    zh: '转会协议',
    clauses: [
      transfers.threeParties,
      guardianConsent,
      transfers.moveChosen,
      transfers.moveOpen,
      transfers.transferFee,
      transfers.noTransferFee,
      transfers.offeredMembership,
      nonCompete,
      transfers.certificate,
      transfers.pullingOut,
      transfers.lock,
      policyApplies,
    ],
  },
  {
    name: 'TRANSFER_RELEASE',
    en: 'Release for a transfer',
    zh: '转会解除协议',
    clauses: [
      transfers.releaseParties,
      transfers.releaseChosen,
      transfers.releaseOpen,
      transfers.transferFee,
      transfers.noTransferFee,
      transfers.objections,
      policyApplies,
    ],
  },
  {
    name: 'TRANSFER_PORTABLE',
    en: 'Transfer with a code',
    zh: '凭转会码转会协议',
    clauses: [
      transfers.threeParties,
      guardianConsent,
      transfers.moveChosen,
      transfers.moveOpen,
      transfers.offeredMembership,
      nonCompete,
      transfers.codeCoolingOff,
      transfers.lock,
      policyApplies,
    ],
  },
  {
    name: 'LEAVE_PROBATION',
    en: 'Notice of leaving during probation',
    zh: '试用期退出通知',
    clauses: [noticeParties, notices.probation, noticeEnd, changes.finalStatement, noticeRules],
  },
  {
    name: 'LEAVE_LOW_ACTIVITY',
    en: 'Notice of leaving for low activity',
    zh: '低活跃度退出通知',
    clauses: [noticeParties, notices.lowActivity, noticeEnd, changes.finalStatement, noticeRules],
  },
  {
    name: 'LEAVE_NOTICE',
    en: 'Notice of leaving',
    zh: '退出通知',
    clauses: [noticeParties, notices.noticePeriod, noticeEnd, notices.feeAccepted, changes.finalStatement, noticeRules],
  },
  {
    name: 'LEAVE_CAUSE',
    en: 'Notice of leaving for cause',
    zh: '因故退出通知',
    clauses: [
      noticeParties,
      notices.causeAlleged,
      notices.curing,
      notices.ruling,
      noticeEnd,
      changes.finalStatement,
      noticeRules,
    ],
  },
  {
    name: 'LEAVE_MINOR',
    en: 'Notice of leaving of a minor',
    zh: '未成年人退出通知',
    clauses: [noticeParties, notices.minorLeaves, noticeEnd, changes.finalStatement, noticeRules],
  },
  {
    name: 'REVERSAL',
    en: 'Notice of a reversal',
    zh: '撤销通知',
    clauses: [notices.reversed, notices.asBefore, noticeRules],
  },
  {
    name: 'GUARDIAN_CONSENT',
    en: 'Consent of a guardian',
    zh: '监护人同意书',
    clauses: [notices.consenting, notices.consentedTerms, notices.consentEnds, noticeRules],
  },
];
