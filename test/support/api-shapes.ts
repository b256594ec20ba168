/** The parts of API answers that stories look at. */
export interface EventAnswer {
  id: string;
  number: number;
  version: number;
  kind: string;
  state: string;
  severity: string | null;
  org: string | null;
  servers: string[];
  title: string;
  createdAt: string;
  completedAt: string | null;
  completedBy: string | null;
  completion: { by: string; note: string | null } | null;
  assignee: { id: string; name: string; email: string } | null;
  mseCount: number;
  interest: string;
  mses: MseAnswer[];
  timeline: {
    id: string;
    at: string;
    who: string;
    what: string;
    why: string | null;
    detail: Record<string, unknown>;
  }[];
  related: { id: string; note: string | null }[];
}

export interface MseAnswer {
  templateId: string | null;
  id: string;
  messageId: string | null;
  subject: string;
  severity: string | null;
  org: string | null;
  servers: string[];
  state: string;
  eventId: string;
  signal: string;
  sources: Record<string, string>;
  reasons: Record<string, string | null>;
  clues: Record<'severity' | 'org', { text: string; weight: number }[]>;
  lint: string[];
  schedule: { period: string; n: number; variance: number } | null;
}

export interface List<T> {
  items: T[];
  nextCursor: string | null;
}

export interface Problem {
  status: number;
  code: string;
  title: string;
  faults?: { field: string; message: string }[];
}
