import type { Runtime } from '../../runtime.ts';
import { processScope } from '../../state/process-scope.ts';

/**
 * This process: its number, and the scope in which the number is unique. No scope where the system does not tell it.
 */
export interface ProcessIdentity {
  readonly pid: number;
  readonly scope?: string;
}

export async function processIdentity(runtime: Pick<Runtime, 'pid'>): Promise<ProcessIdentity> {
  const scope = await processScope();
  return { pid: runtime.pid, ...(scope !== undefined && { scope }) };
}

/** The same as one word: `<scope>/<pid>`, the scope empty where the system does not tell. */
export async function processName(runtime: Pick<Runtime, 'pid'>): Promise<string> {
  const { scope = '', pid } = await processIdentity(runtime);
  return `${scope}/${pid}`;
}
