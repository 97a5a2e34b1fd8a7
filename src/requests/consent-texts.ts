import { sha256 } from '../verify/chain.js';

/** Words under which somebody signs. A version never changes: what was agreed to under it must be readable in ten years. */
export interface ConsentText {
  readonly textId: string;
  readonly version: number;
  /** BCP 47. */
  readonly locale: string;
  readonly text: string;
}

/** The newest version of each text is what a client shows; older ones stay, for the records that name them. */
export const consentTexts: readonly ConsentText[] = [
  {
    textId: 'SIGN_AGREEMENT',
    version: 1,
    locale: 'en',
    text:
      'I have read the agreement that is shown to me, whole. By this act I sign it electronically and intend to be bound by it. ' +
      'I agree that the agreement and the record of this act (when, by what means, from which address) are kept electronically.',
  },
  {
    textId: 'SIGN_AGREEMENT',
    version: 1,
    locale: 'zh-CN',
    text: '我已完整阅读所展示的协议。我以此操作电子签署该协议，并愿受其约束。我同意以电子方式保存该协议以及本次操作的记录（时间、方式、来源地址）。',
  },
];

/** What a client says that it has shown. */
export interface ConsentGiven {
  readonly textId: string;
  readonly version: number;
  readonly locale: string;
}

/** As it goes into the record of the act; undefined: there is no such text. */
export function consentOf({ textId, version, locale }: ConsentGiven): (ConsentGiven & { readonly sha256: string }) | undefined {
  const found = consentTexts.find((text) => text.textId === textId && text.version === version && text.locale === locale);
  return found && { textId, version, locale, sha256: sha256(found.text) };
}
