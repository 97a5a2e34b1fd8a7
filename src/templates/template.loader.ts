import DataLoader from 'dataloader';
import type { ViewerContext } from '../identity/viewer-context.js';
import { encodeGlobalId } from '../schema/index.js';
import { ClauseVersionType, type ClauseVersionRow } from './clause.type.js';
import type { Reviewed } from './reviewed-version.js';
import { TemplateVersionType, type TemplateVersionRow } from './template.type.js';
import { versionFields, type TemplateEventType } from './version.type.js';

const common = `v.id, v.number, v.status, v.revision, v.summary, v.author_id, v.reviewer_id, v.created_at, v.updated_at,
  v.published_at, v.retired_at, v.content`;

export const clauseColumns = `${common}, v.key`;
export const clauseTables = 'guildhall.clause_version v';
export const templateColumns = `${common}, v.name, v.region_code, v.body, lower(v.effective) as effective_from,
  upper(v.effective) as effective_to, case when r.code is not null
    then json_build_object('code', r.code, 'name', r.name, 'timeZone', r.time_zone, 'currency', r.currency, 'locale', r.locale) end as region`;
export const templateTables = 'guildhall.template_version v left join guildhall.region r on r.code = v.region_code';

/** `jsonb` keeps no order of keys: languages are shown in that of their names. */
const byLocale = <Text extends object>(texts: Readonly<Record<string, Text>>, locales = Object.keys(texts).sort()) =>
  locales.map((locale) => ({ locale, ...texts[locale]! }));

export const toClauseVersion = (row: ClauseVersionRow): ClauseVersionType => {
  const { variables, condition, terms, texts } = row.content;
  const content = { variables, condition, terms, texts: byLocale(texts) };
  const id = encodeGlobalId('ClauseVersion', row.id);
  return Object.assign(new ClauseVersionType(), { id, key: row.key, ...versionFields(row), ...content, row });
};

export const toTemplateVersion = (row: TemplateVersionRow): TemplateVersionType =>
  Object.assign(new TemplateVersionType(), {
    id: encodeGlobalId('TemplateVersion', row.id),
    name: row.name,
    region: row.region,
    ...versionFields(row),
    texts: row.content ? byLocale(row.content.texts, [...row.content.locales]) : [],
    plainText: row.body,
    effectiveFrom: row.effective_from,
    effectiveTo: row.effective_to,
    row,
  });

/** Versions by uuid, one statement a batch; undefined for one that the viewer may not see. */
const loaderOf =
  <Row extends { readonly id: string }, T>(columns: string, tables: string, make: (row: Row) => T) =>
  (context: ViewerContext) =>
    new DataLoader<string, T | undefined>(async (ids) => {
      const tx = await context.viewer();
      const rows = await tx.query<Row>(`select ${columns} from ${tables} where v.id = any ($1::uuid[])`, [ids]);
      const found = new Map(rows.map((row) => [row.id, make(row)]));
      return ids.map((id) => found.get(id));
    });

export const clauseVersionLoader = loaderOf(clauseColumns, clauseTables, toClauseVersion);
export const templateVersionLoader = loaderOf(templateColumns, templateTables, toTemplateVersion);

interface EventRow extends Omit<TemplateEventType, 'actorId'> {
  readonly version_id: string;
  readonly actor_id: string | null;
}

const eventLoaderOf = ({ table }: Pick<Reviewed, 'table'>) => {
  const column = `${table}_id`;
  return (context: ViewerContext) =>
    new DataLoader<string, TemplateEventType[]>(async (ids) => {
      const tx = await context.viewer();
      const rows = await tx.query<EventRow>(
        `select ${column} as version_id, revision, at, action, actor_id, remark from guildhall.template_event
         where ${column} = any ($1::uuid[]) order by ${column}, revision`,
        [ids],
      );
      return ids.map((id) =>
        rows
          .filter((row) => row.version_id === id)
          .map(({ revision, at, action, actor_id, remark }) => ({
            revision,
            at,
            action,
            actorId: principalId(actor_id),
            remark,
          })),
      );
    });
};

/** The steps of versions, the first first; none for a viewer who may not see drafts. */
export const clauseEventLoader = eventLoaderOf({ table: 'clause_version' });
export const templateEventLoader = eventLoaderOf({ table: 'template_version' });

export const principalId = (uuid: string | null): string | null => (uuid === null ? null : encodeGlobalId('Principal', uuid));
