import { readFile } from 'node:fs/promises';
import { ConfigurationError } from '../../errors.js';
import { developmentSigner } from './development-signer.js';
import { signerOf, type DocumentSigner } from './signer.js';

export interface SignerConfig {
  readonly production: boolean;
  readonly dataDir: string;
  /** PEM, or the path of a file with it. */
  readonly documentKey: string | undefined;
  /** Likewise: the certificate of the key, then those that it was issued by. */
  readonly documentCertificate: string | undefined;
}

/** The signer that was configured; outside of production one of its own making; in production without one, none. */
export async function readSigner(config: SignerConfig): Promise<DocumentSigner | undefined> {
  const { documentKey, documentCertificate } = config;
  if (documentKey !== undefined && documentCertificate !== undefined) {
    try {
      return signerOf(await pemOf(documentKey), await pemOf(documentCertificate));
    } catch (error) {
      throw new ConfigurationError(
        `DOCUMENT_KEY and DOCUMENT_CERTIFICATE are not usable: ${(error as Error).message}`,
        'Give both as PEM, or as paths of files with PEM.',
      );
    }
  }
  return config.production ? undefined : developmentSigner(config);
}

const pemOf = async (value: string): Promise<string> => (value.includes('-----BEGIN') ? value : readFile(value, 'utf8'));
