import type { Runtime } from '../../runtime.ts';
import { processScope } from '../../state/process-scope.ts';

/** Which process this is, and where its number means something; the scope is absent where the system does not tell. */
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
