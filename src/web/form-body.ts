/**
 * Form fields in the shape of a JSON body: texts become the numbers, truths, lists and nulls that the operation's
 * schema expects, so that one schema validates both.
 */
import { z } from 'zod';

type JsonSchema = {
  type?: string | string[];
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  $ref?: string;
};

const described = new WeakMap<z.ZodType, JsonSchema>();

/** @param fields as a body parser reads `a=1&b[c]=2`; names beginning with `_` are the form's own and left out */
export function bodyFromForm(schema: z.ZodType, fields: Record<string, unknown>): Record<string, unknown> {
  const shape = described.get(schema) ?? describe(schema);
  described.set(schema, shape);
  const own = Object.fromEntries(Object.entries(fields).filter(([name]) => !name.startsWith('_')));
  return coerceObject(shape, own);
}

function describe(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
}

function coerceObject(shape: JsonSchema, fields: Record<string, unknown>): Record<string, unknown> {
  // Of alternatives the one that knows most of the fields is meant.
  const alternatives = shape.anyOf ?? [shape];
  const known = (one: JsonSchema): number =>
    Object.keys(fields).filter((name) => one.properties?.[name]).length;
  const [best = shape] = [...alternatives].sort((a, b) => known(b) - known(a));
  const entries = Object.entries(fields).flatMap(([name, value]): [string, unknown][] => {
    const property = best.properties?.[name];
    const coerced = property ? coerce(property, value) : value;
    return coerced === undefined ? [] : [[name, coerced]];
  });
  return Object.fromEntries(entries);
}

/** @returns undefined for a field that was left empty and may be */
function coerce(shape: JsonSchema, value: unknown): unknown {
  if (typeof value === 'string' && value.trim() === '') return allowsNull(shape) ? null : emptyValue(shape);
  const type = mainType(shape);
  if (type === 'number' || type === 'integer') return typeof value === 'string' ? toNumber(value) : value;
  if (type === 'boolean') return value === 'true' || value === 'on' || value === '1';
  if (type === 'array') return toList(value).map((item) => (shape.items ? coerce(shape.items, item) : item));
  if (type === 'object' && typeof value === 'object' && value !== null) {
    const members = coerceObject(nonNull(shape), value as Record<string, unknown>);
    return Object.keys(members).length === 0 && allowsNull(shape) ? null : members;
  }
  return value;
}

function emptyValue(shape: JsonSchema): unknown {
  return mainType(shape) === 'array' ? [] : undefined;
}

/** A text that is no number stays as it is, for the schema to say so. */
function toNumber(text: string): unknown {
  const number = Number(text);
  return Number.isNaN(number) ? text : number;
}

/**
 * Several fields of one name, or one field with a line or a comma between items. An empty field beside check boxes
 * says that the list was there even when nothing is ticked.
 */
function toList(value: unknown): unknown[] {
  if (Array.isArray(value)) return value.filter((item) => item !== '');
  if (typeof value !== 'string') return [value];
  return value.split(/[\s,]+/).filter(Boolean);
}

function nonNull(shape: JsonSchema): JsonSchema {
  return shape.anyOf?.find((one) => one.type !== 'null') ?? shape;
}

function mainType(shape: JsonSchema): string | undefined {
  const { type } = nonNull(shape);
  return Array.isArray(type) ? type.find((one) => one !== 'null') : type;
}

function allowsNull(shape: JsonSchema): boolean {
  const types = [shape, ...(shape.anyOf ?? [])].flatMap(({ type }) => type ?? []);
  return types.includes('null');
}
