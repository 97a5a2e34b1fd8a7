import { Arg, Args, ArgsType, Ctx, Field, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import type { ViewerContext } from '../identity/viewer-context.js';
import { DateTime, JsonObject, PageArgs, decodeGlobalId, pageRequest, toConnection, type Connection } from '../schema/index.js';
import { ClauseVersionType } from './clause.type.js';
import { differenceOf } from './difference.js';
import { toDocument } from './document.type.js';
import { preview } from './preview.js';
import { TemplateDefinitionType, TemplateDifferenceType, TemplatePreviewType } from './template-definitions.type.js';
import {
  clauseVersionLoader,
  principalId,
  templateColumns,
  templateEventLoader,
  templateTables,
  templateVersionLoader,
  toTemplateVersion,
} from './template.loader.js';
import { readAssembly, templateInForceSql } from './template.service.js';
import { TemplateVersionConnection, TemplateVersionType, type TemplateVersionRow } from './template.type.js';
import { definitionOfTemplate, TEMPLATE_NAMES } from './variable-catalogue.js';
import { TemplateEventType, TemplateStatus } from './version.type.js';

@ArgsType()
class TemplateVersionsArgs extends PageArgs {
  @Field(() => String, { nullable: true, description: 'Only those of this name, e.g. `JOIN`.' })
  readonly name?: string | null;

  @Field(() => ID, { nullable: true, description: 'Only those of the region with this code; omitted: all.' })
  readonly region?: string | null;

  @Field(() => TemplateStatus, { nullable: true, description: 'Only those with this status.' })
  readonly status?: TemplateStatus | null;
}

export const STAFF: ReadonlySet<string | null> = new Set(['POLICY', 'SUPPORT', 'AUDITOR']);
/** The one character that PostgreSQL's text cannot hold; no code or name has it. */
export const withoutNul = (text: string | null | undefined): string | null => text?.replaceAll('\0', '\uFFFD') ?? null;

@Resolver(() => TemplateVersionType)
export class TemplateResolver {
  @Query(() => TemplateVersionType, {
    nullable: true,
    description:
      'One template version, null when there is none of this id that the viewer may see. Drafts are for policy staff, support and auditors.',
  })
  async templateVersion(
    @Arg('id', () => ID, { description: 'Global id of the template version.' }) id: string,
    @Ctx() context: ViewerContext,
  ): Promise<TemplateVersionType | undefined> {
    const uuid = decodeGlobalId('TemplateVersion', id);
    return uuid === undefined ? undefined : context.loader(templateVersionLoader).load(uuid);
  }

  @Query(() => TemplateVersionConnection, { description: 'The template versions that the viewer may see, the newest first.' })
  async templateVersions(
    @Args(() => TemplateVersionsArgs) args: TemplateVersionsArgs,
    @Ctx() context: ViewerContext,
  ): Promise<Connection<TemplateVersionType>> {
    // Ids carry the time in which they were made, to the millisecond and in order: one key, and no two rows share it.
    const page = pageRequest(args, ['uuid']);
    const tx = await context.viewer();
    const rows = await tx.query<TemplateVersionRow>(
      `select ${templateColumns} from ${templateTables} where ($1::uuid is null or v.id < $1) and ($2::text is null or v.name = $2)
         and ($3::text is null or v.region_code = $3) and ($4::text is null or v.status = $4) order by v.id desc limit $5`,
      [page.after?.[0] ?? null, withoutNul(args.name), withoutNul(args.region), args.status ?? null, page.limit],
    );
    return toConnection(rows, page, (row) => [row.id], toTemplateVersion);
  }

  @Query(() => TemplateVersionType, {
    nullable: true,
    description: 'The version that a request opened in this region gets its text from; null when none is in force.',
  })
  async templateInForce(
    @Arg('name', () => String, { description: 'What it is for, e.g. `JOIN`.' }) name: string,
    @Arg('region', () => ID, { description: 'Code of the region.' }) region: string,
    @Ctx() context: ViewerContext,
    @Arg('at', () => DateTime, { nullable: true, description: 'At this instant; omitted: now.' }) at?: Date | null,
  ): Promise<TemplateVersionType | undefined> {
    const tx = await context.viewer();
    const rows = await tx.query<{ id: string }>(templateInForceSql('id', 'coalesce($3::timestamptz, guildhall.now())'), [
      withoutNul(name),
      withoutNul(region),
      at ?? null,
    ]);
    const id = rows[0]?.id;
    return id === undefined ? undefined : context.loader(templateVersionLoader).load(id);
  }

  @Query(() => [TemplateDefinitionType], {
    description: 'Every name that a template may have, and what its clauses may print and ask.',
  })
  templateDefinitions(): TemplateDefinitionType[] {
    return TEMPLATE_NAMES.map((name) => {
      const { description, variables, terms } = definitionOfTemplate(name)!;
      return {
        name,
        description,
        terms,
        variables: Object.entries(variables).map(([variable, about]) => ({
          name: variable,
          type: about.type,
          optional: about.optional ?? false,
          options: about.type === 'ENUM' ? Object.keys(about.options) : [],
          description: about.description,
        })),
      };
    });
  }

  @Query(() => TemplatePreviewType, {
    nullable: true,
    description:
      'A template version filled with sample data; null when there is none of this id that the viewer may see, or a plain text.',
  })
  async templatePreview(
    @Arg('id', () => ID, { description: 'Global id of the template version.' }) id: string,
    @Arg('locale', () => String, { description: 'One of the languages that it is offered in.' }) locale: string,
    @Ctx() context: ViewerContext,
    @Arg('sample', () => JsonObject, {
      nullable: true,
      description: 'Values by variable; null: absent. Omitted ones get a sample.',
    })
    sample?: Record<string, unknown> | null,
  ): Promise<TemplatePreviewType | undefined> {
    const version = await this.templateVersion(id, context);
    const assembly = version && (await assemblyOf(version, context));
    if (!assembly) return undefined;
    const { variables } = definitionOfTemplate(assembly.name)!;
    const shown = preview(assembly, variables, sample ?? {}, { locale, timeZone: version.region?.timeZone ?? 'UTC' });
    return {
      values: shown.values,
      document: shown.document && toDocument(shown.document),
      problems: shown.problems.map(({ code, message, ...place }) => ({
        code,
        message,
        place: { template: assembly.name, ...place },
      })),
    };
  }

  @Query(() => TemplateDifferenceType, {
    nullable: true,
    description: 'In what two template versions differ; null when there is not one of each id that the viewer may see.',
  })
  async templateDifference(
    @Arg('from', () => ID, { description: 'Global id of the first version.' }) from: string,
    @Arg('to', () => ID, { description: 'Global id of the second version.' }) to: string,
    @Ctx() context: ViewerContext,
  ): Promise<TemplateDifferenceType | undefined> {
    const [before, after] = await Promise.all([this.templateVersion(from, context), this.templateVersion(to, context)]);
    if (!before || !after) return undefined;
    const [old, young] = await Promise.all([this.clauses(before, context), this.clauses(after, context)]);
    return differenceOf({ texts: before.texts, clauses: old }, { texts: after.texts, clauses: young });
  }

  @FieldResolver(() => [ClauseVersionType], { description: 'Its clauses, in order; empty for a plain text.' })
  async clauses(@Root() version: TemplateVersionType, @Ctx() context: ViewerContext): Promise<ClauseVersionType[]> {
    const found = await context.loader(clauseVersionLoader).loadMany(version.row.content?.clauses ?? []);
    return found.filter((clause) => clause instanceof ClauseVersionType);
  }

  @FieldResolver(() => [TemplateEventType], {
    description: 'Who did what when, the first first; for policy staff, support and auditors, empty for everybody else.',
  })
  async events(@Root() version: TemplateVersionType, @Ctx() context: ViewerContext): Promise<TemplateEventType[]> {
    return context.loader(templateEventLoader).load(version.row.id);
  }

  @FieldResolver(() => ID, {
    nullable: true,
    description: 'Opaque id of the author; null when entered with SQL, and for everybody but policy staff, support and auditors.',
  })
  async authorId(@Root() { row }: TemplateVersionType, @Ctx() context: ViewerContext): Promise<string | null> {
    return STAFF.has((await context.viewer()).viewer.platformRole) ? principalId(row.author_id) : null;
  }

  @FieldResolver(() => ID, {
    nullable: true,
    description: 'Opaque id of who has approved it; null before, and for everybody but policy staff, support and auditors.',
  })
  async reviewerId(@Root() { row }: TemplateVersionType, @Ctx() context: ViewerContext): Promise<string | null> {
    return STAFF.has((await context.viewer()).viewer.platformRole) ? principalId(row.reviewer_id) : null;
  }
}

async function assemblyOf({ row }: TemplateVersionType, context: ViewerContext) {
  const tx = await context.viewer();
  return readAssembly((sql, values) => tx.query(sql, values), row.id);
}
