import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import type { ViewerContext } from '../identity/viewer-context.js';
import { AgreementDocumentType, toDocument } from '../templates/document.type.js';
import { fill } from '../templates/fill.js';
import { readAssembly } from '../templates/template.service.js';
import { definitionOfTemplate } from '../templates/variable-catalogue.js';
import { termChanges } from './agreement.loader.js';
import { AgreementType } from './agreement.type.js';
import { clauseChanges } from './clause-changes.js';
import { AgreementDifferenceType } from './difference.type.js';

@Resolver(() => AgreementType)
export class AgreementResolver {
  @FieldResolver(() => [String], { description: 'The languages in which the text can be read, the one that holds included.' })
  async locales(@Root() agreement: AgreementType, @Ctx() context: ViewerContext): Promise<readonly string[]> {
    return (await assemblyOf(agreement, context))?.locales ?? [];
  }

  @FieldResolver(() => AgreementDifferenceType, {
    nullable: true,
    description:
      'What differs from an earlier version for the same readers; null where there is none of this number, as for the first.',
  })
  difference(
    @Root() { row, earlier }: AgreementType,
    @Arg('against', () => Int, { nullable: true, description: 'The earlier version; omitted: the one before.' })
    against?: number | null,
  ): AgreementDifferenceType | undefined {
    const before = against == null ? earlier.at(-1) : earlier.find(({ version }) => version === against);
    if (!before) return undefined;
    const old = before.row.document;
    return {
      against: before.version,
      terms: termChanges(before.row.terms, row.terms),
      clauses: old && row.document ? clauseChanges(old.clauses, row.document.clauses) : [],
    };
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
