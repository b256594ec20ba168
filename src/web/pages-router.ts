import { Router } from 'express';
import type { WebOptions } from './server.ts';

export function pagesRouter(_options: WebOptions): Router {
  return Router();
}
