import type { AgreementDocument } from '../agreements/document.js';

/** What an agreement's page and file are made of. */
export interface AgreementSource {
  readonly document: AgreementDocument;
  readonly version: number;
  /** Of the signed text, in lower-case hexadecimal: what the file is checked against. */
  readonly sha256: string;
  readonly createdAt: string;
  /** Printed on every page, e.g. the request's id. */
  readonly reference: string;
}

/** Whether a text says of itself that it is one to look at, not to sign. */
export const isSample = ({ title, preamble }: AgreementDocument): boolean =>
  [title, ...preamble].some((line) => /[(（[【]\s*(?:SAMPLE|样本|样例|示例)/iu.test(line));
