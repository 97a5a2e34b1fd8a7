import type { Assembly, ClauseContent, TemplateContent } from './content.js';

/** How rows are read: by the engine's transaction or by a viewer's. */
export type Read = <Row extends object>(sql: string, values: readonly unknown[]) => Promise<readonly Row[]>;

/**
 * Which published version of the name `$1` goes first in region `$2` at instant `$3`: the region's own before the one for everywhere. Only
 * what was published has a period, by constraint.
 */
export const templateInForceSql = (
  columns: string,
  at = '$3::timestamptz',
): string => `select ${columns} from guildhall.template_version
  where name = $1 and (region_code = $2 or region_code is null) and effective @> ${at} order by region_code nulls last limit 1`;

/**
 * The language of a text: what was asked for, else the region's, else the one that the template names first. Undefined: it was asked
 * for one that is not offered.
 */
export function localeOf(offered: readonly string[], asked: string | null | undefined, regional: string): string | undefined {
  if (asked != null) return offered.includes(asked) ? asked : undefined;
  return offered.includes(regional) ? regional : offered[0];
}

interface AssemblyRow {
  readonly name: string;
  readonly published: boolean;
  readonly content: TemplateContent | null;
  readonly clauses: readonly { readonly key: string; readonly content: ClauseContent }[] | null;
}

const assemblySql = `select t.name, t.published_at is not null as published, t.content,
    (select json_agg(json_build_object('key', v.key, 'content', v.content) order by c.position)
     from jsonb_array_elements_text(t.content -> 'clauses') with ordinality as c (id, position)
     join guildhall.clause_version v on v.id = c.id::uuid) as clauses
  from guildhall.template_version t where t.id = $1`;

/** What is published never changes, and neither does the clause in it. */
const published = new Map<string, Assembly>();
const MAX_KEPT = 200;

/** A template's version with its clauses; undefined: there is none of this id, or it is a plain text of before. */
export async function readAssembly(read: Read, id: string): Promise<Assembly | undefined> {
  const known = published.get(id);
  if (known) return known;
  const [row] = await read<AssemblyRow>(assemblySql, [id]);
  if (!row?.content) return undefined;
  const assembly = assemble(row.name, row.content, row.clauses ?? []);
  if (row.published) {
    if (published.size >= MAX_KEPT) published.clear();
    published.set(id, assembly);
  }
  return assembly;
}

export const assemble = (
  name: string,
  { texts, locales }: Pick<TemplateContent, 'texts' | 'locales'>,
  clauses: readonly { readonly key: string; readonly content: ClauseContent }[],
): Assembly => ({ name, texts, locales, clauses: clauses.map(({ key, content }) => ({ ...content, key })) });
