/** Handlebars templates: compiled at start, strict, so that a missing value is an error in tests and not a gap on a page. */
import fs from 'node:fs';
import path from 'node:path';
import Handlebars from 'handlebars';
import { inPackage } from '../kernel/package-root.ts';

export type Render = (view: string, data: Record<string, unknown>) => string;

/** Reads views/, with views/partials and views/layouts as partials: `{{> time at}}`, `{{#> layouts/page}}`. */
export function loadViews(folder = inPackage('views')): Render {
  const handlebars = Handlebars.create();
  handlebars.registerHelper('eq', (one: unknown, other: unknown) => one === other);
  handlebars.registerHelper('not', (one: unknown) => !one);
  handlebars.registerHelper('or', (one: unknown, other: unknown) => Boolean(one) || Boolean(other));
  handlebars.registerHelper(
    'includes',
    (list: unknown[] | undefined, item: unknown) => list?.includes(item) ?? false,
  );
  const templates = new Map<string, Handlebars.TemplateDelegate>();
  for (const file of listTemplates(folder)) {
    const name = file.slice(0, -'.hbs'.length).split(path.sep).join('/');
    const source = fs.readFileSync(path.join(folder, file), 'utf8');
    const [kind, ...rest] = name.split('/');
    if (kind === 'partials') handlebars.registerPartial(rest.join('/'), source);
    else if (kind === 'layouts') handlebars.registerPartial(name, source);
    else templates.set(name, handlebars.compile(source, { strict: true, preventIndent: true }));
  }
  return (view, data) => {
    const template = templates.get(view);
    if (!template) throw new Error(`no view ${view}`);
    return template(data);
  };
}

function listTemplates(folder: string): string[] {
  return fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.hbs'))
    .sort();
}
