import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { checkCheckpoints, KeySet, Report, verifyBundle, checkpointRecord } from '../src/verify/index.js';

const USAGE = `npm run verify -- <bundle.zip> [--jwks <file>] [--key <thumbprint>] …
npm run verify -- --checkpoints <checkpoint.json> … [--jwks <file>] [--key <thumbprint>] …

Verifies an evidence bundle, a broadcaster's record, or exported checkpoints. Needs no database and no network.
  --jwks <file>   the platform's keys, saved from its /.well-known/jwks.json
  --key <kid>     with --jwks only these of them; without, the key inside the bundle that has this thumbprint (RFC 7638)
  --tsa-ca <file> certificates (PEM) to which a timestamp authority's has to lead
Without keys, a bundle can only be found whole in itself. Exit status: 0 whole, 1 not, 2 used wrongly.`;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      jwks: { type: 'string' },
      key: { type: 'string', multiple: true },
      'tsa-ca': { type: 'string' },
      checkpoints: { type: 'boolean', default: false },
    },
  });
  if (positionals.length === 0 || (!values.checkpoints && positionals.length > 1)) throw new Error(USAGE);
  const trusted = values.jwks === undefined ? undefined : await keysOf(values.jwks, values.key);
  const authorities = values['tsa-ca'] === undefined ? undefined : await certificatesOf(values['tsa-ca']);
  if (values.checkpoints) {
    if (!trusted) throw new Error('Checkpoints hold no keys: pass --jwks.');
    const report = new Report();
    const files = await Promise.all(positionals.map(async (path) => JSON.parse(await readFile(path, 'utf8')) as unknown));
    checkCheckpoints(
      files.map((file) => checkpointRecord.parse(file)),
      { keys: trusted, authorities },
      report,
    );
    report.lines().forEach(say);
    return report.ok ? 0 : 1;
  }
  const report = verifyBundle(await readFile(positionals[0]!), {
    trusted,
    authorities,
    thumbprints: values.jwks === undefined ? values.key : undefined,
  });
  report.lines().forEach(say);
  return report.ok ? 0 : 1;
}

async function certificatesOf(path: string): Promise<X509Certificate[]> {
  const text = await readFile(path, 'utf8');
  return (text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map((pem) => new X509Certificate(pem));
}

async function keysOf(path: string, only: readonly string[] | undefined): Promise<KeySet> {
  const { keys } = JSON.parse(await readFile(path, 'utf8')) as { readonly keys: readonly unknown[] };
  return new KeySet(keys, only);
}

main().then(
  (status) => (process.exitCode = status),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  },
);
