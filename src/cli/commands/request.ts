import { Failure } from '../../model/errors.ts';
import { leaveRequest } from '../../operations/session/requests.ts';
import { parseRequest } from '../../operations/session/run-request.ts';
import type { Context } from '../context.ts';
import { defineCommand } from '../define.ts';
import { EXIT_DONE } from '../exit-codes.ts';
import { type TextOrJson, textOrJson } from '../options.ts';

/** Leaves the approval of plans beside the state: no API key, the right to push there is the authority. */
export const approve = defineCommand({
  usage: 'approve <digests...>',
  options: (command) => textOrJson(command),
  run: async (context, [digests], flags) => {
    const wrong = digests.find((digest) => !/^(sha256:)?[0-9a-f]{64}$/i.test(digest));
    if (wrong !== undefined) {
      throw new Failure('usage', `${wrong} is no digest of a plan`, {
        code: 'DIGEST_INVALID',
        hint: 'the plan and /status of the controller show it: sha256: and 64 digits',
      });
    }
    const words = digests.map((digest) => `sha256:${digest.toLowerCase().replace(/^sha256:/, '')}`);
    return told(context, await leaveRequest(context, 'approve', words), flags.format);
  },
});

/** Leaves a command beside the state, to be done once by whoever works on the environment next. */
export const request = defineCommand({
  usage: 'request <words...>',
  options: (command) => textOrJson(command),
  run: async (context, [words], flags) => {
    parseRequest(words);
    return told(context, await leaveRequest(context, 'run', words), flags.format);
  },
});

function told(context: Context, id: string, format: TextOrJson): number {
  if (format === 'json') context.printJson({ format_version: '1.0', id });
  else
    context.print(`Left beside the state as ${id}; whoever works on the environment next takes it, once.\n`);
  return EXIT_DONE;
}
