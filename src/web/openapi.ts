/** The description of the API (OpenAPI 3.1), made from the same declarations that serve and validate it. */
import { z } from 'zod';
import type { Operation } from './operation.ts';

type Json = Record<string, unknown>;

export function describeApi(operations: readonly Operation[]): Json {
  const components = new Components();
  const paths: Record<string, Json> = {};
  for (const operation of operations) {
    const path = (paths[operation.path] ??= {});
    path[operation.method] = describeOperation(operation, components);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'DaTamer',
      version: '1',
      description:
        'Monitoring mail as events that people own. Authenticate with `Authorization: Bearer TOKEN`. Lists answer ' +
        '`{items, nextCursor}`; errors are `application/problem+json` with a stable `code`.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/api/v1' }],
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: { ...components.schemas, Problem: PROBLEM },
    },
  };
}

const PROBLEM: Json = {
  type: 'object',
  required: ['title', 'status', 'code'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', description: 'Stable.' },
    detail: { type: 'string' },
    faults: {
      type: 'array',
      items: { type: 'object', properties: { field: { type: 'string' }, message: { type: 'string' } } },
    },
  },
};

function describeOperation(operation: Operation, components: Components): Json {
  const parameters = [...pathParameters(operation), ...queryParameters(operation, components)];
  const status = operation.creates ? '201' : '200';
  return {
    operationId: operation.id,
    summary: operation.summary,
    tags: [operation.path.split('/')[1]],
    'x-permission': operation.permission,
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(operation.body
      ? {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: components.describe(operation.body, 'input') } },
          },
        }
      : {}),
    responses: {
      [status]: { description: 'Done', content: describeAnswer(operation, components) },
      default: {
        description: 'An error',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  };
}

function describeAnswer(operation: Operation, components: Components): Json {
  if (operation.raw) return { [operation.raw]: { schema: { type: 'string', format: 'binary' } } };
  return { 'application/json': { schema: components.describe(operation.answer, 'output') } };
}

function pathParameters({ path }: Operation): Json[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string', format: 'uuid' },
  }));
}

function queryParameters({ query }: Operation, components: Components): Json[] {
  if (!query) return [];
  const { properties = {}, required = [] } = components.describe(query, 'input') as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    ...(description ? { description } : {}),
    schema,
  }));
}

/** Schemas with an id are described once and referred to. */
class Components {
  readonly schemas: Record<string, unknown> = {};

  describe(schema: z.ZodType, io: 'input' | 'output'): Json {
    const {
      $schema: _dialect,
      $defs = {},
      ...described
    } = z.toJSONSchema(schema, {
      io,
      unrepresentable: 'any',
      override: ({ zodSchema, jsonSchema }) => {
        if (zodSchema._zod.def.type === 'date')
          Object.assign(jsonSchema, { type: 'string', format: 'date-time' });
      },
    }) as Json;
    Object.assign(this.schemas, hoist($defs) as Json);
    return hoist(described) as Json;
  }
}

/** `#/$defs/X` of a single schema becomes `#/components/schemas/X` of the document. */
function hoist(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value).replaceAll('"#/$defs/', '"#/components/schemas/'));
}
