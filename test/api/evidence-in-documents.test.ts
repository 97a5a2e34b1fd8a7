import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { unpack, verifyBundle } from '../../src/verify/index.js';
import { startApi, type TestApi } from '../support/api.js';
import { bundleOf, download, publishedKeys } from '../support/bundle.js';
import { JoinFlow, type RequestAnswer } from '../support/join-flow.js';
import { ProofFlow } from '../support/proof-flow.js';
import { readPdf } from '../support/read-pdf.js';
import type { TestBroadcaster, TestGuild } from '../support/world.js';

describe('Evidence and documents', () => {
  let api: TestApi;
  let who: TestBroadcaster;
  let guild: TestGuild;
  let request: RequestAnswer;

  beforeAll(async () => {
    api = await startApi();
    [who, guild] = [await api.world.broadcaster(), await api.world.guild()];
    const join = new JoinFlow(api);
    request = await join.signing(who, guild);
    await join.do(who.subject, 'signAgreement', {
      requestId: request.id,
      agreementVersion: request.agreement!.version,
      sha256: request.agreement!.sha256,
      proof: { consent: await new ProofFlow(api).consent(who.subject) },
    });
    await join.sign(guild.owner, request);
  });
  afterAll(() => api.stop());

  test('the certificate says how each signature was made, under which words and by which key it is sealed', async () => {
    await bundleOf(api, who.subject, request.id);
    const [kid] = (await publishedKeys(api)).kids;
    const page = Buffer.from((await download(api, guild.owner, `/requests/${request.id}/certificate.html`)).bytes).toString(
      'utf8',
    );
    for (const part of ['CONSENT_AND_CLICK', ' 1 (en)', kid!]) expect(page).toContain(part);
  });

  test('its PDF carries the bundle as its reader may have it, and that verifies', async () => {
    const pdf = Buffer.from((await download(api, guild.owner, `/requests/${request.id}/certificate.pdf`)).bytes);
    const [attached, ...others] = readPdf(pdf).attachments;
    expect([attached!.name, attached!.relationship, others]).toEqual(['evidence.zip', 'Data', []]);
    const report = verifyBundle(attached!.bytes, { trusted: await publishedKeys(api) });
    expect(report.problems).toEqual([]);
    expect(Object.fromEntries(report.checked)).toMatchObject({ 'signatures of people, each over a text that is here': 2 });
  });

  test('a bundle carries the agreement as a page', async () => {
    const files = unpack(await bundleOf(api, who.subject, request.id));
    const [name, page] = [...files].find(([path]) => path.endsWith('.html'))!;
    expect(name).toBe('documents/agreement-1-all.html');
    expect(Buffer.from(page).toString('utf8')).toContain(request.agreement!.sha256);
  });
});
