/** What a document says by itself, beside what it is about. */
export interface Wording {
  readonly page: (number: number, of: number) => string;
  readonly version: (number: number) => string;
  readonly sample: string;
  readonly reference: string;
  readonly certificate: CertificateWording;
}

export interface CertificateWording {
  readonly title: string;
  readonly intro: string;
  readonly request: string;
  readonly kind: string;
  readonly state: string;
  readonly region: string;
  readonly opened: string;
  readonly ended: string;
  readonly running: string;
  readonly issued: string;
  readonly parties: string;
  readonly party: string;
  readonly name: string;
  readonly signed: string;
  readonly noAgreement: string;
  readonly drawnUp: string;
  readonly acts: string;
  readonly columns: {
    readonly number: string;
    readonly when: string;
    readonly who: string;
    readonly what: string;
    readonly how: string;
  };
  readonly somebody: string;
  readonly signedVersion: (version: number) => string;
  readonly noMethod: string;
  readonly sealedBy: (kid: string) => string;
  readonly chain: string;
  readonly chainText: (count: number) => string;
  readonly head: string;
  readonly verify: string;
  readonly steps: readonly string[];
  /** By authority or party; what is missing is shown as it is. */
  readonly roles: Readonly<Record<string, string>>;
  /** By event; what is missing has the machine's own title. */
  readonly events: Readonly<Record<string, string>>;
}

const english: Wording = {
  page: (number, of) => `Page ${String(number)} of ${String(of)}`,
  version: (number) => `version ${String(number)}`,
  sample: 'SAMPLE',
  reference: 'Reference',
  certificate: {
    title: 'Certificate of completion',
    intro:
      'This certificate tells who took part in a request, what text they were shown and signed, and every act of a person, as the platform recorded them. It shows what its reader may see.',
    request: 'Request',
    kind: 'What is asked for',
    state: 'State',
    region: 'Region',
    opened: 'Opened',
    ended: 'Ended',
    running: 'not ended',
    issued: 'Certificate of',
    parties: 'Parties',
    party: 'Party',
    name: 'Name',
    signed: 'Agreement',
    noAgreement: 'No agreement has been drawn up.',
    drawnUp: 'drawn up',
    acts: 'Acts',
    columns: { number: 'No.', when: 'When', who: 'Who, acting as', what: 'What', how: 'How' },
    somebody: 'a person whose name the reader may not see',
    signedVersion: (version) => `of version ${String(version)}`,
    noMethod: 'by bearer token',
    sealedBy: (kid) => `sealed by ${kid}`,
    chain: 'History',
    chainText: (count) =>
      `The request has ${String(count)} entries of history. Each carries a SHA-256 over its predecessor; the last one, the head, therefore stands for all of them.`,
    head: 'Head of the chain',
    verify: 'How to verify this',
    steps: [
      'Get the request’s evidence bundle. Where this file has one attached, take that one.',
      'Run “npm run verify -- bundle.zip” in a copy of Guildhall. It needs neither database nor network, and tells what it checked; a changed byte makes it fail.',
      'Compare the head of the chain and the SHA-256 of the agreement in its output with those printed here. The SHA-256 is over the text of the agreement in UTF-8, as the API’s field “Agreement.text” shows it.',
      'Open this file in a program that checks signatures (on a command line: “pdfsig”). The platform’s certificate has to be one that you trust.',
    ],
    roles: {
      BROADCASTER: 'Broadcaster',
      GUARDIAN: 'Guardian',
      GUILD: 'Guild',
      GAINING_GUILD: 'Gaining guild',
      PLATFORM: 'Platform',
      GUILD_OWNER: 'Owner of the guild',
      GUILD_AGENT: 'Agent of the guild',
      GUILD_FINANCE: 'Finance of the guild',
      GAINING_GUILD_OWNER: 'Owner of the gaining guild',
      GAINING_GUILD_AGENT: 'Agent of the gaining guild',
      GAINING_GUILD_FINANCE: 'Finance of the gaining guild',
      SUPPORT: 'Support of the platform',
      STAND_IN: 'Platform, standing in for the guild',
    },
    events: {},
  },
};

const chinese: Wording = {
  page: (number, of) => `第 ${String(number)} 页，共 ${String(of)} 页`,
  version: (number) => `第 ${String(number)} 版`,
  sample: '样本',
  reference: '编号',
  certificate: {
    title: '完成证明',
    intro: '本证明载明申请的参与方、向其展示并由其签署的文本，以及平台所记录的每一次个人行为。其内容以查阅者有权查看的范围为限。',
    request: '申请',
    kind: '申请事项',
    state: '状态',
    region: '地区',
    opened: '提交时间',
    ended: '结束时间',
    running: '尚未结束',
    issued: '证明时间',
    parties: '当事方',
    party: '身份',
    name: '名称',
    signed: '协议',
    noAgreement: '尚未拟定协议。',
    drawnUp: '拟定于',
    acts: '行为记录',
    columns: { number: '序号', when: '时间', who: '行为人及身份', what: '行为', how: '方式' },
    somebody: '查阅者无权查看其姓名的人员',
    signedVersion: (version) => `（第 ${String(version)} 版）`,
    noMethod: '持有者令牌',
    sealedBy: (kid) => `平台密钥 ${kid}`,
    chain: '历史记录',
    chainText: (count) =>
      `本申请共有 ${String(count)} 条历史记录，每条均含有对前一条的 SHA-256 值，因此最后一条（链首）代表全部记录。`,
    head: '链首',
    verify: '如何核验',
    steps: [
      '取得本申请的证据包；如本文件附有证据包，请使用该附件。',
      '在 Guildhall 的副本中运行“npm run verify -- bundle.zip”。该命令无需数据库和网络，会列出所核验的内容；任何字节被改动都会导致核验失败。',
      '将输出中的链首和协议 SHA-256 与本文件所载的值比对。SHA-256 针对协议的 UTF-8 文本计算，即 API 字段“Agreement.text”所示文本。',
      '用能够验证签名的程序打开本文件（命令行可用“pdfsig”）；平台证书须为您所信任的证书。',
    ],
    roles: {
      BROADCASTER: '主播',
      GUARDIAN: '监护人',
      GUILD: '公会',
      GAINING_GUILD: '转入公会',
      PLATFORM: '平台',
      GUILD_OWNER: '公会会长',
      GUILD_AGENT: '公会经纪人',
      GUILD_FINANCE: '公会财务',
      GAINING_GUILD_OWNER: '转入公会会长',
      GAINING_GUILD_AGENT: '转入公会经纪人',
      GAINING_GUILD_FINANCE: '转入公会财务',
      SUPPORT: '平台客服',
      STAND_IN: '平台（代公会行事）',
    },
    events: {
      START: '提交申请',
      PROPOSE_TERMS: '提出条款',
      ACCEPT_TERMS: '接受条款',
      SIGN_AGREEMENT: '签署协议',
      REVOKE_SIGNATURE: '撤销签名',
      WITHDRAW_REQUEST: '撤回申请',
      DECLINE_REQUEST: '拒绝申请',
      VOID_REQUEST: '作废申请',
    },
  },
};

/** English where there is no wording of a locale. */
export const wordingFor = (locale: string): Wording => (/^zh\b/i.test(locale) ? chinese : english);
