/** The description of the API for people, made from the same declarations as openapi.json. */
import { groupBy } from '../../kernel/group-by.ts';
import { describeApi } from '../openapi.ts';
import type { Operation } from '../operation.ts';
import { capitalise } from '../presenters/capitalise.ts';
import { listFields, refOf, wordType, type Schema } from '../presenters/json-schema.ts';

interface Described {
  parameters?: { name: string; in: string; required: boolean; description?: string; schema: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { content: Record<string, { schema: Schema }> }>;
}

/** @param baseUrl where the reader found this page: the example can be run as it stands */
export function describeDocs(operations: readonly Operation[], baseUrl: string) {
  const { paths, components } = describeApi(operations) as {
    paths: Record<string, Record<string, Described>>;
    components: { schemas: Record<string, Schema> };
  };
  const groups = [...groupBy(operations, ({ path }) => path.split('/')[1] ?? '')].map(([name, calls]) => ({
    name,
    heading: name === 'mses' ? 'MSEs' : capitalise(name),
    calls: calls.map((call) => presentCall(call, paths[call.path]?.[call.method])),
  }));
  return {
    groups,
    example: `curl -H "Authorization: Bearer $TOKEN" \\\n  "${baseUrl}/api/v1/events?state=open&severity=critical"`,
    schemas: Object.entries(components.schemas).map(([name, schema]) => ({
      name,
      fields: listFields(schema),
      type: wordType(schema),
    })),
  };
}

function presentCall(call: Operation, described: Described | undefined) {
  const [status = '200', answer] = Object.entries(described?.responses ?? {})[0] ?? [];
  const [contentType = '', content] = Object.entries(answer?.content ?? {})[0] ?? [];
  const body = described?.requestBody?.content['application/json']?.schema;
  return {
    id: call.id,
    method: call.method.toUpperCase(),
    path: `/api/v1${call.path}`,
    summary: call.summary,
    permission: call.permission,
    query: (described?.parameters ?? [])
      .filter((one) => one.in === 'query')
      .map(({ name, required, description, schema }) => ({
        name,
        type: wordType(schema),
        isRequired: required,
        meaning: description ?? '',
        ref: null,
      })),
    body: body ? listFields(body) : [],
    status,
    answer: content ? (contentType === 'application/json' ? wordType(content.schema) : contentType) : '',
    answerRef: content ? refOf(content.schema) : null,
    answerFields: content ? listFields(content.schema) : [],
  };
}
