import type { LogEntry } from '../../live/http/log.ts';
import type { Host } from '../host.ts';

/**
 * `--verbose`: one line for each attempt of each request; `--verbose-bodies`: what was sent and came back, too.
 * Undefined when neither was asked for. Entries arrive without credentials.
 */
export function requestLog(host: Host): ((entry: LogEntry) => void) | undefined {
  const { verbose, verboseBodies } = host.flags;
  if (verbose !== true && verboseBodies !== true) return undefined;
  return (entry) => {
    const outcome = entry.status === 0 ? (entry.error ?? 'no reply') : String(entry.status);
    const parts = [`${entry.method} ${entry.path} ${outcome} ${Math.round(entry.ms)} ms`];
    if (entry.requestId !== undefined) parts.push(`request id ${entry.requestId}`);
    if (entry.attempt > 1) parts.push(`attempt ${entry.attempt}`);
    if (entry.retryInMs !== undefined) parts.push(`again in ${Math.round(entry.retryInMs)} ms`);
    host.note(`${parts.join(', ')}\n${verboseBodies === true ? bodies(entry) : ''}`);
  };
}

function bodies({ bodies: logged }: LogEntry): string {
  const lines: string[] = [];
  if (logged?.request !== undefined) lines.push(`  > ${JSON.stringify(logged.request)}`);
  if (logged?.reply !== undefined) lines.push(`  < ${JSON.stringify(logged.reply)}`);
  return lines.map((line) => `${line}\n`).join('');
}
