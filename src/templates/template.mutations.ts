import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { ViewerContext } from '../identity/viewer-context.js';
import { Refusal, resultUnion, refuse } from '../schema/index.js';
import type { ClauseCommands } from './clause.commands.js';
import { ClauseVersionType } from './clause.type.js';
import type { TemplateCommands } from './template.commands.js';
import {
  clauseContentOf,
  RetireVersionInput,
  ReviewClauseInput,
  ReviewTemplateInput,
  SaveClauseDraftInput,
  SaveTemplateDraftInput,
  SubmitDraftInput,
  TemplateDecision,
  templateDraftOf,
} from './template.inputs.js';
import { clauseVersionLoader, templateVersionLoader } from './template.loader.js';
import { TemplateVersionType } from './template.type.js';

const ClauseResult = resultUnion('ClauseResult', 'The clause version after the command, or why it was refused.', [
  ClauseVersionType,
]);
const TemplateResult = resultUnion('TemplateResult', 'The template version after the command, or why it was refused.', [
  TemplateVersionType,
]);
type OfClause = Promise<ClauseVersionType | Refusal>;
type OfTemplate = Promise<TemplateVersionType | Refusal>;

const REVISION = 'A change of a draft says at which revision it was seen.';
const asked = (step: { readonly id: string; readonly expectedRevision: number }) => ({
  id: step.id,
  expectedRevision: step.expectedRevision,
});

@Resolver()
export class TemplateMutations {
  constructor(
    private readonly clauses: ClauseCommands,
    private readonly templates: TemplateCommands,
  ) {}

  @Mutation(() => ClauseResult, {
    description: 'Saves a draft of a clause, whole; everything that is wrong with it is told at once, and then nothing is saved.',
  })
  async saveClauseDraft(
    @Arg('input', () => SaveClauseDraftInput) input: SaveClauseDraftInput,
    @Ctx() context: ViewerContext,
  ): OfClause {
    const content = clauseContentOf(input.content);
    const summary = input.summary ?? undefined;
    if (input.clauseVersionId != null) {
      if (input.expectedRevision == null) return refuse('INVALID_INPUT', REVISION, 'expectedRevision');
      const step = { id: input.clauseVersionId, expectedRevision: input.expectedRevision };
      return clause(context, this.clauses.update(context, step, content, summary));
    }
    const draft = { key: input.key ?? '', content, summary, ...creation(input) };
    return clause(context, this.clauses.create(context, draft));
  }

  @Mutation(() => ClauseResult, { description: 'Hands a draft of the viewer to a second person.' })
  async submitClauseForReview(
    @Arg('input', () => SubmitDraftInput) input: SubmitDraftInput,
    @Ctx() context: ViewerContext,
  ): OfClause {
    return clause(context, this.clauses.submit(context, asked(input), input.comment ?? undefined));
  }

  @Mutation(() => ClauseResult, { description: "Approves or rejects somebody else's clause." })
  async reviewClause(@Arg('input', () => ReviewClauseInput) input: ReviewClauseInput, @Ctx() context: ViewerContext): OfClause {
    const comment = input.comment ?? undefined;
    const { clauses } = this;
    return clause(
      context,
      input.decision === TemplateDecision.REJECT
        ? clauses.reject(context, asked(input), comment)
        : clauses.approve(context, asked(input), comment),
    );
  }

  @Mutation(() => ClauseResult, {
    description: 'Ends a published clause: no draft may take it any more. Templates that have it keep it.',
  })
  async retireClause(@Arg('input', () => RetireVersionInput) input: RetireVersionInput, @Ctx() context: ViewerContext): OfClause {
    return clause(context, this.clauses.retire(context, asked(input), input.comment));
  }

  @Mutation(() => TemplateResult, {
    description:
      'Saves a draft of a template, whole. One that could not be filled for some request of its kind is refused, with every place at which it fails.',
  })
  async saveTemplateDraft(
    @Arg('input', () => SaveTemplateDraftInput) input: SaveTemplateDraftInput,
    @Ctx() context: ViewerContext,
  ): OfTemplate {
    const draft = templateDraftOf(input.content);
    const summary = input.summary ?? undefined;
    if (input.templateVersionId != null) {
      if (input.expectedRevision == null) return refuse('INVALID_INPUT', REVISION, 'expectedRevision');
      const step = { id: input.templateVersionId, expectedRevision: input.expectedRevision };
      return template(context, this.templates.update(context, step, draft, summary));
    }
    const made = { name: input.name ?? '', region: input.region ?? null, ...draft, summary, ...creation(input) };
    return template(context, this.templates.create(context, made));
  }

  @Mutation(() => TemplateResult, { description: 'Hands a draft of the viewer to a second person.' })
  async submitTemplateForReview(
    @Arg('input', () => SubmitDraftInput) input: SubmitDraftInput,
    @Ctx() context: ViewerContext,
  ): OfTemplate {
    return template(context, this.templates.submit(context, asked(input), input.comment ?? undefined));
  }

  @Mutation(() => TemplateResult, {
    description:
      "Approves or rejects somebody else's template. An approved one ends the period of the one before it; all of its clauses have to be published.",
  })
  async reviewTemplate(
    @Arg('input', () => ReviewTemplateInput) input: ReviewTemplateInput,
    @Ctx() context: ViewerContext,
  ): OfTemplate {
    const comment = input.comment ?? undefined;
    const { templates } = this;
    return template(
      context,
      input.decision === TemplateDecision.APPROVE
        ? templates.approve(context, asked(input), input.effectiveFrom ?? undefined, comment)
        : templates.reject(context, asked(input), comment),
    );
  }

  @Mutation(() => TemplateResult, {
    description:
      'Ends a published template, unless requests in some region could not be opened without it. Requests that have it keep it.',
  })
  async retireTemplate(
    @Arg('input', () => RetireVersionInput) input: RetireVersionInput,
    @Ctx() context: ViewerContext,
  ): OfTemplate {
    return template(context, this.templates.retire(context, asked(input), input.comment));
  }
}

const creation = (input: { readonly basedOnId?: string | null; readonly idempotencyKey?: string | null }) => ({
  basedOnId: input.basedOnId ?? undefined,
  idempotencyKey: input.idempotencyKey ?? undefined,
});

async function clause(context: ViewerContext, done: Promise<string | Refusal>): OfClause {
  const id = await done;
  return id instanceof Refusal ? id : (await context.loader(clauseVersionLoader).load(id))!;
}

async function template(context: ViewerContext, done: Promise<string | Refusal>): OfTemplate {
  const id = await done;
  return id instanceof Refusal ? id : (await context.loader(templateVersionLoader).load(id))!;
}
