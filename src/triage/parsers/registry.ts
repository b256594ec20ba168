/** All parsers of single tools. A new one is a file in tools/ and its line here; the first that recognises a mail reads it. */
import type { Reader, ToolParser } from './parser.ts';
import { nagios } from './tools/nagios.ts';

export const PARSERS: readonly (ToolParser | Reader)[] = [nagios];
