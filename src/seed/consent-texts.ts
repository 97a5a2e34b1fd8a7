/** Samples, by nobody's lawyer: what a signer agrees to before an electronic signature. */
export const sampleConsentTexts: readonly { readonly name: string; readonly locale: string; readonly body: string }[] = [
  {
    name: 'ELECTRONIC_SIGNATURE',
    locale: 'en',
    body: `CONSENT TO SIGN ELECTRONICALLY (SAMPLE)

1. I have read the agreement that is shown to me, and I have been able to keep a copy of it.
2. I want to sign it electronically. I know that an electronic signature binds me as one on paper does, and that I may ask for paper instead.
3. I know that the time, the text that was shown, and how I have proved who I am are kept as evidence.
4. I can take my signature back until everybody has signed; after that only where the agreement or the law gives me a right to withdraw.
`,
  },
  {
    name: 'ELECTRONIC_SIGNATURE',
    locale: 'zh-CN',
    body: `电子签名同意书（样本）

1. 我已阅读向我展示的协议，并可以保存其副本。
2. 我愿意以电子方式签署。我知道电子签名与纸质签名同样对我具有约束力，我也可以要求改用纸质签署。
3. 我知道签署时间、所展示的文本以及我证明身份的方式将作为证据保存。
4. 在各方全部签署之前，我可以撤回我的签名；此后仅在协议或法律赋予我撤回权时方可撤回。
`,
  },
];
