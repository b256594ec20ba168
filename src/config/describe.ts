/** The settings as a Markdown table: the source of docs/configuration.md (a test compares them). */
import { schema } from './schema.ts';

export function describeSettings(): string {
  const rows = Object.entries(schema).map(([name, { meaning, accepts, fallback }]) =>
    `| \`${name}\` | ${meaning} | ${accepts} | ${describeFallback(fallback)} |`.replace(/\n/g, ' '),
  );
  return ['| setting | meaning | accepted | default |', '| --- | --- | --- | --- |', ...rows, ''].join('\n');
}

function describeFallback(fallback: unknown): string {
  if (fallback === null) return '—';
  if (Array.isArray(fallback)) return '`all`';
  return typeof fallback === 'string' || typeof fallback === 'number' ? `\`${fallback}\`` : '`info`';
}
