import { Arg, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { ViewerContext } from '../identity/viewer-context.js';
import { AgreementDocumentType, toDocument } from '../templates/document.type.js';
import { fill } from '../templates/fill.js';
import { readAssembly } from '../templates/template.service.js';
import { definitionOfTemplate } from '../templates/variable-catalogue.js';
import { AgreementType } from './agreement.type.js';

@Resolver(() => AgreementType)
export class AgreementResolver {
  @FieldResolver(() => [String], { description: 'The languages in which the text can be read, the one that holds included.' })
  async locales(@Root() agreement: AgreementType, @Ctx() context: ViewerContext): Promise<readonly string[]> {
    return (await assemblyOf(agreement, context))?.locales ?? [];
  }

  @FieldResolver(() => AgreementDocumentType, {
    nullable: true,
    description: 'The text in another language, for reading only; null where it is not offered in it.',
  })
  async translation(
    @Root() agreement: AgreementType,
    @Arg('locale', () => String, { description: 'BCP 47, one of `locales`.' }) locale: string,
    @Ctx() context: ViewerContext,
  ): Promise<AgreementDocumentType | undefined> {
    const { filled_with: filledWith, time_zone: timeZone } = agreement.row;
    const assembly = await assemblyOf(agreement, context);
    if (!assembly || !filledWith || !assembly.locales.includes(locale)) return undefined;
    const { variables } = definitionOfTemplate(assembly.name)!;
    return toDocument(fill(assembly, variables, filledWith.values, { locale, timeZone }));
  }
}

async function assemblyOf({ row }: AgreementType, context: ViewerContext) {
  if (!row.filled_with) return undefined;
  const tx = await context.viewer();
  return readAssembly((sql, values) => tx.query(sql, values), row.filled_with.templateVersionId);
}
