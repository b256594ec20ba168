import { describe, expect, it } from '@jest/globals';
import { operations } from '../../src/web/api/operations.ts';
import { describeApi } from '../../src/web/openapi.ts';
import { expectKept } from '../support/kept-file.ts';

describe('The description of the API', () => {
  it('is the one in docs/api/openapi.json', () => {
    expectKept('docs/api/openapi.json', `${JSON.stringify(describeApi(operations), null, 2)}\n`);
  });

  it('names every call once', () => {
    const ids = operations.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)]);
    const routes = operations.map(({ method, path }) => `${method} ${path}`);
    expect(routes).toEqual([...new Set(routes)]);
  });
});
