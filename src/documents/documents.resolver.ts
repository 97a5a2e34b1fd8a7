import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { agreementLoader } from '../agreements/agreement.loader.js';
import type { ViewerContext } from '../identity/viewer-context.js';
import { RequestType } from '../requests/request.type.js';
import { DocumentFilesType } from './document-files.type.js';

@Resolver(() => RequestType)
export class DocumentsResolver {
  @FieldResolver(() => DocumentFilesType, {
    nullable: true,
    description: 'The agreement as a file, in the version and with the text that `agreement` shows; null before there is one.',
  })
  async agreementFiles(@Root() { id, row }: RequestType, @Ctx() context: ViewerContext): Promise<DocumentFilesType | undefined> {
    const agreement = await context.loader(agreementLoader).load(row.id);
    if (!agreement) return undefined;
    const { version, audience } = agreement;
    return filesAt(id, 'agreement', `?version=${String(version)}&audience=${audience}`);
  }

  @FieldResolver(() => DocumentFilesType, {
    description:
      'The certificate of completion as a file: who took part, what was signed, every act of a person, and how to verify it; of a request that still runs, as far as it has come. It shows what the viewer may see.',
  })
  certificateFiles(@Root() { id }: RequestType): DocumentFilesType {
    return filesAt(id, 'certificate', '');
  }
}

const filesAt = (id: string, name: string, query: string): DocumentFilesType =>
  Object.assign(new DocumentFilesType(), {
    html: `/requests/${id}/${name}.html${query}`,
    pdf: `/requests/${id}/${name}.pdf${query}`,
  });
