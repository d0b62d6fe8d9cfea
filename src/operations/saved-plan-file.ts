import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseAddress } from '../model/address.ts';
import { Failure } from '../model/errors.ts';
import type { Plan } from '../model/plan.ts';
import { parseSavedPlan } from '../plan/saved.ts';
import { readJsonFile } from './files.ts';
import type { Host } from './host.ts';

/** Reads the saved plan that a command line names. */
export async function readSavedPlan(host: Host, file: string, command: string): Promise<Plan> {
  const path = resolve(host.runtime.cwd, file);
  if (!(await exists(path))) refuseOtherWords(file, command);
  return parseSavedPlan(await readJsonFile(path, 'saved plan'));
}

/** Other tools take an address or an environment where a plan is meant here. */
function refuseOtherWords(word: string, command: string): void {
  const answer = answerFor(word, command);
  if (answer === undefined) return;
  throw new Failure('usage', `${command} takes a saved plan, and there is no file ${word}: ${answer}`, {
    code: 'FILE_READ',
  });
}

function answerFor(word: string, command: string): string | undefined {
  if (parseAddress(word) !== undefined) {
    return command === 'show'
      ? `assistantctl state show ${word} and assistantctl explain ${word} do that`
      : `assistantctl ${command} --target ${word} does that`;
  }
  if (!/^[a-z0-9][\w-]{0,60}$/i.test(word)) return undefined;
  return command === 'show'
    ? `assistantctl plan --env ${word} does that`
    : `assistantctl ${command} --env ${word} does that`;
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
}
