/** The schema of a database as text, from the catalogues: the same on both databases. */
import type { DataSource } from 'typeorm';

interface Column {
  table: string;
  name: string;
  type: string;
  isRequired: boolean;
  expression: string | null;
  isGenerated: boolean;
}

interface Named {
  table: string;
  name: string;
  text: string;
}

export async function describeSchema(dataSource: DataSource): Promise<string> {
  const columns = await dataSource.query<Column[]>(`
    select c.relname as table, a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
      a.attnotnull as "isRequired", pg_get_expr(d.adbin, d.adrelid) as expression, a.attgenerated <> '' as "isGenerated"
    from pg_attribute a
      join pg_class c on c.oid = a.attrelid and c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace
      left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attnum > 0 and not a.attisdropped and c.relname <> 'migrations' order by c.relname, a.attnum`);
  const constraints = await dataSource.query<Named[]>(`
    select conrelid::regclass::text as table, conname as name, pg_get_constraintdef(oid) as text from pg_constraint
    where connamespace = current_schema()::regnamespace and contype in ('p', 'u', 'f', 'c') order by 1, contype desc, 2`);
  const indexes = await dataSource.query<Named[]>(`
    select tablename as table, indexname as name, indexdef as text from pg_indexes
    where schemaname = current_schema() and indexname not in (select conname from pg_constraint) order by 1, 2`);
  const policies = await dataSource.query<Named[]>(`
    select tablename as table, policyname as name, qual as text from pg_policies where schemaname = current_schema()`);
  const triggers = await dataSource.query<Named[]>(`
    select tgrelid::regclass::text as table, tgname as name, pg_get_triggerdef(oid) as text from pg_trigger
    where not tgisinternal order by 1, 2`);
  const functions = await dataSource.query<Named[]>(`
    select '' as table, proname as name, pg_get_functiondef(oid) as text from pg_proc
    where pronamespace = current_schema()::regnamespace order by proname`);
  const tables = [...new Set(columns.map(({ table }) => table))];
  return [
    '-- What the migrations add up to; a test compares it with both databases. Not run by anything.',
    '',
    ...functions.map(({ text }) => `${text.trim()};\n`),
    ...tables.map((table) => {
      const of = (list: Named[]) => list.filter((one) => one.table === table);
      const lines = [
        ...columns.filter((column) => column.table === table).map(describeColumn),
        ...of(constraints).map(({ name, text }) => `  constraint ${name} ${text}`),
      ];
      return [
        `create table ${table} (\n${lines.join(',\n')}\n);`,
        ...of(indexes).map(({ text }) => `${text.replaceAll('public.', '')};`),
        ...of(triggers).map(({ text }) => `${text.replaceAll('public.', '')};`),
        ...of(policies).map(({ name }) => `-- row-level security: ${name}`),
        '',
      ].join('\n');
    }),
  ]
    .join('\n')
    .replaceAll('public.', '');
}

function describeColumn({ name, type, isRequired, expression, isGenerated }: Column): string {
  const parts = [
    `  ${name} ${type}`,
    isGenerated
      ? `generated always as (${expression ?? ''}) stored`
      : expression
        ? `default ${expression}`
        : '',
    isRequired ? 'not null' : '',
  ];
  return parts.filter(Boolean).join(' ');
}
