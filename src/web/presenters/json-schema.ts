/** A JSON schema as a list of fields that people read: name, type in words, meaning. */
export interface Schema {
  type?: string | string[];
  format?: string;
  description?: string;
  enum?: unknown[];
  const?: unknown;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  default?: unknown;
  minimum?: number;
  maximum?: number;
  $ref?: string;
}

export interface ShownSchemaField {
  name: string;
  type: string;
  isRequired: boolean;
  meaning: string;
  /** Id of the schema below that says more. */
  ref: string | null;
}

/** The fields of an object; of alternatives the fields of each, of a list those of its items. */
export function listFields(schema: Schema, prefix = ''): ShownSchemaField[] {
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives) return alternatives.flatMap((one) => listFields(one, prefix));
  if (schema.items) return listFields(schema.items, `${prefix}[].`);
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => [
    {
      name: prefix + name,
      type: wordType(property),
      isRequired: schema.required?.includes(name) ?? false,
      meaning: meaningOf(property),
      ref: refOf(property),
    },
    ...listFields(property, `${prefix}${name}${property.items ? '' : '.'}`),
  ]);
}

/** `string`, `list of MSE`, `"a" or "b"`, `integer or null` */
export function wordType(schema: Schema): string {
  if (schema.$ref) return nameOf(schema.$ref);
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives) return [...new Set(alternatives.map(wordType))].join(' or ');
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' or ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.items) return `list of ${wordType(schema.items)}`;
  const types = [schema.type ?? 'any'].flat().map((type) => (type === 'string' ? stringType(schema) : type));
  return types.join(' or ');
}

function stringType({ format }: Schema): string {
  return (
    { 'date-time': 'instant', uuid: 'id', email: 'mail address', binary: 'bytes' }[format ?? ''] ?? 'string'
  );
}

function meaningOf({ description, default: preset, minimum, maximum }: Schema): string {
  const isBounded = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER;
  return [
    description,
    isBounded ? `${minimum ?? 0} to ${maximum}.` : undefined,
    preset === undefined ? undefined : `Default ${JSON.stringify(preset)}.`,
  ]
    .filter(Boolean)
    .join(' ');
}

export function refOf(schema: Schema): string | null {
  const ref = schema.$ref ?? schema.items?.$ref ?? schema.anyOf?.find((one) => one.$ref)?.$ref;
  return ref ? nameOf(ref) : null;
}

function nameOf(ref: string): string {
  return ref.split('/').at(-1) ?? ref;
}
