/** The description of the API for people, made from the same declarations as openapi.json. */
import { groupBy } from '../../kernel/group-by.ts';
import { describeApi } from '../openapi.ts';
import type { Operation } from '../operation.ts';

export function describeDocs(operations: readonly Operation[]) {
  const { paths, components } = describeApi(operations) as {
    paths: Record<string, Record<string, Record<string, unknown>>>;
    components: { schemas: Record<string, unknown> };
  };
  const groups = [...groupBy(operations, ({ path }) => path.split('/')[1] ?? '')].map(([name, calls]) => ({
    name,
    calls: calls.map((call) => {
      const described = paths[call.path]?.[call.method] ?? {};
      return {
        id: call.id,
        method: call.method.toUpperCase(),
        path: `/api/v1${call.path}`,
        summary: call.summary,
        permission: call.permission,
        parameters: described['parameters'] ?? [],
        body: described['requestBody'] ? JSON.stringify(described['requestBody'], null, 2) : null,
        answer: JSON.stringify(described['responses'], null, 2),
      };
    }),
  }));
  return {
    groups,
    schemas: Object.entries(components.schemas).map(([name, schema]) => ({
      name,
      text: JSON.stringify(schema, null, 2),
    })),
  };
}
