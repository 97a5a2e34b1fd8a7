import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ViewerTransaction } from '../../src/database/index.js';
import { bundleDocuments } from '../../src/documents/index.js';
import { verifyPdf } from '../../src/documents/signature/verify-pdf.js';
import { DEVELOPMENT_ISSUER } from '../../src/identity/index.js';
import { encodeGlobalId } from '../../src/schema/index.js';
import { startApi, type TestApi } from '../support/api.js';
import { JoinFlow } from '../support/join-flow.js';
import { readPdf } from '../support/read-pdf.js';
import { TransferFlow } from '../support/transfer-flow.js';
import type { TestBroadcaster, TestGuild } from '../support/world.js';

interface File {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
  readonly text: string;
}

interface Links {
  readonly html: string;
  readonly pdf: string;
}

const linksQuery = 'query ($id: ID!) { request(id: $id) { agreementFiles { html pdf } certificateFiles { html pdf } } }';

describe('the documents of a request', () => {
  let api: TestApi;
  let guild: TestGuild;
  let who: TestBroadcaster;
  let id: string;

  const get = async (
    subject: string | null,
    path: string,
    headers: Record<string, string> = {},
    origin = api.origin,
  ): Promise<File> => {
    const authorization = subject === null ? {} : { authorization: `Bearer ${await api.token(subject)}` };
    const response = await fetch(`${origin}${path}`, { headers: { ...authorization, ...headers } });
    const bytes = Buffer.from(await response.arrayBuffer());
    return { status: response.status, headers: response.headers, bytes, text: bytes.toString('utf8') };
  };
  const linksFor = async (subject: string, requestId = id) =>
    (
      await api.gql<{ request: { agreementFiles: Links | null; certificateFiles: Links } | null }>(subject, linksQuery, {
        id: requestId,
      })
    ).request!;

  beforeAll(async () => {
    api = await startApi();
    guild = await api.world.guild();
    who = await api.world.broadcaster();
    ({ id } = await new JoinFlow(api).coolingOff(who, guild));
  });
  afterAll(() => api.stop());

  test('the API tells where they are, and they are there: the text that was signed, as a page and as a signed PDF', async () => {
    const { agreement } = await new JoinFlow(api).see(who.subject, id);
    const { agreementFiles } = await linksFor(who.subject);
    const page = await get(who.subject, agreementFiles!.html);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.text).toContain(agreement!.sha256);
    const pdf = await get(who.subject, agreementFiles!.pdf);
    expect(pdf.headers.get('content-type')).toBe('application/pdf');
    expect(pdf.headers.get('content-disposition')).toMatch(/^inline; filename="agreement-[0-9a-f-]{36}\.pdf"$/);
    expect(verifyPdf(pdf.bytes)).toMatchObject({ valid: true, coversWholeFile: true });
    const read = readPdf(pdf.bytes);
    const words = (text: string) => text.split(/\s+/).filter(Boolean);
    expect(words(read.text)).toEqual(words(agreement!.text));
    for (const word of words(agreement!.text)) expect(page.text).toContain(word.replace(/"/g, '&quot;').replace(/'/g, '&#39;'));
  });

  test('the certificate tells who acted, when and for whom, and names the head of the chain', async () => {
    const { certificateFiles } = await linksFor(who.subject);
    const page = await get(who.subject, certificateFiles.html);
    const read = readPdf((await get(who.subject, certificateFiles.pdf)).bytes);
    const { agreement } = await new JoinFlow(api).see(who.subject, id);
    const { rows } = await api.world.owner.query<{ head_hash: string }>(
      'select head_hash from guildhall.instance where id = $1',
      [Buffer.from(id, 'base64url').toString().split(':')[1]],
    );
    for (const text of [page.text, read.text]) {
      for (const each of [
        who.handle,
        'Guild 1',
        agreement!.sha256,
        rows[0]!.head_hash,
        `Realname ${who.subject}`,
        'Sign the agreement',
        'Owner of the guild',
      ])
        expect(text).toContain(each);
      // Whose name a broadcaster may not see is not told by a certificate either.
      expect(text).not.toContain(`Staffname ${guild.owner}`);
    }
    expect((await get('sam', certificateFiles.html)).text).toContain(`Staffname ${guild.owner}`);
  });

  test('nobody without a token, nobody with a forged one', async () => {
    const { agreementFiles } = await linksFor(who.subject);
    const none = await get(null, agreementFiles!.pdf);
    expect(none.status).toBe(401);
    expect(JSON.parse(none.text)).toMatchObject({
      errors: [{ extensions: { code: 'UNAUTHENTICATED', reason: 'TOKEN_MISSING' } }],
    });
    const authorization = `Bearer ${await api.forgedToken(who.subject)}`;
    expect((await get(null, agreementFiles!.pdf, { authorization })).status).toBe(401);
  });

  test('to whom the request is not shown, neither is any file of it; the answer is that for an id that nobody has', async () => {
    const stranger = await api.world.broadcaster();
    const elsewhere = await api.world.guild();
    for (const name of ['agreement.html', 'agreement.pdf', 'certificate.html', 'certificate.pdf']) {
      const answers = await Promise.all([
        get(stranger.subject, `/requests/${id}/${name}`),
        get(elsewhere.owner, `/requests/${id}/${name}`),
        get(who.subject, `/requests/${encodeGlobalId('Request', '01990000-0000-7000-8000-00000000dead')}/${name}`),
        get(who.subject, `/requests/nonsense/${name}`),
      ]);
      expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
      expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    }
  });

  test('a page comes with a policy that lets nothing run, and is for its reader only', async () => {
    const { headers } = await get(who.subject, (await linksFor(who.subject)).agreementFiles!.html);
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toBe('private, no-cache');
    expect(headers.get('vary')).toContain('authorization');
  });

  test('who has it already is told so, without a body; who may not see it is not told', async () => {
    const { agreementFiles } = await linksFor(who.subject);
    for (const path of [agreementFiles!.html, agreementFiles!.pdf]) {
      const etag = (await get(who.subject, path)).headers.get('etag')!;
      const again = await get(who.subject, path, { 'if-none-match': `"other", ${etag}` });
      expect([again.status, again.bytes.length]).toEqual([304, 0]);
      expect((await get(who.subject, path, { 'if-none-match': '"other"' })).status).toBe(200);
      expect((await get((await api.world.broadcaster()).subject, path, { 'if-none-match': etag })).status).toBe(404);
    }
  });

  test('a version that is not there is not found; what a file does not take is refused', async () => {
    const path = `/requests/${id}/agreement.html`;
    expect((await get(who.subject, `${path}?version=1`)).status).toBe(200);
    expect((await get(who.subject, `${path}?version=2`)).status).toBe(404);
    for (const query of ['version=0', 'version=1&version=2', 'audience=all', 'draft=1', "version=1'"])
      expect([query, (await get(who.subject, `${path}?${query}`)).status]).toEqual([query, 400]);
  });

  test('of a transfer each guild gets its own text: the one that is left, the release only', async () => {
    const transfer = new TransferFlow(api);
    const [losing, gaining] = [await api.world.guild(), await api.world.guild()];
    const member = await transfer.member(losing);
    const request = await transfer.coolingOff(member, losing, gaining);
    const texts = async (subject: string, query: string) => {
      const page = await get(subject, `/requests/${request.id}/agreement.html${query}`);
      const pdf = await get(subject, `/requests/${request.id}/agreement.pdf${query}`);
      const certificate = await get(subject, `/requests/${request.id}/certificate.html`);
      expect(page.status).toBe(pdf.status);
      return {
        status: page.status,
        page: page.text,
        pdf: page.status === 200 ? readPdf(pdf.bytes).text : '',
        certificate: certificate.text,
      };
    };
    const versions = await transfer.see(member.subject, request.id);
    const [release, whole] = (['GUILD', 'GAINING_GUILD'] as const).map((audience) =>
      versions.agreementVersions.findLast((version) => version.audience === audience)!,
    );
    expect(release && whole).toBeTruthy();
    const left = await texts(losing.owner, '');
    expect(left.pdf).toContain('lets the broadcaster');
    for (const text of [left.page, left.pdf]) expect(text).not.toMatch(/for 3 months|receives 10 ?%/);
    expect((await texts(losing.owner, '?audience=GAINING_GUILD')).status).toBe(404);
    const joined = await texts(gaining.owner, '');
    expect(joined.pdf).toMatch(/runs for 3 months; the guild receives 10 ?%/);
    expect((await texts(gaining.owner, '?audience=GUILD')).status).toBe(404);
    // The broadcaster may read both.
    expect((await texts(member.subject, '?audience=GUILD')).pdf).toContain('lets the broadcaster');
    const hashes = new Map<string, string>();
    for (const { audience, sha256 } of (
      await api.world.owner.query<{ audience: string; sha256: string }>(
        'select audience, sha256 from guildhall.agreement_version where request_id = $1',
        [Buffer.from(request.id, 'base64url').toString().split(':')[1]],
      )
    ).rows)
      hashes.set(audience, sha256);
    const source = await api.db.dataSource('app', { poolSize: 1 });
    const tx = await ViewerTransaction.open(source, { issuer: DEVELOPMENT_ISSUER, subject: losing.owner }, 'snapshot');
    const bundled = await bundleDocuments(tx, Buffer.from(request.id, 'base64url').toString().split(':')[1]!);
    await tx.end();
    expect([...bundled.keys()]).toEqual(['documents/agreement-1-guild.html']);
    expect(Buffer.from(bundled.get('documents/agreement-1-guild.html')!).toString()).toBe(left.page);
    expect(left.certificate).toContain(hashes.get('GUILD'));
    expect(left.certificate).not.toContain(hashes.get('GAINING_GUILD'));
    expect(joined.certificate).not.toContain(hashes.get('GUILD'));
  });

  test('names with markup, template syntax and hidden characters are text in both', async () => {
    const handle = '<b>{{x}}</b>\u202e שלום';
    await api.world.owner.query('update guildhall.broadcaster set handle = $2 where id = $1', [who.uuid, handle]);
    const { certificateFiles } = await linksFor(who.subject);
    const page = await get(who.subject, certificateFiles.html);
    expect(page.text).toContain('&lt;b&gt;{{x}}&lt;/b&gt;<span class="hidden">[U+202E]</span> <bdi>שלום</bdi>');
    expect(page.text).not.toContain('<b>');
    expect(readPdf((await get(who.subject, certificateFiles.pdf)).bytes).text).toContain(handle);
  });

  test('who asks for very many in a short time is told to wait; others are not', async () => {
    const hurried = await api.world.broadcaster();
    const path = `/requests/${id}/agreement.html`;
    const answers = await Promise.all(Array.from({ length: 80 }, () => get(hurried.subject, path)));
    // One a second more than the first sixty, for as long as this takes.
    expect(answers.filter(({ status }) => status === 404).length).toBeGreaterThanOrEqual(60);
    const waiting = answers.filter(({ status }) => status === 429);
    expect(waiting.length).toBeGreaterThan(0);
    for (const { headers } of waiting) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await get(guild.owner, path)).status).toBe(200);
  });

  test('without a key to sign with there are pages but no PDFs', async () => {
    const unsigned = await api.another({ documentSigner: null });
    try {
      const path = `/requests/${id}/agreement`;
      expect((await get(guild.owner, `${path}.html`, {}, unsigned.origin)).status).toBe(200);
      const pdf = await get(guild.owner, `${path}.pdf`, {}, unsigned.origin);
      expect(pdf.status).toBe(503);
      expect(JSON.parse(pdf.text)).toMatchObject({ errors: [{ extensions: { code: 'UNAVAILABLE' } }] });
    } finally {
      await unsigned.stop();
    }
  });
});
